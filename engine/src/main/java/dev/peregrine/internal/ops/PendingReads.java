package dev.peregrine.internal.ops;

import dev.peregrine.Severity;
import dev.peregrine.StoreIoException;
import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.hlog.PageVerifier;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Alignment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Brings the blocks of the records that pending operations need from the device, verified. Used by
 * who holds the session's slot.
 *
 * <p>What is read are the whole blocks that the record touches. If it touches the page's footer
 * zone, all of that is read and proves the rest; else the checksums of the blocks are looked up,
 * and only if they are not known the zone is read before the blocks.
 *
 * <p>Each operation has a small buffer. What does not fit goes to one large buffer, for which
 * operations wait in turn.
 */
final class PendingReads {
  private static final int SUBMIT_BATCH = 16;
  private static final long VIRTUAL_WAIT_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  private final SessionContext session;
  private final PendingOperation[] table;
  private final Consumer<PendingOperation> failures;
  private final SessionMemory memory;
  private final PageVerifier verifier;
  private final int pageBytes;
  private final int zoneOffset;
  private final int zoneBytes;
  private final int usableBytes;

  /** Checksums for the range in the buffer of the same number. */
  private final int[][] smallChecksums;

  private final int[] largeChecksums;
  private DeviceQueue queue;
  private int unsubmitted;

  /** Who has the large buffer; others that need it are found by a search of the table. */
  private PendingOperation largeOwner;

  private int largeWaiters;

  /**
   * @param session whose buffers they go to
   * @param table its operations
   * @param failures takes an operation that could not go on after it had waited for the large
   *     buffer
   */
  PendingReads(
      SessionContext session, PendingOperation[] table, Consumer<PendingOperation> failures) {
    this.session = session;
    this.table = table;
    this.failures = failures;
    this.memory = session.memory;
    this.verifier = session.core.log.newVerifier(memory.address(), memory.bytes());
    this.pageBytes = 1 << session.core.limits.log().pageBits();
    this.zoneOffset = PageImage.zoneOffset(pageBytes);
    this.zoneBytes = PageImage.zoneBytes(pageBytes);
    this.usableBytes = PageImage.usableBytes(pageBytes);
    this.smallChecksums = new int[table.length][blocks(memory.ioBufferBytes())];
    this.largeChecksums = new int[blocks(memory.largeBufferBytes())];
  }

  /**
   * Enqueues the read of {@code bytes} from the operation's address on, or what there are of them
   * in the page; perhaps later, when the large buffer is free.
   *
   * @throws dev.peregrine.CorruptionException if no record can be at that address
   */
  void start(PendingOperation op, int bytes) {
    if (queue == null) {
      openQueue();
    }
    release(op);
    long page = pageOf(op);
    long usableEnd = page + usableBytes;
    if (op.address + RecordHeader.BYTES > usableEnd) {
      throw verifier.damaged(op.address, "there is no record, but a page's footer");
    }
    long zone = page + zoneOffset;
    long end = Alignment.up(Math.min(op.address + bytes, usableEnd), PageImage.BLOCK_BYTES);
    op.neededBytes = bytes;
    op.rangeStart = Math.min(Alignment.down(op.address, PageImage.BLOCK_BYTES), zone);
    op.rangeEnd = end > zone ? page + pageBytes : end;
    enqueue(op);
  }

  /**
   * Goes on when what was requested has arrived.
   *
   * @return whether the record's bytes are there: {@link #record} and {@link #availableBytes}
   * @throws dev.peregrine.CorruptionException if they are not what was written
   */
  boolean advance(PendingOperation op) {
    long zone = pageOf(op) + zoneOffset;
    int count = dataBlocks(op);
    if (op.readsZone) {
      op.readsZone = false;
      verifier.requireZone(zone, op.bufferAddress);
      verifier.copyChecksums(op.rangeStart, count, op.bufferAddress, op.expected);
      if (!isLarge(op)) {
        release(op);
      }
      request(op, op.rangeStart, rangeBytes(op));
      return false;
    }
    if (op.rangeEnd > zone) {
      long zoneAddress = op.bufferAddress + (zone - op.rangeStart);
      verifier.requireZone(zone, zoneAddress);
      verifier.copyChecksums(op.rangeStart, count, zoneAddress, op.expected);
    }
    verifier.requireBlocks(op.rangeStart, count, op.bufferAddress, op.expected);
    return true;
  }

  /** Where the operation's record is. */
  long record(PendingOperation op) {
    return op.bufferAddress + (op.address - op.rangeStart);
  }

  /** How much of it is there. */
  long availableBytes(PendingOperation op) {
    return Math.min(op.rangeEnd, pageOf(op) + usableBytes) - op.address;
  }

