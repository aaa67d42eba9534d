package dev.peregrine.internal.ops;

import dev.peregrine.MisuseException;
import dev.peregrine.device.Device;
import dev.peregrine.internal.cpr.Participants;
import dev.peregrine.internal.cpr.SessionCut;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.hlog.FlushLimit;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.LogContents;
import dev.peregrine.internal.hlog.LogDriver;
import dev.peregrine.internal.hlog.LogHost;
import dev.peregrine.internal.index.HashIndex;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
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
  private final SessionTable sessions;
  private final AtomicLong sessionNumber = new AtomicLong();

  /**
   * What a store begins with.
   *
   * @param contents what is in the log
   * @param version of the first operations
   * @param sessions those that are known
   * @param random for the names of sessions
   * @param limit how fast the log is written
   */
  public record Start(
      LogContents contents,
      long version,
      List<SessionCut> sessions,
      LongSupplier random,
      FlushLimit limit) {
    /** Nothing. */
    public static Start empty(long storeId, LongSupplier random) {
      return new Start(
          LogContents.empty(storeId),
          SystemState.FIRST_VERSION,
          List.of(),
          random,
          FlushLimit.NONE);
    }
  }

  /**
   * Builds the structures; {@link #start} lets them work.
   *
   * @param limits the bounds
   * @param device where the log goes; closed with the store
   * @param driver runs the log's worker
   * @param clock for time limits
   * @param start what it begins with
   */
  public StoreCore(Limits limits, Device device, LogDriver driver, NanoClock clock, Start start) {
    this.limits = limits;
    this.device = device;
    this.clock = clock;
    this.epoch = new LightEpoch(limits.maxSessions());
    this.state = new SystemState(start.version());
    this.sessions = new SessionTable(start.sessions(), start.random());
    this.index = new HashIndex(limits.bucketCount(), limits.overflowCount());
    try {
      this.log =
          new HybridLog(
              limits.log(),
              start.contents(),
              new LogHost(
                  device, epoch, state, driver, start.limit(), clock, sessions::namesOfLaggards));
    } catch (RuntimeException | Error e) {
      index.close();
      throw e;
    }
  }

  /** Starts the log's worker, when the structures hold what the store begins with. */
  public void start() {
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

  /** What is kept of a hash. */
  public long hashMask() {
    return limits.hashMask();
  }

  /** The epoch, for checkpoints. */
  public LightEpoch epoch() {
    return epoch;
  }

  /** Version and phase, for checkpoints. */
  public SystemState state() {
    return state;
  }

  /** The sessions, for checkpoints. */
  public Participants participants() {
    return sessions;
  }

  /** The part of a new session. */
  public SessionCut newSession() {
    return sessions.create();
  }

  /**
   * The part of a session that is known by its name.
   *
   * @throws MisuseException if it is open
   * @throws IllegalArgumentException if none is known
   */
  public SessionCut knownSession(long id) {
    return sessions.find(id);
  }

  /** Sessions that are open. */
  public int sessionCount() {
    return sessions.openCount();
  }

  /** Native memory of the open sessions. */
  public long sessionBytes() {
    return sessions.nativeBytes();
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
    for (SessionContext session : sessions.open()) {
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
      if (SystemState.isClosed(state.wordAcquire())) {
        return false;
      }
      sessions.add(session);
      return true;
    }
  }

  void remove(SessionContext session) {
    sessions.remove(session);
  }
}
