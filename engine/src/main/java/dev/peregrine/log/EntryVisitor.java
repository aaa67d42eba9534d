package dev.peregrine.log;

import dev.peregrine.ValueView;

/** Takes the entries of a log, in order. */
@FunctionalInterface
public interface EntryVisitor {
  /**
   * An entry.
   *
   * @param address where it is
   * @param entry its bytes, for the length of this call
   */
  void onEntry(long address, ValueView entry);
}
