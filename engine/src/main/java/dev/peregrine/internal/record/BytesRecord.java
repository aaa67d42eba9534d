package dev.peregrine.internal.record;

import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import java.lang.invoke.VarHandle;

/**
 * A record of a key and a value of any length.
 *
 * <pre>
 *   0        8        16                      16 + K                        16 + K + V
 *  +--------+--------+-----------------------+-----------------------------+----------+
 *  | header | layout | key, padded to K      | value, padded to V          | filler   |
 *  +--------+--------+-----------------------+-----------------------------+----------+
 *
 *  layout:
 *     63      62 ........... 50   49 ...... 42   41 ......... 26   25 ............ 0
 *   +--------+-------------------+--------------+----------------+------------------+
 *   | writer | sequence          | filler words | key length     | value length     |
 *   +--------+-------------------+--------------+----------------+------------------+
 * </pre>
 *
 * Padding and filler are in words of 8 bytes. The record's size follows from the layout word, so
 * one store of it changes the value's length and leaves the size as it was.
 *
 * <p><b>Values are never seen torn.</b> Who changes a value in place sets the writer bit by CAS,
 * writes, and stores the word with the next sequence number and without the bit. A reader loads the
 * word, copies, and loads it again: unequal, or with the bit set, it starts over; it never writes.
 * The sequence does not wrap: a change that would need the number after the last appends a new
 * record instead ({@link #canChange}).
 */
public final class BytesRecord {
  /** Greatest length of a key: 65,535 bytes. */
  public static final int MAX_KEY_BYTES = (1 << 16) - 1;

  /** Greatest length of a value: 64 MiB − 1. */
  public static final int MAX_VALUE_BYTES = (1 << 26) - 1;

  /** Bytes from the record's start to its key. */
  public static final int KEY_OFFSET = 16;

  private static final int LAYOUT_OFFSET = 8;
  private static final int WORD_BYTES = 8;
  private static final int TOUCHED_BYTES = 256;
  private static final int KEY_SHIFT = 26;
  private static final int FILLER_SHIFT = 42;
  private static final int SEQUENCE_SHIFT = 50;
  private static final long VALUE_MASK = MAX_VALUE_BYTES;
  private static final long KEY_MASK = MAX_KEY_BYTES;
  private static final long FILLER_MASK = 0xFF;
  private static final long SEQUENCE_MASK = 0x1FFF;
  private static final long WRITER = 1L << 63;

  private BytesRecord() {}

  /** The size of a new record, in {@code long} so that it cannot overflow. */
  public static long sizeBytes(int keyBytes, int valueBytes) {
    return KEY_OFFSET + Alignment.up(keyBytes, WORD_BYTES) + Alignment.up(valueBytes, WORD_BYTES);
  }

  /** The layout word of a new record without filler. */
  public static long layout(int keyBytes, int valueBytes) {
    return (long) keyBytes << KEY_SHIFT | valueBytes;
  }

  /** The layout of a record in {@code allocatedBytes} that may be more than it needs. */
  public static long layout(int keyBytes, int valueBytes, long allocatedBytes) {
    long filler = (allocatedBytes - sizeBytes(keyBytes, valueBytes)) / WORD_BYTES;
    return layout(keyBytes, valueBytes) | filler << FILLER_SHIFT;
  }

  /** Whether the space of a record can be used for another one of {@code neededBytes}. */
  public static boolean fits(long allocatedBytes, long neededBytes) {
    long filler = (allocatedBytes - neededBytes) / WORD_BYTES;
    return allocatedBytes >= neededBytes && filler <= FILLER_MASK;
  }

  /** Where the layout word of the record at {@code physicalAddress} is. */
  public static long layoutAddress(long physicalAddress) {
    return physicalAddress + LAYOUT_OFFSET;
  }

  /** Where the key of the record at {@code physicalAddress} is. */
  public static long keyAddress(long physicalAddress) {
    return physicalAddress + KEY_OFFSET;
  }

  /** Where the value is. */
  public static long valueAddress(long physicalAddress, long layout) {
    return physicalAddress + valueOffset(layout);
  }

