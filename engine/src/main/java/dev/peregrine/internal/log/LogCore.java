package dev.peregrine.internal.log;

import dev.peregrine.Severity;
import dev.peregrine.StoreClosedException;
import dev.peregrine.StoreIoException;
import dev.peregrine.device.Device;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.hlog.FlushLimit;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.LogContents;
import dev.peregrine.internal.hlog.LogHost;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.record.NativeValue;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;

/**
 * A durable log at work: pages in memory, the device behind them, the commits on their way.
 *
 * <p>Order of things for an entry: its writer copies it inside the epoch → the log is cut behind it
 * → everybody has left the epoch → the extent is sealed and written → the device is synced → {@code
 * committed} passes it. Whoever fails on the way ends that for good. Any thread may call any
 * method.
 */
public final class LogCore implements LogView {
  private static final int SLOTS = 64;

  private final LogShape shape;
  private final LogEnvironment environment;
  private final Device device;
  private final int version;
  private final PageIdentity identity;
  private final LightEpoch epoch = new LightEpoch(SLOTS);
  private final long[] slots = new long[SLOTS];

  /** One for the thread that is in each slot. */
  private final NativeValue[] views = new NativeValue[SLOTS];

  private final SystemState state = new SystemState();
  private final HybridLog log;
  private final Exclusive exclusive = new Exclusive(epoch);
  private final Commits commits;
  private final Consumers consumers;
  private final Truncation truncation;
  private final Appends appends;
  private final CommitRequests requests;

  private volatile RuntimeException failure;

  private boolean stopped;

