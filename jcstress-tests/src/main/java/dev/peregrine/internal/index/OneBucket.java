package dev.peregrine.internal.index;

import dev.peregrine.memory.Slices;

/** A state with an index of one bucket, in a slice. */
abstract class OneBucket {
  static final long FIRST = 1 << 10;
  static final long SECOND = 2 << 10;
  private static final int TAG_SHIFT = 50;
  private static final int HOME_SHIFT = 42;

  /** A home is a share of 256 in 7 entries. */
  private static final int HOME_UNIT = 37;

  private static final long FILLER_TAG = 100;
  private static final long FILLER_ADDRESS = 64;

  final HashIndex index;

  /** With the first entries taken. */
  OneBucket(long overflowCount, int filled) {
    this(overflowCount, filled, 0);
  }

  /**
   * @param overflowCount buckets in the pool
   * @param filled how many entries are taken, each for a tag of its own: 100, 101, …, with
   *     addresses 64, 128, …
   * @param firstHome the first entry that is taken
   */
  OneBucket(long overflowCount, int filled, int firstHome) {
    long bytes = HashIndex.bytesFor(1, overflowCount);
    index = new HashIndex(1, overflowCount, null, Slices.take(bytes));
    for (int i = 0; i < filled; i++) {
      link(hash(FILLER_TAG + i, firstHome + i), FILLER_ADDRESS * (i + 1));
    }
  }

  /** A hash whose tag is {@code number}'s and whose home is entry {@code home}. */
  static long hash(long number, long home) {
    return number << TAG_SHIFT | home * HOME_UNIT << HOME_SHIFT;
  }

  /** Links {@code address} above what is there; returns what was there. */
  final long link(long hash, long address) {
    IndexCursor cursor = new IndexCursor();
    do {
      index.findOrCreate(hash, cursor);
    } while (!index.casAddress(cursor, address));
    return cursor.address();
  }

  /** Whether the first entries, filled by the constructor, can be found. */
  final boolean isFilled(int count) {
    for (int i = 0; i < count; i++) {
      if (index.find(hash(FILLER_TAG + i, i)) != FILLER_ADDRESS * (i + 1)) {
        return false;
      }
    }
    return true;
  }
}
