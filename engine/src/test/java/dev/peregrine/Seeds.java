package dev.peregrine;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Runs a randomized test on seeds. A failure names its seed; {@code -Dperegrine.seed=N} runs that
 * one alone.
 */
public final class Seeds {
  private static final String PROPERTY = "peregrine.seed";

  private Seeds() {}

  /** A test of one seed. */
  @FunctionalInterface
  public interface Body {
    void run(long seed) throws Exception;
  }

  /** Runs the test on {@code count} fresh seeds, or on the one that the property gives. */
  public static void run(int count, Body body) {
    Long fixed = Long.getLong(PROPERTY);
    if (fixed != null) {
      runOne(fixed, body);
      return;
    }
    for (int i = 0; i < count; i++) {
      runOne(ThreadLocalRandom.current().nextLong() >>> 16, body);
    }
  }

  private static void runOne(long seed, Body body) {
    try {
      body.run(seed);
    } catch (Throwable e) {
      throw new AssertionError("run again with -D" + PROPERTY + "=" + seed + ": " + e, e);
    }
  }
}
