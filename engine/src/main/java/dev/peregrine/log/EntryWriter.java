package dev.peregrine.log;

import dev.peregrine.ValueBuffer;

/** Writes an entry where it will lie in the log. */
@FunctionalInterface
public interface EntryWriter {
  /**
   * Writes the entry; its bytes are zero before. Called once, on the appending thread. The log
   * can't be committed behind the entry meanwhile: be short, don't block, and don't call the log.
   * If it throws, there is no entry.
   *
   * @param entry to be written, for the length of this call
   */
  void write(ValueBuffer entry);
}
