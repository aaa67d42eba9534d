package dev.peregrine.internal.checkpoint;

import dev.peregrine.internal.hlog.FlushLimit;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;

/**
 * Bounds how fast a checkpoint writes: a bucket that fills at a rate and holds a tenth of a second
 * of it. Any thread.
 */
public final class Throttle implements FlushLimit {
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int BUCKETS_A_SECOND = 10;

  private final NanoClock clock;
  private final long bytesPerSecond;
  private final long mostBytes;
  private volatile boolean boundsLog;
  private double available;
  private long filledNanos;

  /**
   * @param clock for the rate
   * @param bytesPerSecond the rate; 0 for no bound
   */
  public Throttle(NanoClock clock, long bytesPerSecond) {
    this.clock = clock;
    this.bytesPerSecond = bytesPerSecond;
    this.mostBytes = Math.max(1, bytesPerSecond / BUCKETS_A_SECOND);
    this.available = mostBytes;
    this.filledNanos = clock.nanoTime();
  }

  /** Whether the log's own writes count: while a checkpoint folds it over. */
  void boundsLog(boolean value) {
    boundsLog = value;
  }

  @Override
  public long permit(long wantedBytes) {
    return !boundsLog || tryTake(wantedBytes) ? wantedBytes : 0;
  }

  /**
   * Asks to write; what is granted may be more than the bucket holds, which is then made good by
   * later askers, so that the size of a request needs no bound.
   */
  public synchronized boolean tryTake(long bytes) {
    if (bytesPerSecond == 0) {
      return true;
    }
    long now = clock.nanoTime();
    double earned = (double) (now - filledNanos) * bytesPerSecond / SECOND_NANOS;
    available = Math.min(mostBytes, available + earned);
    filledNanos = now;
    if (available <= 0) {
      return false;
    }
    available -= bytes;
    return true;
  }
}
