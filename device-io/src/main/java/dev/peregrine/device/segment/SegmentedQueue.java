package dev.peregrine.device.segment;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.posix.Errno;

/**
 * What the queues of all segmented devices share: argument checks, slots, outcomes, counts.
 *
 * <p>One thread uses a queue at a time. Nothing allocates on the path of a request that succeeds. A
 * request that cannot even be started (below the truncation point, past the capacity) completes as
 * others do, through the sink.
 */
public abstract class SegmentedQueue implements DeviceQueue {
  private static final CompletionSink DROP = new DroppingSink();
  private static final long DRAIN_WAIT_NANOS = 1_000_000_000L;

  private final SegmentedDevice device;
  private final RequestTable table;
  private final QueueCounters counters = new QueueCounters();

  /** The only thread that may use the queue, or null for a movable one. */
  private final Thread owner;

  private final int sectorBytes;
  private final long segmentBytes;
  private boolean delivering;
  private boolean closed;

  /** A queue of a device, with its table of requests. */
  protected SegmentedQueue(SegmentedDevice device, int depth, QueueMode mode) {
    this.device = device;
    this.table = new RequestTable(depth);
    this.owner = mode == QueueMode.SINGLE_THREAD ? Thread.currentThread() : null;
    this.sectorBytes = device.sectorBytes();
    this.segmentBytes = device.segmentBytes();
  }

  /** Takes a request whose segment is held; {@link #start} will start it. */
  protected abstract void stage(int slot);

  /** Starts what was staged, and returns how many were. */
  protected abstract int start();

  /**
   * Starts what was staged and {@linkplain #finish finishes} what has completed.
   *
   * @param timeoutNanos the longest to wait for the first completion; 0 not to wait
   * @return how many were delivered, at most {@code limit}
   */
  protected abstract int collect(CompletionSink sink, int limit, long timeoutNanos);

  /** Gives back what the subclass holds; nothing is in flight. */
  protected abstract void release();

  @Override
  public final int depth() {
    return table.depth();
  }

  @Override
  public final int inFlight() {
    return table.inFlight();
  }

  @Override
  public final boolean read(long deviceOffset, long address, int bytes, long token) {
    return enqueue(false, deviceOffset, address, bytes, token);
  }

  @Override
  public final boolean write(long deviceOffset, long address, int bytes, long token) {
    return enqueue(true, deviceOffset, address, bytes, token);
  }

  private boolean enqueue(boolean write, long deviceOffset, long address, int bytes, long token) {
    requireUsable();
    TransferChecks.requireTransfer(deviceOffset, address, bytes, sectorBytes, segmentBytes);
    if (write) {
      device.poison().requireHealthy("write", device.path(), deviceOffset);
    }
    if (table.isFull()) {
      return false;
    }
    int slot = table.take(write, deviceOffset, address, bytes, token);
    Segment segment = device.segments().acquire(deviceOffset);
    if (segment != null) {
      table.hold(slot, segment);
      stage(slot);
    } else {
      finishWithoutSegment(slot);
    }
    return true;
  }

  /** A read past the last segment meets the end; all else without a segment is an error. */
  private void finishWithoutSegment(int slot) {
    long deviceOffset = table.deviceOffset(slot);
    long begin = device.beginOffset();
    if (deviceOffset < begin) {
      table.fail(slot, failure(slot, 0, "the range below " + begin + " has been truncated"));
    } else if (table.isWrite(slot)) {
      table.fail(slot, failure(slot, 0, "past the capacity, " + device.segments().endOffset()));
    }
    table.pushReady(slot);
  }

  @Override
  public final int submit() {
    requireUsable();
    return start();
  }

  @Override
  public final int poll(CompletionSink sink, int limit) {
    return deliver(sink, limit, 0);
  }

  @Override
  public final int await(CompletionSink sink, int limit, long timeoutNanos) {
    return deliver(sink, limit, Math.max(0, timeoutNanos));
  }

