package dev.peregrine.internal.log;

import dev.peregrine.internal.hlog.DrivenWork;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;

/**
 * Makes cuts durable: when the log has been written up to one, it syncs the device and tells who
 * waits. So commits go on in a row of two: one is written while the one before is synced. Meanwhile
 * nobody else waits for the device. One thread at a time runs it.
 */
final class Committer implements DrivenWork {
  private static final long SLEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final LogCore core;
  private final NanoClock clock;
  private final long intervalNanos;
  private long lastRequestNanos;

  /**
   * @param core the log
   * @param clock for commits by time
   * @param intervalNanos how often to commit, or 0 for never
   */
  Committer(LogCore core, NanoClock clock, long intervalNanos) {
    this.core = core;
    this.clock = clock;
    this.intervalNanos = intervalNanos;
  }

  @Override
  public void open() {
    lastRequestNanos = clock.nanoTime();
  }

  @Override
  public int doWork() {
    if (core.failure() != null) {
      core.wakeAfterFailure();
      return 0;
    }
    if (!core.isClosed()) {
      requestByTime();
      core.requestOwed();
    }
    return core.cutIfWanted() + core.syncCuts();
  }

  private void requestByTime() {
    if (intervalNanos > 0) {
      long now = clock.nanoTime();
      if (now - lastRequestNanos >= intervalNanos) {
        lastRequestNanos = now;
        core.request();
      }
    }
  }

  @Override
  public long idleNanos() {
    if (core.hasWork()) {
      return RETRY_NANOS;
    }
    return intervalNanos > 0 ? Math.min(intervalNanos, SLEEP_NANOS) : SLEEP_NANOS;
  }

  @Override
  public void close() {}
}
