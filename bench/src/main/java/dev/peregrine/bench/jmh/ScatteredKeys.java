package dev.peregrine.bench.jmh;

/** Keys of the records of a bench, in an order that no prefetcher follows. */
final class ScatteredKeys {
  private static final long STEP = 0x9e3779b97f4a7c15L;

  private final long mask;
  private long state;

  /**
   * Makes a sequence.
   *
   * @param records how many records there are: a power of two
   */
  ScatteredKeys(int records, long seed) {
    this.mask = records - 1L;
    this.state = seed * STEP;
  }

  /** The key of the i-th record. */
  static long key(long record) {
    long z = (record ^ (record >>> 32)) * STEP;
    return z ^ (z >>> 29);
  }

  /** The next record. */
  long nextRecord() {
    state += STEP;
    long z = state ^ (state >>> 31);
    return (z * STEP >>> 17) & mask;
  }

  /** The next record's key. */
  long nextKey() {
    return key(nextRecord());
  }
}
