package dev.peregrine.bench;

/**
 * The key of the i-th record: a bijection, so that keys are scattered over all 64 bits and yet none
 * comes twice.
 *
 * <p>It is Stafford's variant 13 of the 64-bit finalizer of MurmurHash3, as in SplittableRandom.
 */
public final class Keys {
  private static final long FIRST = 0xbf58476d1ce4e5b9L;
  private static final long SECOND = 0x94d049bb133111ebL;
  private static final long FIRST_INVERSE = 0x96de1b173f119089L;
  private static final long SECOND_INVERSE = 0x319642b2d24d8ec3L;

  private Keys() {}

  /** The key of the record of this index. */
  public static long of(long index) {
    long z = (index ^ (index >>> 30)) * FIRST;
    z = (z ^ (z >>> 27)) * SECOND;
    return z ^ (z >>> 31);
  }

  /** The index of the record of this key. */
  public static long indexOf(long key) {
    long z = (key ^ (key >>> 31) ^ (key >>> 62)) * SECOND_INVERSE;
    z = (z ^ (z >>> 27) ^ (z >>> 54)) * FIRST_INVERSE;
    return z ^ (z >>> 30) ^ (z >>> 60);
  }
}