  private int deliver(CompletionSink sink, int limit, long timeoutNanos) {
    requireUsable();
    if (delivering) {
      throw new IllegalStateException("a sink must not poll its own queue");
    }
    if (limit <= 0) {
      throw new IllegalArgumentException("limit " + limit + " must be positive");
    }
    delivering = true;
    try {
      int count = deliverReady(sink, limit);
      if (count == limit) {
        start();
        return count;
      }
      return count + collect(sink, limit - count, count > 0 ? 0 : timeoutNanos);
    } finally {
      delivering = false;
    }
  }

  /** Marks a slot as finished; its outcome is delivered by a later {@link #deliverReady}. */
  protected final void ready(int slot) {
    table.pushReady(slot);
  }

  /** Delivers the outcomes of slots that are {@link #ready}, and returns how many there were. */
  protected final int deliverReady(CompletionSink sink, int limit) {
    int count = 0;
    while (count < limit && table.hasReady()) {
      finish(table.popReady(), sink);
      count++;
    }
    return count;
  }

  /**
   * Delivers the outcome that the slot holds, after freeing it, so that the sink may enqueue. What
   * the sink throws reaches whoever polls; the request counts as delivered.
   */
  protected final void finish(int slot, CompletionSink sink) {
    long token = table.token(slot);
    int bytes = table.done(slot);
    DeviceException failure = table.failure(slot);
    if (failure == null && table.errno(slot) != 0) {
      failure = failed(slot);
    }
    if (failure != null) {
      counters.countFailure();
      table.release(slot);
      sink.onFailure(token, failure);
      return;
    }
    if (table.isWrite(slot)) {
      table.segment(slot).markDirty();
      counters.countWrite(bytes);
    } else {
      counters.countRead(bytes);
    }
    table.release(slot);
    sink.onCompletion(token, bytes);
  }

  /** The error of a request that was started; a write's makes the device refuse further ones. */
  private DeviceException failed(int slot) {
    int errno = table.errno(slot);
    DeviceException failure = failure(slot, errno, Errno.words(errno));
    return table.isWrite(slot) ? device.poison().poison(failure) : failure;
  }

  /** An exception that names the request in the slot. */
  protected final DeviceException failure(int slot, int errno, String reason) {
    Segment segment = table.segment(slot);
    return new DeviceException(
        table.isWrite(slot) ? "write" : "read",
        segment == null ? device.path() : segment.path(),
        table.deviceOffset(slot),
        errno,
        reason);
  }

  /** Sets an outcome that no error number tells. */
  protected final void fail(int slot, DeviceException failure) {
    table.fail(slot, failure);
  }

  @Override
  public boolean registerBuffer(long address, long bytes) {
    requireUsable();
    if (address <= 0 || bytes <= 0) {
      throw new IllegalArgumentException("range " + address + "+" + bytes + " must be positive");
    }
    return false;
  }

  @Override
  public final void close() {
    if (closed) {
      return;
    }
    requireUsable();
    if (delivering) {
      throw new IllegalStateException("a sink must not close its own queue");
    }
    try {
      while (table.inFlight() > 0) {
        deliver(DROP, table.depth(), DRAIN_WAIT_NANOS);
      }
    } finally {
      closed = true;
      release();
      device.queueClosed(this);
    }
  }

  /** The requests. */
  protected final RequestTable table() {
    return table;
  }

  final QueueCounters counters() {
    return counters;
  }

  private void requireUsable() {
    if (closed) {
      throw new IllegalStateException("the queue of " + device.path() + " is closed");
    }
    if (owner != null && owner != Thread.currentThread()) {
      throw new IllegalStateException(
          "the queue belongs to " + owner + " but was used by " + Thread.currentThread());
    }
  }

  private static final class DroppingSink implements CompletionSink {
    @Override
    public void onCompletion(long token, int bytes) {}

    @Override
    public void onFailure(long token, DeviceException cause) {}
  }
}
