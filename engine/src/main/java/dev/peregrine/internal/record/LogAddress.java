package dev.peregrine.internal.record;

/**
 * Logical addresses: 48 bits, dense, so that an address is at the same time the offset on the
 * device. They are plain {@code long}s.
 */
public final class LogAddress {
  /** Bits of an address. */
  public static final int BITS = 48;

  /** The greatest address. */
  public static final long MASK = (1L << BITS) - 1;

  /** No record: the end of a chain. */
  public static final long NONE = 0;

  /** Where the log begins, so that no record is at {@link #NONE}. */
  public static final long FIRST = 64;

  private LogAddress() {}
}
