package dev.peregrine.internal.log;

import dev.peregrine.internal.hlog.DrivenWork;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;

/**
 * Makes cuts durable: when the log has been written up to one, it syncs the device and tells who
 * waits. So commits go on in a row of two: one is written while the one before is synced. Meanwhile
 * nobody else waits for the device. The extents of a commit say that the one before is durable;
 * when none follows, a mark does. One thread at a time runs it.
 */
final class Committer implements DrivenWork {
  private static final long SLEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final LogCore core;
  private final Commits commits;
  private final NanoClock clock;
  private final long intervalNanos;
  private final DurableMarks marks;
  private long lastRequestNanos;

  /** Up to where the log is known to be durable without this run. */
  private long markedUntil;

  /** What was committed at the last look, and when it was found to have changed. */
  private long seenCommitted;

  private long seenNumber;
  private long seenNanos;

  /**
   * @param core the log
   * @param clock for commits by time
   * @param intervalNanos how often to commit, or 0 for never
   * @param marks to write when no commit follows; closed with this
   */
  Committer(LogCore core, NanoClock clock, long intervalNanos, DurableMarks marks) {
    this.core = core;
    this.commits = core.commits();
    this.clock = clock;
    this.intervalNanos = intervalNanos;
    this.marks = marks;
    this.markedUntil = commits.committed();
    this.seenCommitted = markedUntil;
  }

  @Override
  public void open() {
    lastRequestNanos = clock.nanoTime();
  }

  @Override
  public int doWork() {
    if (core.failure() != null) {
      commits.waiters().wake();
      return 0;
    }
    if (!core.isClosed()) {
      requestByTime();
      core.requests().requestOwed();
    }
    return commits.cutIfWanted() + commits.syncCuts() + markIfQuiet();
  }

  /** Writes a mark when no commit has followed the last one for a while, which would say it all. */
  private int markIfQuiet() {
    long committed = commits.committed();
    if (committed == markedUntil || core.isClosed() || !marks.isKept()) {
      return 0;
    }
    long now = clock.nanoTime();
    if (committed != seenCommitted || core.hasWork()) {
      seenCommitted = committed;
      seenNanos = now;
      return 0;
    }
    if (now - seenNanos < QUIET_NANOS) {
      return 0;
    }
    if (commits.syncs().tryLook(this::seeCommit)) {
      try {
        marks.write(seenCommitted, seenNumber);
      } catch (RuntimeException e) {
        core.fail(e);
      }
      markedUntil = seenCommitted;
    }
    return 1;
  }

  /** Both fit each other while nobody syncs. */
  private void seeCommit() {
    seenCommitted = commits.committed();
    seenNumber = commits.number();
  }

  private void requestByTime() {
    if (intervalNanos > 0) {
      long now = clock.nanoTime();
      if (now - lastRequestNanos >= intervalNanos) {
        lastRequestNanos = now;
        core.requests().request();
      }
    }
  }

  @Override
  public long idleNanos() {
    if (core.hasWork()) {
      return RETRY_NANOS;
    }
    boolean owesMark = marks.isKept() && owesMark();
    long most = owesMark ? QUIET_NANOS : SLEEP_NANOS;
    return intervalNanos > 0 ? Math.min(intervalNanos, most) : most;
  }

  /** If not, whoever ends the next commit signals. */
  private boolean owesMark() {
    commits.syncs().setCommitterRests(true);
    boolean owes = commits.committed() != markedUntil;
    if (owes) {
      commits.syncs().setCommitterRests(false);
    }
    return owes;
  }

  @Override
  public void close() {
    marks.close();
  }
}
