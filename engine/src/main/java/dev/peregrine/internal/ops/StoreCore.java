package dev.peregrine.internal.ops;

import dev.peregrine.MisuseException;
import dev.peregrine.device.Device;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.hlog.FlushLimit;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.LogContents;
import dev.peregrine.internal.hlog.LogDriver;
import dev.peregrine.internal.index.HashIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.agrona.concurrent.NanoClock;

/**
 * The structures of one store and the sessions on them. Any thread may call any method; nothing
 * here is on an operation's path but the fields.
 */
public final class StoreCore {
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /**
   * Bounds, settled when the store is opened.
   *
   * @param bucketCount buckets of the index, a power of two
   * @param overflowCount buckets of its pool
   * @param log the log's shape
   * @param maxSessions sessions open at once
   * @param pendingDepth pending operations of a session
   * @param ioBufferBytes the buffer of a pending operation
   * @param maxRecordBytes the largest record
   * @param hashMask what is kept of a hash: −1, but for tests that force collisions
   */
  public record Limits(
      long bucketCount,
      long overflowCount,
      HybridLog.Shape log,
      int maxSessions,
      int pendingDepth,
      int ioBufferBytes,
      int maxRecordBytes,
      long hashMask) {}

  final Limits limits;
  final Device device;
  final LightEpoch epoch;
  final SystemState state;
  final HashIndex index;
  final HybridLog log;
  private final NanoClock clock;
  private final List<SessionContext> sessions = new ArrayList<>();
  private final AtomicLong sessionNumber = new AtomicLong();

  /**
   * Builds the structures and starts the log's worker.
   *
   * @param limits the bounds
   * @param contents what is in the log
   * @param device where the log goes; closed with the store
   * @param driver runs the log's worker
   * @param clock for time limits
   */
  public StoreCore(
      Limits limits, LogContents contents, Device device, LogDriver driver, NanoClock clock) {
    this.limits = limits;
    this.device = device;
    this.clock = clock;
    this.epoch = new LightEpoch(limits.maxSessions());
    this.state = new SystemState();
    this.index = new HashIndex(limits.bucketCount(), limits.overflowCount());
    try {
      this.log =
          new HybridLog(
              limits.log(),
              contents,
              device,
              epoch,
              state,
              driver,
              FlushLimit.NONE,
              clock,
              this::namesOfLaggards);
    } catch (RuntimeException | Error e) {
      index.close();
      throw e;
    }
    log.start();
  }

  /** Native memory that one session takes. */
  public static long sessionBytesFor(Limits limits) {
    return SessionMemory.bytesFor(limits);
  }

  /** The log, for figures. */
  public HybridLog log() {
    return log;
  }

  /** The index, for figures. */
  public HashIndex index() {
    return index;
  }

  /** The device, for figures. */
  public Device device() {
    return device;
  }

  /** Sessions that are open. */
  public int sessionCount() {
    synchronized (sessions) {
      return sessions.size();
    }
  }

  /** Native memory of the open sessions. */
  public long sessionBytes() {
    synchronized (sessions) {
      return sessions.stream().mapToLong(SessionContext::nativeBytes).sum();
    }
  }

  /**
   * Refuses new operations, waits for those under way, and frees everything.
   *
   * @throws MisuseException after half a minute, naming the sessions that stayed inside an
   *     operation; the memory is then kept, since they may still use it
   */
  public void close() {
    if (!state.close()) {
      return;
    }
    long start = clock.nanoTime();
    List<SessionContext> open;
    synchronized (sessions) {
      open = List.copyOf(sessions);
    }
    for (SessionContext session : open) {
      while (!session.tryCloseForStore()) {
        if (clock.nanoTime() - start > CLOSE_NANOS) {
          throw new MisuseException(
              "the store is closed but can't free its memory: " + session + " is in an operation");
        }
        log.awaitFrozen();
      }
    }
    log.close();
    index.close();
    device.close();
  }

  long nextSessionNumber() {
    return sessionNumber.incrementAndGet();
  }

  /** Registers a session; false if the store is closed. */
  boolean tryAdd(SessionContext session) {
    synchronized (sessions) {
      return !SystemState.isClosed(state.wordAcquire()) && sessions.add(session);
    }
  }

  void remove(SessionContext session) {
    synchronized (sessions) {
      sessions.remove(session);
    }
  }

  private String namesOfLaggards(long epochLimit) {
    synchronized (sessions) {
      return sessions.stream()
          .filter(session -> session.announced() != 0 && session.announced() <= epochLimit)
          .map(SessionContext::toString)
          .collect(Collectors.joining(", "));
    }
  }
}
