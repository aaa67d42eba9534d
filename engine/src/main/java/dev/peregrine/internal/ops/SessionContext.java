package dev.peregrine.internal.ops;

import dev.peregrine.CompletionHandler;
import dev.peregrine.MisuseException;
import dev.peregrine.Severity;
import dev.peregrine.StoreClosedException;
import dev.peregrine.StoreIoException;
import dev.peregrine.internal.cpr.CommitPoint;
import dev.peregrine.internal.cpr.Participant;
import dev.peregrine.internal.cpr.SessionCut;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.epoch.SessionSlot;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.index.IndexCursor;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.internal.record.BytesRecord;
import dev.peregrine.internal.record.NativeValue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * What one session owns: its epoch slot, its pending operations, its buffers, its serial number.
 * One thread at a time uses it, which the slot checks: a second thread, or a callback that calls
 * its own session, does not get in.
 *
 * <p>An operation belongs to the version that it reads in the system state after it entered, or
 * after it waited between two attempts. The thread of a checkpoint may take the slot of a session
 * that is outside, to move its pending changes on; the session's own thread then waits a moment.
 */
public final class SessionContext implements Participant {
  private static final int YIELDS = 64;
  private static final long HELP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  final StoreCore core;
  final IndexCursor cursor = new IndexCursor();
  final NativeValue view = new NativeValue();
  final NativeValue buffer = new NativeValue();
  final PendingOperations pending;
  final SessionMemory memory;
  final LostSerials lost;

  /** Set by an operation that comes to {@link OperationResult#ON_DISK}. */
  long diskAddress;

  long longValue;
  int valueLength;
  long serial;

  private final long hashMask;
  private final LightEpoch epoch;
  private final SystemState state;
  private final HybridLog log;
  private final String name;
  private final long id;
  private final long ownSlot;
  private final SessionSlot slot;
  private final CommitPoint commit;

  /**
   * The state that the session has adopted; 0, which no state is, where each operation must look.
   */
  private long knownState;

  private final AdoptedState adopted;
  private boolean batching;
  private boolean completing;

  /** Whether anything of the next three is set. */
  private boolean retried;

  private int attempts;

  /** Space of a record that lost the race for its entry; kept for the retry within one epoch. */
  private long spareAddress;

  private long spareBytes;
  private long allocatedBytes;
  private volatile boolean closed;

  /** Held by who helps, and while the slot is given back. */
  private final Object helpLock = new Object();

  private final Durability durability;

