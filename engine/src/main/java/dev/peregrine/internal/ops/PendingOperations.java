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
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.internal.record.NativeValue;
import dev.peregrine.memory.Alignment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The operations of one session that wait for the device, a fixed table of them, and the queue that
 * reads their records. Used by the session's thread only.
 *
 * <p>A read is enqueued when its operation starts and submitted with others, at the latest when the
 * session completes. An arrival follows the chain, or ends the operation: a read by its value; a
 * change by going through its operation again with the record in the buffer as the old version,
 * unless a newer one has come since.
 */
public final class PendingOperations implements CompletionSink {
  private static final int SUBMIT_BATCH = 16;
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long VIRTUAL_WAIT_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  private final SessionContext session;
  private final CompletionHandler handler;
  private final PendingOperation[] table;
  private final int[] free;
  private final int[] arrived;
  private final NativeValue view = new NativeValue();
  private RecordAccess records;
  private DeviceQueue queue;
  private int freeCount;
  private int arrivedHead;
  private int arrivedCount;
  private int unsubmitted;
  private int typicalBytes;
  private int latest = -1;

  /** Who has the large buffer; others that need it are found by a search of the table. */
  private PendingOperation largeOwner;

  private int largeWaiters;
  private boolean closed;

  PendingOperations(SessionContext session, CompletionHandler handler) {
    this.session = session;
    this.handler = handler;
    int depth = session.core.limits.pendingDepth();
    table = new PendingOperation[depth];
    free = new int[depth];
    arrived = new int[depth];
    for (int slot = 0; slot < depth; slot++) {
      table[slot] = new PendingOperation(slot);
      free[slot] = depth - 1 - slot;
    }
    freeCount = depth;
  }

  /** Operations without an outcome. */
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
                  + " ends on the device after "
                  + (op.bufferOffset + bytes));
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
      return null;
    }
    PendingOperation op = table[free[--freeCount]];
    op.reset();
    op.kind = kind;
    op.hash = hash;
    op.serial = session.serial;
    return op;
  }

  /** Starts the search on the device at {@link SessionContext#diskAddress}. */
  int start(PendingOperation op) {
    latest = op.slot;
    try {
      search(op);
    } catch (RuntimeException e) {
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
    if (unsubmitted > 0) {
      unsubmitted = 0;
      queue.submit();
    }
  }

  void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (queue != null) {
      queue.close();
    }
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
    unsubmitted = 0;
    if (arrivedCount == 0) {
      if (timeoutNanos > 0 && !Thread.currentThread().isVirtual()) {
        queue.await(this, table.length, timeoutNanos);
      } else if (queue.poll(this, table.length) == 0 && timeoutNanos > 0) {
        // A blocking downcall would pin the carrier thread.
        LockSupport.parkNanos(Math.min(timeoutNanos, VIRTUAL_WAIT_NANOS));
        queue.poll(this, table.length);
      }
    }
    int delivered = 0;
    while (arrivedCount > 0) {
      PendingOperation op = table[arrived[arrivedHead]];
      arrivedHead = (arrivedHead + 1) % arrived.length;
      arrivedCount--;
      if (advance(op)) {
        delivered++;
        deliver(op);
      }
    }
    return delivered;
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
      long record = op.bufferAddress + (op.address - op.bufferOffset);
      long available = op.bufferOffset + op.requestedBytes - op.address;
      long next = records.inspect(op, record, available);
      if (next == RecordAccess.MATCH) {
        noteSize(op);
        return resume(op, record);
      }
      if (next == RecordAccess.MORE) {
        read(op, op.neededBytes);
        return false;
      }
      if (next >= session.core.log.beginAcquire()) {
        op.address = next;
        read(op, typicalBytes);
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
    read(op, typicalBytes);
  }

  /**
   * Enqueues the read of {@code bytes} from the operation's address on, and what is around them.
   */
  private void read(PendingOperation op, int bytes) {
    if (queue == null) {
      openQueue();
    }
    SessionMemory memory = session.memory;
    int sector = session.core.device.sectorBytes();
    long pageBytes = 1L << session.core.limits.log().pageBits();
    long start = Alignment.down(op.address, sector);
    long pageEnd = Alignment.down(op.address, pageBytes) + pageBytes;
    long end = Math.min(Alignment.up(op.address + bytes, sector), pageEnd);
    releaseLargeBuffer(op);
    op.bufferAddress = memory.ioBuffer(op.slot);
    op.bufferOffset = start;
    if (end - start > memory.ioBufferBytes()) {
      if (largeOwner != null) {
        op.neededBytes = bytes;
        op.usesLargeBuffer = true;
        largeWaiters++;
        return;
      }
      largeOwner = op;
      op.bufferAddress = memory.largeBuffer();
    }
    op.requestedBytes = (int) (end - start);
    if (!queue.read(start, op.bufferAddress, op.requestedBytes, op.slot)) {
      throw new IllegalStateException("the queue of " + session + " is full");
    }
    if (++unsubmitted >= SUBMIT_BATCH) {
      unsubmitted = 0;
      queue.submit();
    }
  }

  /** Reads as much of the next record at once as this one had, if the small buffers have room. */
  private void noteSize(PendingOperation op) {
    if (op.neededBytes <= session.memory.ioBufferBytes() / 2) {
      typicalBytes = op.neededBytes;
    }
  }

  private void openQueue() {
    try {
      queue = session.core.device.openQueue(table.length, QueueMode.MOVABLE);
    } catch (DeviceException e) {
      throw new StoreIoException(Severity.CALL, session + " gets no queue to read by", e);
    }
    queue.registerBuffer(session.memory.ioBuffer(0), session.memory.ioBuffersBytes());
  }

  private void releaseLargeBuffer(PendingOperation op) {
    if (largeOwner != op) {
      return;
    }
    largeOwner = null;
    for (int slot = 0; slot < table.length && largeWaiters > 0; slot++) {
      PendingOperation waiter = table[slot];
      if (waiter.usesLargeBuffer) {
        waiter.usesLargeBuffer = false;
        largeWaiters--;
        read(waiter, waiter.neededBytes);
        return;
      }
    }
  }

  private void deliver(PendingOperation op) {
    if (op.awaited) {
      releaseLargeBuffer(op);
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
      releaseLargeBuffer(op);
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
    op.reset();
    op.kind = null;
    free[freeCount++] = op.slot;
  }
}
