package dev.peregrine.internal.log;

import dev.peregrine.device.QueueMode;
import dev.peregrine.device.Volume;
import dev.peregrine.internal.hlog.LogDriver;
import dev.peregrine.internal.hlog.SteppedDriver;
import dev.peregrine.internal.hlog.ThreadDriver;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * Everything that a log takes from outside and that a test may replace.
 *
 * @param volume where its files are; the log closes it
 * @param pages runs what writes pages
 * @param commits runs what makes commits durable
 * @param clock for commits by time
 * @param random gives a new log its number
 */
public record LogEnvironment(
    Volume volume, LogDriver pages, LogDriver commits, NanoClock clock, LongSupplier random) {

  /** Threads, the system's clock, and real randomness. */
  public static LogEnvironment system(Volume volume) {
    return new LogEnvironment(
        volume,
        new ThreadDriver("peregrine-log-pages", QueueMode.MOVABLE),
        new ThreadDriver("peregrine-log-commits"),
        SystemNanoClock.INSTANCE,
        () -> ThreadLocalRandom.current().nextLong());
  }

  /**
   * Nothing happens but in the calls of whoever waits: a run of one thread depends on its inputs.
   *
   * @param clock the time
   * @param logId of a new log
   */
  public static LogEnvironment stepped(Volume volume, NanoClock clock, long logId) {
    return stepped(volume, clock, logId, false);
  }

  /**
   * As {@link #stepped(Volume, NanoClock, long)}.
   *
   * @param waitersHelp whether who waits for a commit writes it first, and not only step by step
   */
  public static LogEnvironment stepped(
      Volume volume, NanoClock clock, long logId, boolean waitersHelp) {
    return new LogEnvironment(
        volume, new SteppedDriver(waitersHelp), new SteppedDriver(), clock, () -> logId);
  }
}
