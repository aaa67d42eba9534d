package dev.peregrine.internal.ops;

import dev.peregrine.CompletionHandler;
import dev.peregrine.CorruptionException;
import dev.peregrine.Outcome;
import dev.peregrine.Severity;
import dev.peregrine.Status;
import dev.peregrine.StoreClosedException;
import dev.peregrine.StoreIoException;
import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.DeviceException;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.internal.record.NativeValue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The operations of one session that wait for the device, a fixed table of them; their records come
 * by {@link PendingReads}. Used by who holds the session's slot.
 *
 * <p>A read is enqueued when its operation starts and submitted with others, at the latest when the
 * session completes. An arrival follows the chain, or ends the operation: a read by its value; a
 * change by going through its operation again with the record in the buffer as the old version,
 * unless a newer one has come since. Outcomes are delivered on the session's thread only; changes
 * alone may come to theirs before that, when a checkpoint waits for them ({@link #advanceChanges}).
 */
public final class PendingOperations implements CompletionSink {
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final SessionContext session;
  private final CompletionHandler handler;
  private final PendingOperation[] table;
  private final int[] free;
  private final int[] arrived;
  private final NativeValue view = new NativeValue();
  private final PendingReads reads;
  private RecordAccess records;
  private int freeCount;
  private int arrivedHead;
  private int arrivedCount;

  /** Slots of operations that have an outcome which is not delivered yet. */
  private final int[] ready;

  private int readyHead;
  private int readyCount;

  /** Changes without an outcome. */
  private int changes;

  private int typicalBytes;
  private int latest = -1;
  private boolean closed;

  PendingOperations(SessionContext session, CompletionHandler handler) {
    this.session = session;
    this.handler = handler;
    int depth = session.core.limits.pendingDepth();
    table = new PendingOperation[depth];
    free = new int[depth];
    arrived = new int[depth];
    ready = new int[depth];
    for (int slot = 0; slot < depth; slot++) {
      table[slot] = new PendingOperation(slot);
      free[slot] = depth - 1 - slot;
    }
    freeCount = depth;
    reads = new PendingReads(session, table, this::pushArrived);
  }

  /** Operations without an outcome, or whose outcome is not delivered. */
  public int count() {
    return table.length - freeCount;
  }

  /**
   * Gives the outcomes that have arrived to whom they are due.
   *
   * @param timeoutNanos the longest to wait for the first, 0 not to wait
   * @return how many
   */
  public int poll(long timeoutNanos) {
    session.enterSuspended();
    try {
      return count() == 0 ? 0 : step(timeoutNanos);
    } finally {
      session.leave();
    }
  }

  /** Changes without an outcome. */
  int changes() {
    return changes;
  }

  /**
   * Moves changes on without delivering anything, for a checkpoint: with the slot suspended, on any
   * thread. Reads stay where they are, since what they are read to belongs to the session's thread.
   */
  void advanceChanges(long timeoutNanos) {
    if (changes == 0) {
      return;
    }
    reads.poll(this, arrivedChanges() > 0 ? 0 : timeoutNanos);
    for (int left = arrivedCount; left > 0; left--) {
      PendingOperation op = popArrived();
      if (op.kind == PendingOperation.Kind.READ) {
        pushArrived(op);
      } else if (advance(op)) {
        conclude(op);
      }
    }
    if (reads.isChangeWaitingForRead()) {
      lendLargeBuffer();
    }
  }

  /** Notes that pending changes will never take effect; the session is being closed. */
  void loseChanges() {
    for (PendingOperation op : table) {
      if (op.isUnfinishedChange()) {
        session.lost.add(op.serial);
      }
    }
    changes = 0;
    session.pendingChanges(0);
  }

  /** Waits until nothing is pending. */
  public void completeAll() {
    session.enterSuspended();
    try {
      while (count() > 0) {
        step(WAIT_NANOS);
      }
    } finally {
      session.leave();
    }
  }

  /** Waits for the operation that returned {@link Status#PENDING} last. */
  public Status await(Status status) {
    if (status != Status.PENDING) {
      return status;
    }
    session.enterSuspended();
    PendingOperation op = null;
    try {
      op = latestOperation();
      op.awaited = true;
      while (!op.done) {
        step(WAIT_NANOS);
      }
      session.longValue = op.longValue;
      session.valueLength = op.valueLength;
      if (op.failure != null) {
        throw op.failure;
      }
      return OperationResult.statusOf(op.result);
    } finally {
      if (op != null && op.done) {
        recycle(op);
      } else if (op != null) {
        op.awaited = false;
      }
      session.leave();
    }
  }

  /** A future of the operation that returned {@code status} last. */
  public CompletableFuture<Outcome> future(Status status) {
    if (status != Status.PENDING) {
      return CompletableFuture.completedFuture(
          new Outcome(status, session.longValue, session.valueLength));
    }
    session.enterSuspended();
    try {
      PendingOperation op = latestOperation();
      op.future = new CompletableFuture<>();
      return op.future;
    } finally {
      session.leave();
    }
  }

  @Override
  public void onCompletion(long token, int bytes) {
    PendingOperation op = table[(int) token];
    if (bytes < op.requestedBytes) {
      op.failure =
          new CorruptionException(
              "the log's page of address "
                  + op.address
                  + " ends on "
                  + session.core.device.describe()
                  + " after "
                  + (op.requestedOffset + bytes));
    }
    pushArrived(op);
  }

  @Override
  public void onFailure(long token, DeviceException cause) {
    PendingOperation op = table[(int) token];
    op.failure =
        new StoreIoException(
            Severity.CALL, "the record at address " + op.address + " could not be read", cause);
    pushArrived(op);
  }

  /** Sets the kind of record, and how much of the first one is read. */
  void bind(RecordAccess access, int firstReadBytes) {
    records = access;
    typicalBytes = firstReadBytes;
  }

  /** A free operation, or null if the table is full. */
  PendingOperation take(PendingOperation.Kind kind, long hash) {
    if (freeCount == 0) {
      session.takeBackSerial();
      return null;
    }
    PendingOperation op = table[free[--freeCount]];
    op.reset();
    op.kind = kind;
    op.hash = hash;
    op.serial = session.serial;
    if (op.isUnfinishedChange()) {
      session.pendingChanges(++changes);
    }
    return op;
  }

  /** Starts the search on the device at {@link SessionContext#diskAddress}. */
  int start(PendingOperation op) {
    latest = op.slot;
    Pauses.at(PausePoint.PENDING_BEGUN);
    try {
      search(op);
    } catch (RuntimeException e) {
      reads.release(op);
      recycle(op);
      throw e;
    }
    return OperationResult.PENDING;
  }

  /** Gives an operation back that was taken and can't be started. */
  void abandon(PendingOperation op) {
    recycle(op);
  }

  /** Submits the reads that are enqueued, so that the device has them while the caller goes on. */
  void submit() {
    reads.submit();
  }

  void close() {
    if (closed) {
      return;
    }
    closed = true;
    reads.close();
    for (PendingOperation op : table) {
      if (op.future != null) {
        op.future.completeExceptionally(
            new StoreClosedException(session + " was closed while the operation was pending"));
      }
    }
  }

  private PendingOperation latestOperation() {
    if (latest < 0 || table[latest].kind == null) {
      throw new IllegalArgumentException("no operation of " + session + " is pending");
    }
    return table[latest];
  }

  /** Delivers what has arrived; waits for something first if there is time. */
  private int step(long timeoutNanos) {
    session.requireOpen();
    session.polled();
    if (arrivedCount == 0) {
      reads.poll(this, readyCount > 0 ? 0 : timeoutNanos);
    }
    int delivered = 0;
    while (readyCount > 0 || arrivedCount > 0) {
      if (readyCount == 0) {
        PendingOperation op = popArrived();
        if (!advance(op)) {
          continue;
        }
        conclude(op);
      }
      delivered++;
      deliver(popReady());
    }
    return delivered;
  }

  /** An operation has its outcome: its change has taken effect or never will. */
  private void conclude(PendingOperation op) {
    boolean change = op.isUnfinishedChange();
    op.concluded = true;
    if (change) {
      if (op.failure != null) {
        session.lost.add(op.serial);
      }
      Pauses.at(PausePoint.PENDING_ENDED);
      reads.release(op);
      session.pendingChanges(--changes);
    }
    ready[(readyHead + readyCount) % ready.length] = op.slot;
    readyCount++;
  }

  private PendingOperation popReady() {
    PendingOperation op = table[ready[readyHead]];
    readyHead = (readyHead + 1) % ready.length;
    readyCount--;
    return op;
  }

  private PendingOperation popArrived() {
    PendingOperation op = table[arrived[arrivedHead]];
    arrivedHead = (arrivedHead + 1) % arrived.length;
    arrivedCount--;
    return op;
  }

  private int arrivedChanges() {
    int count = 0;
    for (int i = 0; i < arrivedCount; i++) {
      PendingOperation op = table[arrived[(arrivedHead + i) % arrived.length]];
      count += op.kind == PendingOperation.Kind.READ ? 0 : 1;
    }
    return count;
  }

  /** Takes the large buffer from a read that has arrived; the read is done again later. */
  private void lendLargeBuffer() {
    for (int left = arrivedCount; left > 0; left--) {
      PendingOperation op = popArrived();
      if (reads.isOwner(op)) {
        op.failure = null;
        reads.start(op, op.neededBytes);
      } else {
        pushArrived(op);
      }
    }
  }

  private void pushArrived(PendingOperation op) {
    arrived[(arrivedHead + arrivedCount) % arrived.length] = op.slot;
    arrivedCount++;
  }

  /** Goes on with an operation whose read has arrived; true when it has an outcome. */
  private boolean advance(PendingOperation op) {
    try {
      if (op.failure != null) {
        return true;
      }
      if (!reads.advance(op)) {
        return false;
      }
      Pauses.at(PausePoint.PENDING_ARRIVED);
      long record = reads.record(op);
      long next = records.inspect(op, record, reads.availableBytes(op));
      if (next == RecordAccess.MATCH) {
        noteSize(op);
        return resume(op, record);
      }
      if (next == RecordAccess.MORE) {
        if (reads.exceedsPage(op)) {
          throw new CorruptionException("there is no record at address " + op.address);
        }
        reads.start(op, op.neededBytes);
        return false;
      }
      if (next >= session.core.log.beginAcquire()) {
        op.address = next;
        reads.start(op, typicalBytes);
        return false;
      }
      return resume(op, 0);
    } catch (RuntimeException e) {
      op.failure = e;
      return true;
    }
  }

  private boolean resume(PendingOperation op, long record) {
    if (op.kind == PendingOperation.Kind.READ) {
      op.result = records.resume(op, record);
    } else {
      try {
        session.protect();
        Pauses.at(PausePoint.PENDING_PROTECTED);
        int result = records.resume(op, record);
        while (result < 0 && result != OperationResult.ON_DISK) {
          session.backOff(result);
          result = records.resume(op, record);
        }
        op.result = result;
      } finally {
        session.unprotect();
      }
    }
    if (op.result == OperationResult.ON_DISK) {
      search(op);
      return false;
    }
    return true;
  }

  private void search(PendingOperation op) {
    op.searchedFrom = session.diskAddress;
    op.address = session.diskAddress;
    reads.start(op, typicalBytes);
  }

  /** Reads as much of the next record at once as this one had, if the small buffers have room. */
  private void noteSize(PendingOperation op) {
    if (op.neededBytes <= session.memory.ioBufferBytes() / 2) {
      typicalBytes = op.neededBytes;
    }
  }

  private void deliver(PendingOperation op) {
    if (op.awaited) {
      reads.release(op);
      op.done = true;
      deliverToFuture(op);
      return;
    }
    try {
      if (op.future != null) {
        deliverToFuture(op);
      } else if (op.failure == null) {
        view.set(op.valueAddress, op.valueAddress == 0 ? 0 : op.valueLength);
        handler.onCompletion(op.serial, OperationResult.statusOf(op.result), view);
      } else {
        handler.onFailure(op.serial, op.failure);
      }
    } finally {
      view.clear();
      reads.release(op);
      recycle(op);
    }
  }

  private static void deliverToFuture(PendingOperation op) {
    CompletableFuture<Outcome> future = op.future;
    if (future == null) {
      return;
    }
    op.future = null;
    if (op.failure == null) {
      Status status = OperationResult.statusOf(op.result);
      future.complete(new Outcome(status, op.longValue, op.valueLength));
    } else {
      future.completeExceptionally(op.failure);
    }
  }

  private void recycle(PendingOperation op) {
    if (op.isUnfinishedChange()) {
      // It was never started: who called has the exception.
      session.pendingChanges(--changes);
    }
    op.reset();
    op.kind = null;
    free[freeCount++] = op.slot;
  }
}