  /**
   * @param shape the sizes
   * @param environment what it works with
   * @param device where pages go
   * @param found what there is of it
   */
  LogCore(LogShape shape, LogEnvironment environment, Device device, FoundLog found) {
    this.shape = shape;
    this.environment = environment;
    this.device = device;
    this.version = found.anchor().version();
    this.identity = found.anchor().identity();
    this.commits = new Commits(this, device, environment.commits(), this::endOfWaits, found);
    this.consumers = new Consumers(found.anchor().consumers());
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = epoch.acquireSlot();
      views[i] = new NativeValue();
    }
    int pageBytes = shape.pageBytes();
    ExtentFormat format = new ExtentFormat(pageBytes, version, identity, commits);
    long end = found.end();
    LogContents contents =
        new LogContents(
            identity,
            ExtentHeader.BYTES,
            end & -(long) pageBytes,
            Math.max(end, ExtentHeader.BYTES));
    this.log =
        new HybridLog(
            new HybridLog.Shape(shape.pageBits(), shape.frameCount(), Double.MIN_VALUE, false),
            contents,
            new LogHost(
                device,
                epoch,
                state,
                environment.pages(),
                FlushLimit.NONE,
                environment.clock(),
                safe -> "a writer in its entry"),
            format);
    this.truncation = new Truncation(this, environment.volume(), device, found.anchor());
    this.appends = new Appends(this, shape);
    this.requests =
        new CommitRequests(
            appends::appendPositions,
            commits::request,
            commits::cutIfWanted,
            environment.commits()::signal,
            commits.waiters());
  }

  /**
   * Begins to write; the page that the end is in has been put in memory.
   *
   * @param marks of the log, which are closed with it
   */
  void start(DurableMarks marks) {
    log.start();
    environment
        .commits()
        .start(new Committer(this, environment.clock(), shape.commitNanos(), marks));
  }

  /** What appends. */
  public Appends appends() {
    return appends;
  }

  /** What asks for commits. */
  public CommitRequests requests() {
    return requests;
  }

  /** What makes them. */
  public Commits commits() {
    return commits;
  }

  /** What drops entries. */
  public Truncation truncation() {
    return truncation;
  }

  /** The named consumers. */
  public Consumers consumers() {
    return consumers;
  }

  HybridLog log() {
    return log;
  }

  Exclusive exclusive() {
    return exclusive;
  }

  LogShape shape() {
    return shape;
  }

  PageIdentity identity() {
    return identity;
  }

  @Override
  public int pageBytes() {
    return shape.pageBytes();
  }

  @Override
  public long maxEntryBytes() {
    return shape.maxEntryBytes();
  }

  @Override
  public long begin() {
    return truncation.begin();
  }

  @Override
  public VoidRanges voids() {
    return truncation.voids();
  }

  /** Pages leave memory when they have been written as a whole. */
  @Override
  public long storedUntil() {
    return log.headAcquire();
  }

  @Override
  public ExtentReader newExtentReader() {
    return new ExtentReader(device, pageBytes(), version, identity);
  }

  /** A cursor, at the log's first address; the caller closes it. */
  public EntryCursor newCursor() {
    EntryCursor cursor = new EntryCursor(this);
    cursor.moveTo(begin());
    return cursor;
  }

  /**
   * Enters the epoch.
   *
   * @return the slot to leave
   */
  long enter() {
    int index = (int) Thread.currentThread().threadId() & (SLOTS - 1);
    for (int tries = 0; !epoch.tryEnter(slots[index]); tries++) {
      index = (index + 1) & (SLOTS - 1);
      if (tries > SLOTS) {
        Thread.yield();
      }
    }
    return slots[index];
  }

  /** The view that belongs to whoever is in a slot. */
  NativeValue viewOf(long slot) {
    return views[(int) ((slot - slots[0]) / CacheLine.STRIDE_BYTES)];
  }

  void leave(long slot) {
    epoch.leave(slot);
  }

  /** Refuses a change of a log that is closed or has failed; inside the epoch. */
  void requireWritable() {
    long word = state.wordAcquire();
    if (word != SystemState.FIRST_VERSION) {
      RuntimeException over = end();
      throw over != null ? over : closedException();
    }
  }

  /**
   * @throws StoreClosedException if the log is closed
   */
  public void requireOpen() {
    if (isClosed()) {
      throw closedException();
    }
  }

  boolean isClosed() {
    return SystemState.isClosed(state.wordAcquire());
  }

  private static StoreClosedException closedException() {
    return new StoreClosedException("the log is closed");
  }

  @Override
  public boolean copyFromMemory(long address, long target, long bytes) {
    long slot = enter();
    try {
      requireOpen();
      if (address < log.headAcquire()) {
        return false;
      }
      Memory.copy(log.physical(address), target, bytes);
      return true;
    } finally {
      leave(slot);
    }
  }

  /** The end of the log. */
  public long tail() {
    return log.tailAcquire();
  }

  /**
   * Up to where all that has been appended is there to be read, committed or not. Waits for writers
   * that are in their entries now.
   */
  public long completeUntil() {
    for (; ; ) {
      requireOpen();
      long sequence = exclusive.sequence();
      long end = log.tailAcquire();
      long before = epoch.advance();
      while (epoch.safeEpoch() < before) {
        Thread.yield();
      }
      if ((sequence & 1) == 0 && exclusive.sequence() == sequence) {
        return end;
      }
      awaitProgress();
    }
  }

  /** Lets what others do get on. */
  void awaitProgress() {
    environment.pages().awaitProgress();
    if (environment.commits().isStepped()) {
      environment.commits().awaitProgress();
    }
  }

  boolean hasWork() {
    return requests.owesPositions() || commits.hasWork();
  }

  /** Commits everything appended so far, and waits for that; also for space for positions. */
  public void commitAndWait() {
    long target = requests.tryRequest();
    while (target < 0) {
      appends.awaitSpace();
      target = requests.tryRequest();
    }
    commits.await(target);
  }

  /** The clock. */
  public long nanoTime() {
    return environment.clock().nanoTime();
  }

  /** Why nothing more will be committed, or null. */
  public RuntimeException end() {
    RuntimeException cause = failure();
    if (cause != null) {
      return new StoreIoException(
          Severity.WRITES,
          "the log takes no more entries, and commits none, until it is opened again: "
              + cause.getMessage(),
          cause);
    }
    return stopped() || SystemState.isClosed(state.wordAcquire()) && commits.cuts().isEmpty()
        ? closedException()
        : null;
  }

  /** As {@link #end}, for who waits: what was asked for before the log is closed is committed. */
  private RuntimeException endOfWaits() {
    return failure() != null || stopped() ? end() : null;
  }

  private synchronized boolean stopped() {
    return stopped;
  }

  /** The first failure, or null. */
  public RuntimeException failure() {
    RuntimeException own = failure;
    return own != null ? own : log.failure();
  }

  /** Ends appending and committing, for good. */
  void fail(RuntimeException cause) {
    if (failure == null) {
      failure = cause;
    }
    log.fail(cause);
    commits.waiters().wake();
  }

  /** Refuses every operation from now on; false if it was so before. */
  public boolean beginClose() {
    return state.close();
  }

  /**
   * Stops. After {@link #beginClose}; nobody reads any more.
   *
   * @param commitsRest whether to commit what there is, unless the log has failed
   */
  public void finishClose(boolean commitsRest) {
    try {
      long before = epoch.advance();
      while (epoch.safeEpoch() < before) {
        awaitProgress();
      }
      if (commitsRest && failure() == null) {
        commitLast();
      }
    } finally {
      synchronized (this) {
        stopped = true;
      }
      commits.waiters().wake();
      environment.commits().close();
      commits.syncs().end();
      log.close();
    }
  }

  private void commitLast() {
    long target = commits.request();
    if (commits.await(target, this::failure) == null && failure() == null) {
      try {
        truncation.publish();
        // The anchor has the positions.
        commits.waiters().settleOwed(Integer.MAX_VALUE, target);
      } catch (RuntimeException e) {
        fail(e);
      }
    }
  }
}