  /** Whether the page ends before the bytes that are needed. */
  boolean exceedsPage(PendingOperation op) {
    return op.address + op.neededBytes > pageOf(op) + usableBytes;
  }

  /** Takes what has arrived; waits for something if there is time. */
  void poll(CompletionSink sink, long timeoutNanos) {
    unsubmitted = 0;
    if (timeoutNanos > 0 && !Thread.currentThread().isVirtual()) {
      queue.await(sink, table.length, timeoutNanos);
    } else if (queue.poll(sink, table.length) == 0 && timeoutNanos > 0) {
      // A blocking downcall would pin the carrier thread.
      LockSupport.parkNanos(Math.min(timeoutNanos, VIRTUAL_WAIT_NANOS));
      queue.poll(sink, table.length);
    }
  }

  /** Gives the large buffer to the next operation, if this one has it. */
  void release(PendingOperation op) {
    if (largeOwner != op) {
      return;
    }
    largeOwner = null;
    while (largeOwner == null && largeWaiters > 0) {
      PendingOperation next = nextLarge();
      next.awaitsLargeBuffer = false;
      largeWaiters--;
      try {
        enqueue(next);
      } catch (RuntimeException e) {
        next.failure = e;
        failures.accept(next);
      }
    }
  }

  /** Who gets the large buffer next: a change if there is one, since checkpoints wait for those. */
  private PendingOperation nextLarge() {
    PendingOperation next = null;
    for (PendingOperation waiter : table) {
      if (waiter.awaitsLargeBuffer && (next == null || waiter.isUnfinishedChange())) {
        next = waiter;
      }
    }
    return next;
  }

  /** Whether a read has the large buffer while a change waits for it. */
  boolean isChangeWaitingForRead() {
    return largeWaiters > 0 && !largeOwner.isUnfinishedChange() && nextLarge().isUnfinishedChange();
  }

  /** Whether the operation has the large buffer. */
  boolean isOwner(PendingOperation op) {
    return largeOwner == op;
  }

  /** Starts what is enqueued. */
  void submit() {
    if (unsubmitted > 0) {
      unsubmitted = 0;
      queue.submit();
    }
  }

  void close() {
    if (queue != null) {
      queue.close();
    }
  }

  private void enqueue(PendingOperation op) {
    boolean large = isLarge(op);
    if (large && !takeLarge(op)) {
      return;
    }
    op.expected = large ? largeChecksums : smallChecksums[op.slot];
    long zone = pageOf(op) + zoneOffset;
    if (op.rangeEnd > zone || verifier.find(op.rangeStart, dataBlocks(op), op.expected)) {
      request(op, op.rangeStart, rangeBytes(op));
      return;
    }
    if (zoneBytes > memory.ioBufferBytes() && !takeLarge(op)) {
      return;
    }
    op.readsZone = true;
    request(op, zone, zoneBytes);
  }

  private void request(PendingOperation op, long offset, int bytes) {
    op.bufferAddress = largeOwner == op ? memory.largeBuffer() : memory.ioBuffer(op.slot);
    op.requestedOffset = offset;
    op.requestedBytes = bytes;
    if (!queue.read(offset, op.bufferAddress, bytes, op.slot)) {
      throw new IllegalStateException("the queue of " + session + " is full");
    }
    if (++unsubmitted >= SUBMIT_BATCH) {
      unsubmitted = 0;
      queue.submit();
    }
  }

  /** Takes the large buffer; false if another operation has it, then this one waits. */
  private boolean takeLarge(PendingOperation op) {
    if (largeOwner == null || largeOwner == op) {
      largeOwner = op;
      return true;
    }
    op.awaitsLargeBuffer = true;
    largeWaiters++;
    return false;
  }

  private boolean isLarge(PendingOperation op) {
    return rangeBytes(op) > memory.ioBufferBytes();
  }

  private int rangeBytes(PendingOperation op) {
    return (int) (op.rangeEnd - op.rangeStart);
  }

  /** Blocks of the range that the zone is no part of. */
  private int dataBlocks(PendingOperation op) {
    return blocks(Math.min(op.rangeEnd, pageOf(op) + zoneOffset) - op.rangeStart);
  }

  private long pageOf(PendingOperation op) {
    return Alignment.down(op.address, pageBytes);
  }

  private static int blocks(long bytes) {
    return (int) (bytes / PageImage.BLOCK_BYTES);
  }

  private void openQueue() {
    try {
      queue = session.core.device.openQueue(table.length, QueueMode.MOVABLE);
    } catch (DeviceException e) {
      throw new StoreIoException(Severity.CALL, session + " gets no queue to read by", e);
    }
    queue.registerBuffer(memory.ioBuffer(0), memory.ioBuffersBytes());
  }
}
