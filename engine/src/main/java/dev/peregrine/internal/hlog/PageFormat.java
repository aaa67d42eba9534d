package dev.peregrine.internal.hlog;

import dev.peregrine.memory.Checksum;

/**
 * How the pages of a log are laid out: where allocations go, where the log can be cut, and what is
 * put beside them before they are written. {@link #seal} and {@link #endOfWrite} are called by the
 * log's worker only; the rest is constant.
 */
public interface PageFormat {
  /** Where in a page, and behind a cut in it, the first allocation goes: a multiple of 8. */
  int firstOffset();

  /** Where in a page the last allocation ends at most. */
  int usableBytes();

  /** Whether the log can be cut at an address, which nothing before it is written after. */
  boolean isCut(long logicalAddress);

  /**
   * Where a write should end.
   *
   * @param from where it begins: where the one before ended
   * @param most where what is frozen of the page, and may be written, ends
   * @return above {@code from}; {@code from} if nothing can be written yet
   */
  long endOfWrite(long from, long most);

  /**
   * Puts what proves the bytes of a write beside them, just before they are written.
   *
   * @param from where the write begins
   * @param end where it ends, in the same page
   * @param physicalFrom where its first byte is in memory
   * @param checksum over the frames
   */
  void seal(long from, long end, long physicalFrom, Checksum checksum);

  /**
   * Whether {@linkplain BlankAhead zeros} are written ahead of a log that grows by small pieces.
   */
  default boolean isBlankedAhead() {
    return false;
  }

  /** Everything below an address has been written. */
  default void onFlushed(long until) {}
}