  /** Where the value is, if the key has 8 bytes. */
  public static long valueAddressOfLongKey(long physicalAddress) {
    return physicalAddress + KEY_OFFSET + Long.BYTES;
  }

  /** Whether the record at {@code physicalAddress} is of an 8-byte key, and not deleted. */
  public static boolean isLive(long physicalAddress, long key) {
    return Memory.getLong(physicalAddress, KEY_OFFSET) == key
        && !RecordHeader.isTombstone(Memory.getLongAcquire(physicalAddress, 0));
  }

  /** Bytes from the record's start to its value. */
  public static long valueOffset(long layout) {
    return KEY_OFFSET + Alignment.up(keyBytes(layout), WORD_BYTES);
  }

  /** The key's length. */
  public static int keyBytes(long layout) {
    return (int) (layout >>> KEY_SHIFT & KEY_MASK);
  }

  /** The value's length. */
  public static int valueBytes(long layout) {
    return (int) (layout & VALUE_MASK);
  }

  /** The size of the record with padding and filler. */
  public static long allocatedBytes(long layout) {
    return sizeBytes(keyBytes(layout), valueBytes(layout))
        + (layout >>> FILLER_SHIFT & FILLER_MASK) * WORD_BYTES;
  }

  /** Whether somebody is writing. */
  public static boolean isWriting(long layout) {
    return layout < 0;
  }

  /** Whether a value of {@code valueBytes} can take the place of this one. */
  public static boolean canChange(long layout, int valueBytes) {
    return (layout >>> SEQUENCE_SHIFT & SEQUENCE_MASK) != SEQUENCE_MASK
        && fits(allocatedBytes(layout), sizeBytes(keyBytes(layout), valueBytes));
  }

  /**
   * Loads the record's first word, so that its cache line comes while the caller goes on. The load
   * is plain; its value means nothing, but must be used for the load to happen.
   */
  public static long touch(long physicalAddress) {
    return Memory.getLong(physicalAddress);
  }

  /**
   * As {@link #touch}, for what follows in a record that an index entry leads to, up to some lines:
   * behind them the core fetches ahead by itself.
   */
  public static long touchRest(long physicalAddress) {
    long bytes = allocatedBytes(Memory.getLongOpaque(layoutAddress(physicalAddress)));
    long end = Math.min(bytes, TOUCHED_BYTES);
    long seen = Memory.getLong(physicalAddress + end - WORD_BYTES);
    for (long at = CacheLine.BYTES; at < end; at += CacheLine.BYTES) {
      seen ^= Memory.getLong(physicalAddress + at);
    }
    return seen;
  }

  /** The layout word; pairs with {@link #unlockRelease}. */
  public static long layoutAcquire(long physicalAddress) {
    return Memory.getLongAcquire(layoutAddress(physicalAddress));
  }

  /**
   * Whether what was read since {@code layout} was loaded is one version of the value. The fence
   * keeps the reads before the second load; pairs with the fence in {@link #tryLock}.
   */
  public static boolean isUnchanged(long physicalAddress, long layout) {
    VarHandle.loadLoadFence();
    return Memory.getLongOpaque(layoutAddress(physicalAddress)) == layout;
  }

  /** Sets the writer bit, if the word is still {@code layout}, which does not have it. */
  public static boolean tryLock(long physicalAddress, long layout) {
    boolean locked = Memory.casLong(layoutAddress(physicalAddress), layout, layout | WRITER);
    VarHandle.storeStoreFence();
    return locked;
  }

  /** Clears the writer bit after nothing was changed. */
  public static void unlockRelease(long physicalAddress, long layout) {
    Memory.putLongRelease(layoutAddress(physicalAddress), layout);
  }

  /** Clears the writer bit after the value was changed to one of {@code valueBytes}. */
  public static void unlockChangedRelease(long physicalAddress, long layout, int valueBytes) {
    long sequence = (layout >>> SEQUENCE_SHIFT & SEQUENCE_MASK) + 1;
    long changed = layout(keyBytes(layout), valueBytes, allocatedBytes(layout));
    Memory.putLongRelease(layoutAddress(physicalAddress), changed | sequence << SEQUENCE_SHIFT);
  }
}
