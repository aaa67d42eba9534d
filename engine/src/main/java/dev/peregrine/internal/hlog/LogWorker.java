package dev.peregrine.internal.hlog;

import dev.peregrine.internal.epoch.EpochAction;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.hlog.LogRegions.Marker;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.agrona.concurrent.NanoClock;

/**
 * Keeps free frames ahead of the tail: freezes pages, has them written, evicts them. One thread at
 * a time runs it; it alone moves the markers.
 *
 * <p>In this order, for a page: {@code readOnly} passes it; when everybody has seen that, {@code
 * safeReadOnly}; it is written; {@code head} passes it; when everybody has seen that, its frame is
 * zeroed and {@code closedUntil} passes it. Of each of the two epoch actions one is registered at a
 * time, so that the drain list always has room; a marker that moved on meanwhile is followed by the
 * next. Who helps freezes and writes; frames are left to the log's own thread.
 */
public final class LogWorker implements DrivenWork {
  private static final System.Logger LOGGER = System.getLogger("dev.peregrine");
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SLEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final HybridLog log;
  private final LightEpoch epoch;
  private final LogRegions regions;
  private final HeadPin head;
  private final PageFrames frames;
  private final ChangeMarks marks;
  private final PageFlusher flusher;
  private final NanoClock clock;
  private final LongFunction<String> laggards;

  /** True from registering an epoch action until it has run. */
  private volatile boolean freezing;

  private volatile boolean evicting;
  private long pendingSinceNanos;
  private boolean stallReported;

  LogWorker(
      HybridLog log,
      LogHost host,
      LogRegions regions,
      HeadPin head,
      PageFrames frames,
      ChangeMarks marks,
      PageFlusher flusher) {
    this.log = log;
    this.epoch = host.epoch();
    this.regions = regions;
    this.head = head;
    this.frames = frames;
    this.marks = marks;
    this.flusher = flusher;
    this.clock = host.clock();
    this.laggards = host.laggards();
  }

  @Override
  public void open() {
    pendingSinceNanos = clock.nanoTime();
  }

  @Override
  public int doWork() {
    int work = step(true);
    reportStall(work);
    return work;
  }

  @Override
  public int help() {
    return step(false);
  }

  private int step(boolean evicts) {
    int work = epoch.hasPending() ? epoch.drain() : 0;
    if (log.isSpilling() && log.failure() == null) {
      try {
        work += freeze() + flusher.doWork();
        if (evicts) {
          work += evict() + closePages();
        } else {
          // What came meanwhile, for who comes next: the device need not wait for that thread.
          work += freeze() + flusher.start();
        }
      } catch (RuntimeException e) {
        log.fail(e);
      }
    }
    return work;
  }

  /**
   * Nothing while writes are out, for which {@link #doWork} itself waits a little, unless one has
   * failed; short while it waits for what signals nobody: threads in an epoch, leave to write.
   */
  @Override
  public long idleNanos() {
    if (flusher.isBusy() && log.failure() == null) {
      return 0;
    }
    boolean waiting =
        freezing || evicting || epoch.hasPending() || flusher.isHeldBack() || flusher.isBlanking();
    return waiting ? RETRY_NANOS : SLEEP_NANOS;
  }

  @Override
  public void close() {
    flusher.close();
  }

  private int freeze() {
    long target = log.readOnlyTarget();
    if (freezing || target <= regions.readOnlyAcquire()) {
      return 0;
    }
    freezing = true;
    regions.advanceRelease(Marker.READ_ONLY, target);
    Pauses.at(PausePoint.READ_ONLY_MOVED);
    register(this::onFrozen, target);
    return 1;
  }

  private void onFrozen(long target) {
    Pauses.at(PausePoint.READ_ONLY_SEEN);
    regions.advanceRelease(Marker.SAFE_READ_ONLY, target);
    freezing = false;
    if (!log.isHelped()) {
      log.signal();
    }
  }

  private int evict() {
    long flushed = regions.getAcquire(Marker.FLUSHED_UNTIL);
    long target = log.pageStart(Math.min(log.headTarget(), flushed));
    long before = regions.headAcquire();
    if (evicting || target <= before) {
      return 0;
    }
    long after = head.advance(target);
    if (after == before) {
      return 0;
    }
    evicting = true;
    Pauses.at(PausePoint.HEAD_MOVED);
    register(this::onEvicted, after);
    return 1;
  }

  private void onEvicted(long target) {
    Pauses.at(PausePoint.HEAD_SEEN);
    regions.advanceRelease(Marker.SAFE_HEAD, target);
    evicting = false;
    log.signal();
  }

  private int closePages() {
    long safeHead = regions.getAcquire(Marker.SAFE_HEAD);
    int closed = 0;
    long page = log.pageOf(regions.getAcquire(Marker.CLOSED_UNTIL));
    while (log.startOf(page + 1) <= safeHead) {
      Pauses.at(PausePoint.FRAME_CLOSING);
      frames.recycle(page);
      marks.reset(page);
      Pauses.at(PausePoint.FRAME_ZEROED);
      page++;
      regions.advanceRelease(Marker.CLOSED_UNTIL, log.startOf(page));
      closed++;
    }
    return closed;
  }

  private void register(EpochAction action, long target) {
    if (!epoch.bump(action, target)) {
      throw new IllegalStateException("the epoch's drain list is full");
    }
  }

  private void reportStall(int work) {
    if (work > 0 || !(freezing || evicting)) {
      pendingSinceNanos = clock.nanoTime();
      stallReported = false;
    } else if (!stallReported && clock.nanoTime() - pendingSinceNanos > STALL_NANOS) {
      stallReported = true;
      LOGGER.log(
          Level.WARNING,
          "the log does not get on, because a session stays inside an operation: {0}",
          laggards.apply(epoch.safeEpoch() + 1));
    }
  }
}
