package dev.peregrine;

import dev.peregrine.internal.hlog.LogDriver;
import dev.peregrine.internal.hlog.ThreadDriver;
import java.security.SecureRandom;
import java.util.function.LongSupplier;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * What makes two runs of a store differ: threads, time and chance. Tests give their own.
 *
 * @param driver runs what goes on in the background
 * @param clock for time limits and rates
 * @param wallMillis the time for people
 * @param random for names and generations
 * @param hashMask what is kept of a hash: −1, but for tests that force collisions
 */
record StoreEnvironment(
    LogDriver driver,
    NanoClock clock,
    LongSupplier wallMillis,
    LongSupplier random,
    long hashMask) {
  private static final long ALL_BITS = -1;

  /** The real one; each store needs its own. */
  static StoreEnvironment real() {
    return new StoreEnvironment(
        new ThreadDriver("peregrine-log"),
        SystemNanoClock.INSTANCE,
        System::currentTimeMillis,
        new SecureRandom()::nextLong,
        ALL_BITS);
  }
}
