package dev.peregrine.memory;

/** Rounding to powers of two. */
public final class Alignment {
  private Alignment() {}

  /** The least multiple of {@code alignment} (a power of two) that is not below {@code value}. */
  public static long up(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }

  /**
   * The greatest multiple of {@code alignment} (a power of two) that is not above {@code value}.
   */
  public static long down(long value, long alignment) {
    return value & -alignment;
  }

  /** Whether {@code value} is a multiple of {@code alignment}, a power of two. */
  public static boolean isAligned(long value, long alignment) {
    return (value & (alignment - 1)) == 0;
  }

  /** Whether {@code value} is a power of two. */
  public static boolean isPowerOfTwo(long value) {
    return value > 0 && (value & (value - 1)) == 0;
  }

  /** The least power of two that is not below {@code value}, which is 1 to 2^62. */
  public static long nextPowerOfTwo(long value) {
    return value <= 1 ? 1 : Long.highestOneBit(value - 1) << 1;
  }
}