  /**
   * @param core the store
   * @param handler takes the outcomes of pending operations
   * @param known the session that goes on: its name, what it has done, what it has lost
   * @throws MisuseException if too many sessions are open
   */
  public SessionContext(StoreCore core, CompletionHandler handler, SessionCut known) {
    this.core = core;
    this.id = known.id();
    this.serial = known.serial();
    this.durability = new Durability();
    this.lost = new LostSerials(known.lostSerials());
    this.hashMask = core.limits.hashMask();
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
    this.slot = new SessionSlot(epoch, ownSlot);
    this.commit = new CommitPoint(LightEpoch.userWords(ownSlot, CommitPoint.BYTES), serial);
    this.adopted = new AdoptedState(state, commit, log);
    this.memory = new SessionMemory(core.limits);
    this.pending = new PendingOperations(this, handler);
    knownState = adopted.adopt(state.wordAcquire(), false);
    if (!core.tryAdd(this)) {
      release();
      throw closedException();
    }
    durability.start();
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

  @Override
  public long id() {
    return id;
  }

  /** Operations up to this number survive a crash. */
  public long durableSerial() {
    return durability.serial();
  }

  /** Numbers of changes that never took effect, as far as known; ascending. */
  public long[] lostSerials() {
    return lost.upTo(Long.MAX_VALUE);
  }

  /** Whom to tell, in completePending, that more has become durable; null for nobody. */
  public void durabilityListener(LongConsumer listener) {
    durability.listener(listener);
  }

  /** Gives the next operation a number. */
  public void nextSerial(long next) {
    if (next <= serial) {
      throw new IllegalArgumentException(
          "serial " + next + " is not above " + serial + ", the latest of " + this);
    }
    serial = next - 1;
  }

  /** Tells the listener what has become durable since it was told last. */
  public void reportDurable() {
    durability.report();
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
    while (!slot.tryEnterSuspended()) {
      if (!slot.isHeld()) {
        if (SystemState.isClosed(state.wordAcquire())) {
          return;
        }
        throw refusal();
      }
      Thread.yield();
    }
    slot.close();
    pending.loseChanges();
    release();
    synchronized (helpLock) {
      closed = true;
      core.remove(this);
      epoch.releaseSlot(ownSlot);
    }
  }

  @Override
  public long pendingChanges() {
    return commit.pendingChangesAcquire();
  }

  @Override
  public long progress() {
    return commit.progressAcquire();
  }

  @Override
  public boolean help() {
    synchronized (helpLock) {
      if (closed) {
        return true;
      }
      if (!slot.tryHold()) {
        return false;
      }
      try {
        Pauses.at(PausePoint.HELP_BEGUN);
        if (!SystemState.isClosed(state.wordAcquire())) {
          pending.advanceChanges(HELP_NANOS);
        }
      } finally {
        slot.letGo();
      }
      return true;
    }
  }

  /** Its operations up to this serial are durable; the table only. */
  void committed(long serial) {
    durability.committed(serial);
  }

  /** Its part in a checkpoint; see {@link CommitPoint#serialBefore}. */
  SessionCut cutBefore(long nextVersion) {
    long last = commit.serialBefore(nextVersion);
    return new SessionCut(id, last, lost.upTo(last));
  }

  /** The version that it adopted last. */
  long adoptedVersion() {
    return adopted.version();
  }

  void pendingChanges(int count) {
    commit.pendingChangesRelease(count);
  }

  void polled() {
    commit.polledRelease();
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
    if (!slot.tryTake()) {
      return false;
    }
    if (!closed) {
      release();
    }
    return true;
  }

  long announced() {
    return slot.announced();
  }

  long nativeBytes() {
    return memory.bytes();
  }

  long hash(long fullHash) {
    return fullHash & hashMask;
  }

  /** The version of a record that is written now. */
  long version() {
    return adopted.recordVersion();
  }

  /**
   * The operation was refused as a whole: its number is free again. That of one in a batch is not,
   * so that numbers follow from positions.
   */
  void takeBackSerial() {
    if (!batching) {
      serial--;
    }
  }

  /** Whether a record in memory may be changed in place. */
  boolean isMutable(long address) {
    return adopted.isMutable(address);
  }

  /** Notes that a record is about to be changed in place, so that its page is known as changed. */
  void markChanged(long address) {
    log.markChanged(address, adopted.recordVersion());
    Pauses.at(PausePoint.CHANGE_MARKED);
  }

  /** Whether a record that is not mutable may be copied: nobody changes it any more. */
  boolean isFrozen(long address) {
    return adopted.isFrozen(address);
  }

  /**
   * Enters the epoch for any operation, if nothing must be done before it.
   *
   * @return false if {@link #enterRead} or {@link #enterChange} must do it
   */
  boolean tryEnterOwned() {
    SessionSlot slot = this.slot;
    if (!slot.tryEnterOwned()) {
      return false;
    }
    Pauses.at(PausePoint.EPOCH_ENTERED);
    if (state.wordAcquire() != knownState) {
      slot.leaveUnchanged();
      return false;
    }
    serial++;
    return true;
  }

  /** Enters the epoch for an operation that changes nothing. */
  void enterRead() {
    if (!slot.tryEnter()) {
      enterContended();
    }
    Pauses.at(PausePoint.EPOCH_ENTERED);
    serial++;
    if (state.wordAcquire() != knownState) {
      checkAfterEnter(false);
    }
  }

  /** Enters the epoch for an operation that may change something. */
  void enterChange() {
    if (!slot.tryEnter()) {
      enterContended();
    }
    Pauses.at(PausePoint.EPOCH_ENTERED);
    serial++;
    if (state.wordAcquire() != knownState) {
      checkAfterEnter(true);
    }
  }

  /**
   * Begins an operation of a batch, inside the epoch that its group entered: each is an operation
   * of its own, which may belong to another version than the one before it.
   */
  void next(boolean first) {
    batching = true;
    if (!first) {
      commit.doneRelease(serial);
      serial++;
      if (retried) {
        endAttempts();
      }
    }
  }

  /** Leaves the epoch at the end of an operation. */
  void leave() {
    if (retried) {
      endAttempts();
    }
    commit.doneRelease(serial);
    Pauses.at(PausePoint.EPOCH_LEAVING);
    slot.leave();
  }

  /** Leaves the epoch at the end of a group of {@link #next}. */
  void leaveBatch() {
    batching = false;
    leave();
  }

  /** Forgets what was kept for a retry. */
  private void endAttempts() {
    retried = false;
    spareAddress = 0;
    attempts = 0;
  }

  /** Takes the session for work without protection; {@link #leave} gives it back. */
  void enterSuspended() {
    while (!slot.tryEnterSuspended()) {
      if (!slot.isHeld()) {
        throw refusal();
      }
      Thread.yield();
    }
    long word = state.wordAcquire();
    if (SystemState.isClosed(word)) {
      slot.leave();
      throw closedException();
    }
  }

  /**
   * Protects the rest of a pending change, with the slot taken. It never waits for a phase: those
   * that wait, wait for it. During the version shift it belongs to the version before.
   */
  void protect() {
    completing = true;
    slot.resume();
    checkState(true);
  }

  /** Ends {@link #protect}. */
  void unprotect() {
    completing = false;
    adopted.completed();
    endAttempts();
    slot.suspend();
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
    retried = true;
    spareAddress = 0;
    slot.suspend();
    Pauses.at(PausePoint.SESSION_SUSPENDED);
    try {
      if (result == OperationResult.RETRY_SPACE) {
        log.awaitSpace();
      } else if (++attempts < YIELDS) {
        Thread.yield();
      } else {
        log.awaitFrozen();
      }
    } finally {
      slot.resume();
    }
    Pauses.at(PausePoint.SESSION_RESUMED);
    checkState(true);
    awaitChangesFlow();
  }

  /** Waits a moment for another thread that holds a record's writer bit. */
  void spin() {
    retried = true;
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
    retried = true;
    spareAddress = address;
    spareBytes = allocatedBytes;
  }

  private boolean fitsSpare(int bytes) {
    return BytesRecord.fits(spareBytes, bytes);
  }

  private void checkAfterEnter(boolean change) {
    try {
      checkState(change);
      if (change) {
        awaitChangesFlow();
      }
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
    knownState = adopted.adopt(word, completing);
    Pauses.at(PausePoint.VERSION_ADOPTED);
    if (change && SystemState.isFailed(word)) {
      throw new StoreIoException(
          Severity.WRITES,
          "the store takes no more changes, because its log could not be written",
          log.failure());
    }
  }

  /**
   * Waits while the version shifts, with the slot suspended, and moves its own pending changes on
   * meanwhile. The operation belongs to the new version, so it has touched nothing yet.
   */
  private void awaitChangesFlow() {
    // Of the state that was adopted: a newer one must be adopted before it is gone by.
    while (adopted.stopsChanges() && !completing) {
      slot.suspend();
      Pauses.at(PausePoint.SESSION_SUSPENDED);
      try {
        if (pending.changes() > 0) {
          pending.advanceChanges(HELP_NANOS);
        } else {
          log.awaitFrozen();
        }
      } finally {
        slot.resume();
      }
      checkState(true);
    }
  }

  private void enterContended() {
    do {
      if (!slot.isHeld()) {
        throw refusal();
      }
      Thread.yield();
    } while (!slot.tryEnter());
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
