package dev.peregrine.internal.ops;

import dev.peregrine.CompletionHandler;
import dev.peregrine.MisuseException;
import dev.peregrine.Severity;
import dev.peregrine.StoreClosedException;
import dev.peregrine.StoreIoException;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.index.IndexCursor;
import dev.peregrine.internal.record.BytesRecord;
import dev.peregrine.internal.record.NativeValue;

/**
 * What one session owns: its epoch slot, its pending operations, its buffers, its serial number.
 * One thread at a time uses it, which the epoch slot checks: entering is a CAS that a second
 * thread, or a callback that calls its own session, loses.
 */
public final class SessionContext {
  private static final int YIELDS = 64;

  final StoreCore core;
  final IndexCursor cursor = new IndexCursor();
  final NativeValue view = new NativeValue();
  final NativeValue buffer = new NativeValue();
  final PendingOperations pending;
  final SessionMemory memory;

  /** Set by an operation that comes to {@link OperationResult#ON_DISK}. */
  long diskAddress;

  long longValue;
  int valueLength;
  long serial;

  private final LightEpoch epoch;
  private final SystemState state;
  private final HybridLog log;
  private final String name;
  private final long ownSlot;
  private long slot;
  private long knownState;
  private long version;
  private int attempts;

  /** Space of a record that lost the race for its entry; kept for the retry within one epoch. */
  private long spareAddress;

  private long spareBytes;
  private long allocatedBytes;
  private volatile boolean closed;

  /**
   * @param core the store
   * @param handler takes the outcomes of pending operations
   * @throws MisuseException if too many sessions are open
   */
  public SessionContext(StoreCore core, CompletionHandler handler) {
    this.core = core;
    this.epoch = core.epoch;
    this.state = core.state;
    this.log = core.log;
    this.name = "session " + core.nextSessionNumber();
    this.ownSlot = epoch.acquireSlot();
    if (ownSlot == 0) {
      throw new MisuseException(
          core.limits.maxSessions()
              + " sessions are open, which is all that maxSessions allows: close one, or raise it");
    }
    this.slot = ownSlot;
    this.memory = new SessionMemory(core.limits, core.device.sectorBytes());
    this.pending = new PendingOperations(this, handler);
    adoptState(state.wordAcquire());
    if (!core.tryAdd(this)) {
      release();
      throw closedException();
    }
  }

  /** The result of the latest operation on an 8-byte value. */
  public long longValue() {
    return longValue;
  }

  /** The length of the value that the latest operation found or left. */
  public int valueLength() {
    return valueLength;
  }

  /** The latest operation's number. */
  public long serial() {
    return serial;
  }

  /** The session's pending operations. */
  public PendingOperations pending() {
    return pending;
  }

  /** Lets actions that wait for this session run. */
  public void refresh() {
    enterSuspended();
    leave();
  }

