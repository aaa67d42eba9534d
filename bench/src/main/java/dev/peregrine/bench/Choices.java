package dev.peregrine.bench;

/** A small random generator for one thread: Marsaglia's xorshift64*, the same for the same seed. */
public final class Choices {
  private static final long MULTIPLIER = 0x2545f4914f6cdd1dL;

  private long state;

  public Choices(long seed) {
    long mixed = Keys.of(seed + 1);
    state = mixed == 0 ? 1 : mixed;
  }

  /** 64 random bits. */
  public long next() {
    state ^= state >>> 12;
    state ^= state << 25;
    state ^= state >>> 27;
    return state * MULTIPLIER;
  }

  /** A random number from 0 to {@code bound - 1}. */
  public long below(long bound) {
    return Math.unsignedMultiplyHigh(next(), bound);
  }
}
