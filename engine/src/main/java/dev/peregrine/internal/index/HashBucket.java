package dev.peregrine.internal.index;

import dev.peregrine.memory.Memory;

/**
 * A bucket of the hash index: one cache line.
 *
 * <pre>
 *   0         8         16               48        56          64
 *  +---------+---------+---  ...  ------+---------+-----------+
 *  | entry 0 | entry 1 |                | entry 6 | overflow  |
 *  +---------+---------+---  ...  ------+---------+-----------+
 * </pre>
 *
 * The overflow word is the number of the next bucket in the overflow pool, 0 for none; it is set
 * once. An overflow bucket that is free keeps the number of the next free one in entry 0.
 */
final class HashBucket {
  /** Length in bytes. */
  static final int BYTES = 64;

  /** Entries in a bucket. */
  static final int ENTRIES = 7;

  private static final int ENTRY_BYTES = 8;
  private static final int OVERFLOW_OFFSET = ENTRIES * ENTRY_BYTES;

  private HashBucket() {}

  /** Where an entry is. */
  static long entryAddress(long bucket, long entry) {
    return bucket + entry * ENTRY_BYTES;
  }

  /** Whether an entry is the last one of its bucket. */
  static boolean isLast(long entryAddress) {
    return (entryAddress & BYTES - 1) == OVERFLOW_OFFSET - ENTRY_BYTES;
  }

  /** Where the first entry of the bucket of an entry is. */
  static long first(long entryAddress) {
    return entryAddress & -BYTES;
  }

  /** Where the overflow word is. */
  static long overflowAddress(long bucket) {
    return bucket + OVERFLOW_OFFSET;
  }

  /** The overflow word; pairs with the CAS that links a zeroed bucket. */
  static long overflowAcquire(long bucket) {
    return Memory.getLongAcquire(overflowAddress(bucket));
  }

  /**
   * The entries of a tag, tentative ones too, as a set of bits, entry 0 lowest. Plain loads and no
   * branches, so that the core overlaps them: the caller loads the entry it chooses again, with
   * acquire.
   */
  static long matchTag(long bucket, long tag) {
    return matchBit(bucket, 0, tag)
        | matchBit(bucket, 1, tag)
        | matchBit(bucket, 2, tag)
        | matchBit(bucket, 3, tag)
        | matchBit(bucket, 4, tag)
        | matchBit(bucket, 5, tag)
        | matchBit(bucket, 6, tag);
  }

  private static long matchBit(long bucket, int entry, long tag) {
    long difference = (Memory.getLong(bucket, entry * ENTRY_BYTES) ^ tag) & HashEntry.TAG_FIELD;
    // Never negative; one less is negative for 0 only.
    return difference - 1 >>> Long.SIZE - 1 << entry;
  }
}
