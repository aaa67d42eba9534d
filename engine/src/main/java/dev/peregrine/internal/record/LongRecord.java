package dev.peregrine.internal.record;

import dev.peregrine.memory.Memory;

/**
 * A record of an 8-byte key and an 8-byte value.
 *
 * <pre>
 *   0        8        16       24
 *  +--------+--------+--------+
 *  | header | key    | value  |
 *  +--------+--------+--------+
 * </pre>
 *
 * The key never changes; the value changes by single-word stores and atomics.
 */
public final class LongRecord {
  /** Length in bytes. */
  public static final int BYTES = 24;

  private static final int KEY_OFFSET = 8;
  private static final int VALUE_OFFSET = 16;

  private LongRecord() {}

  /** The key of the record at {@code physicalAddress}. */
  public static long key(long physicalAddress) {
    return Memory.getLong(physicalAddress, KEY_OFFSET);
  }

  /** The header of the record at {@code physicalAddress}. */
  public static long headerAcquire(long physicalAddress) {
    return Memory.getLongAcquire(physicalAddress, 0);
  }

  /** Whether the record at {@code physicalAddress} is of a key, and not deleted. */
  public static boolean isLive(long physicalAddress, long key) {
    return key(physicalAddress) == key && !RecordHeader.isTombstone(headerAcquire(physicalAddress));
  }

  /** The value of the record at {@code physicalAddress}. */
  public static long valueAcquire(long physicalAddress) {
    return Memory.getLongAcquire(physicalAddress, VALUE_OFFSET);
  }

  /** Sets the value of the record at {@code physicalAddress}. */
  public static void valueRelease(long physicalAddress, long value) {
    Memory.putLongRelease(physicalAddress, VALUE_OFFSET, value);
  }

  /** Where the key of the record at {@code physicalAddress} is. */
  public static long keyAddress(long physicalAddress) {
    return physicalAddress + KEY_OFFSET;
  }

  /**
   * Loads the record's first and last word, so that its cache lines come while the caller goes on.
   * The loads are plain; their value means nothing, but must be used for the loads to happen.
   */
  public static long touch(long physicalAddress) {
    return Memory.getLong(physicalAddress) ^ Memory.getLong(physicalAddress, VALUE_OFFSET);
  }

  /** Where the value of the record at {@code physicalAddress} is. */
  public static long valueAddress(long physicalAddress) {
    return physicalAddress + VALUE_OFFSET;
  }
}