  /** Closes the session; idempotent, and without effect once the store is closed. */
  public void close() {
    if (closed) {
      return;
    }
    if (epoch.tryEnterSuspended(slot)) {
      slot = epoch.deadSlot();
      release();
      closed = true;
      core.remove(this);
      epoch.releaseSlot(ownSlot);
    } else if (!SystemState.isClosed(state.wordAcquire())) {
      throw refusal();
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** Closes the session of a store that is being closed; false while an operation is under way. */
  boolean tryCloseForStore() {
    if (closed) {
      return true;
    }
    if (!epoch.tryEnterSuspended(ownSlot)) {
      return false;
    }
    if (!closed) {
      release();
    }
    return true;
  }

  long announced() {
    return epoch.announced(ownSlot);
  }

  long nativeBytes() {
    return memory.bytes();
  }

  long hash(long fullHash) {
    return fullHash & core.limits.hashMask();
  }

  long version() {
    return version;
  }

  /** Enters the epoch for an operation that changes nothing. */
  void enterRead() {
    if (!epoch.tryEnter(slot)) {
      throw refusal();
    }
    serial++;
    if (state.wordAcquire() != knownState) {
      checkAfterEnter(false);
    }
  }

  /** Enters the epoch for an operation that may change something. */
  void enterChange() {
    if (!epoch.tryEnter(slot)) {
      throw refusal();
    }
    serial++;
    if (state.wordAcquire() != knownState) {
      checkAfterEnter(true);
    }
  }

  /** Counts the next operation of a batch, inside the epoch that the one before it entered. */
  void next() {
    serial++;
    spareAddress = 0;
    attempts = 0;
  }

  /** Leaves the epoch at the end of {@link #enterRead}. */
  void leaveRead() {
    epoch.leave(slot);
  }

  /** Leaves the epoch, and what was kept for a retry, at the end of an operation. */
  void leave() {
    spareAddress = 0;
    attempts = 0;
    epoch.leave(slot);
  }

  /** Takes the session for work without protection; {@link #leave} gives it back. */
  void enterSuspended() {
    if (!epoch.tryEnterSuspended(slot)) {
      throw refusal();
    }
    long word = state.wordAcquire();
    if (SystemState.isClosed(word)) {
      epoch.leave(slot);
      throw closedException();
    }
  }

  /** Protects the rest of a pending operation, after {@link #enterSuspended}. */
  void protect() {
    epoch.resume(slot);
    checkState(true);
  }

  /** Ends {@link #protect}. */
  void unprotect() {
    spareAddress = 0;
    attempts = 0;
    epoch.suspend(slot);
  }

  /** Throws if the store has been closed meanwhile. */
  void requireOpen() {
    if (SystemState.isClosed(state.wordAcquire())) {
      throw closedException();
    }
  }

  /**
   * The one place where an operation waits: between two attempts, outside of the epoch where that
   * matters.
   */
  void backOff(int result) {
    if (result == OperationResult.RETRY_NOW) {
      Thread.onSpinWait();
      return;
    }
    spareAddress = 0;
    epoch.suspend(slot);
    try {
      if (result == OperationResult.RETRY_SPACE) {
        log.awaitSpace();
      } else if (++attempts < YIELDS) {
        Thread.yield();
      } else {
        log.awaitFrozen();
      }
    } finally {
      epoch.resume(slot);
    }
    checkState(true);
  }

  /** Waits a moment for another thread that holds a record's writer bit. */
  void spin() {
    if (++attempts % YIELDS == 0) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }

  /**
   * Takes space for a record, above the head of the cursor's chain.
   *
   * @return its address, or {@link HybridLog#WAIT}
   */
  long allocate(int bytes) {
    if (spareAddress != 0) {
      long address = spareAddress;
      spareAddress = 0;
      if (address > cursor.address() && fitsSpare(bytes)) {
        allocatedBytes = spareBytes;
        return address;
      }
    }
    allocatedBytes = bytes;
    return log.allocate(bytes);
  }

  /** The size of what {@link #allocate} gave, at least what was asked for. */
  long allocatedBytes() {
    return allocatedBytes;
  }

  /** Keeps the space of a record that has been invalidated for the retry. */
  void keepSpare(long address) {
    spareAddress = address;
    spareBytes = allocatedBytes;
  }

  private boolean fitsSpare(int bytes) {
    return BytesRecord.fits(spareBytes, bytes);
  }

  private void checkAfterEnter(boolean change) {
    try {
      checkState(change);
    } catch (RuntimeException e) {
      leave();
      throw e;
    }
  }

  private void checkState(boolean change) {
    long word = state.wordAcquire();
    if (SystemState.isClosed(word)) {
      throw closedException();
    }
    if (!SystemState.isFailed(word)) {
      adoptState(word);
    } else if (change) {
      throw new StoreIoException(
          Severity.WRITES,
          "the store takes no more changes, because its log could not be written",
          log.failure());
    }
  }

  private void adoptState(long word) {
    // A failed state stays unknown, so that every operation looks at it.
    knownState = SystemState.isFailed(word) ? 0 : word;
    version = SystemState.version(word);
  }

  private RuntimeException refusal() {
    if (closed) {
      return new StoreClosedException(name + " is closed");
    }
    if (SystemState.isClosed(state.wordAcquire())) {
      return closedException();
    }
    return new MisuseException(
        name
            + " is in use: one thread at a time may call it, and none of its callbacks; open a"
            + " session for each thread");
  }

  private StoreClosedException closedException() {
    return new StoreClosedException("the store of " + name + " is closed");
  }

  private void release() {
    try {
      pending.close();
    } finally {
      memory.close();
    }
  }
}
