package dev.peregrine.device.segment;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.DeviceStats;
import dev.peregrine.device.QueueMode;
import java.util.ArrayList;
import java.util.List;

/**
 * What all devices made of segments share: life cycle, counts, growth, truncation, sync.
 *
 * <p>Any thread may call any method. It does no transfers: a subclass's queues do.
 */
public abstract class SegmentedDevice implements Device {
  private static final DeviceStats NOTHING = new DeviceStats(0, 0, 0, 0, 0, 0);

  private final SegmentTable segments;
  private final int sectorBytes;
  private final String path;
  private final Poison poison;
  private final Object syncLock = new Object();

  private volatile Runnable afterClose = () -> {};

  /** Guards the fields below. */
  private final Object lock = new Object();

  private final List<SegmentedQueue> queues = new ArrayList<>();
  private DeviceStats closedQueues = NOTHING;
  private long syncs;
  private long syncFailures;
  private volatile boolean closed;

  /** A device over segments that it owns and closes. */
  protected SegmentedDevice(SegmentTable segments, int sectorBytes, String path, Poison poison) {
    this.segments = segments;
    this.sectorBytes = sectorBytes;
    this.path = path;
    this.poison = poison;
  }

  /** Makes a queue; the arguments have been checked. */
  protected abstract SegmentedQueue createQueue(int depth, QueueMode mode);

  /** Refuses a call, by an exception, where the subclass knows why it cannot be served. */
  protected void requireUsable(String operation) {}

  /** Has this run when the device is closed; called once, before others see the device. */
  public final void afterClose(Runnable action) {
    afterClose = action;
  }

  /** Gives back what the subclass holds beside the segments. */
  protected void release() {}

  @Override
  public final DeviceQueue openQueue(int depth, QueueMode mode) {
    TransferChecks.requireDepth(depth);
    synchronized (lock) {
      requireOpen();
      requireUsable("openQueue");
      SegmentedQueue queue = createQueue(depth, mode);
      queues.add(queue);
      return queue;
    }
  }

  final void queueClosed(SegmentedQueue queue) {
    synchronized (lock) {
      if (queues.remove(queue)) {
        closedQueues = queue.counters().plus(closedQueues);
      }
    }
  }

  @Override
  public final int sectorBytes() {
    return sectorBytes;
  }

  @Override
  public final long segmentBytes() {
    return segments.segmentBytes();
  }

  @Override
  public final void ensureCapacity(long endOffset) {
    requireOpen();
    requireUsable("ensureCapacity");
    segments.ensureCapacity(endOffset);
  }

  @Override
  public final void truncateBefore(long offset) {
    requireOpen();
    requireUsable("truncateBefore");
    segments.truncateBefore(offset);
  }

  @Override
  public final long beginOffset() {
    return segments.beginOffset();
  }

  @Override
  public final long endOffset() {
    return segments.endOffset();
  }

  @Override
  public final void sync() {
    requireOpen();
    requireUsable("sync");
    // One at a time: who finds a segment clean must know that its data are durable.
    synchronized (syncLock) {
      poison.requireHealthy("sync", path, -1);
      try {
        for (Segment segment : segments.segments()) {
          syncHeld(segment);
        }
      } catch (DeviceException e) {
        synchronized (lock) {
          syncFailures++;
        }
        throw poison.poison(e);
      }
      synchronized (lock) {
        syncs++;
      }
    }
  }

  private static void syncHeld(Segment segment) {
    if (segment.acquire()) {
      try {
        segment.sync();
      } finally {
        segment.release();
      }
    }
  }

  @Override
  public final DeviceStats stats() {
    synchronized (lock) {
      DeviceStats sum = closedQueues;
      for (SegmentedQueue queue : queues) {
        sum = queue.counters().plus(sum);
      }
      return new DeviceStats(
          sum.reads(),
          sum.bytesRead(),
          sum.writes(),
          sum.bytesWritten(),
          syncs,
          sum.failures() + syncFailures);
    }
  }

  @Override
  public final void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      if (!queues.isEmpty()) {
        throw new IllegalStateException(
            path + " cannot be closed: " + queues.size() + " of its queues are open");
      }
      closed = true;
    }
    try {
      release();
      segments.close();
    } finally {
      afterClose.run();
    }
  }

  /** The files or the name of this device, for messages. */
  public final String path() {
    return path;
  }

  final SegmentTable segments() {
    return segments;
  }

  final Poison poison() {
    return poison;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(path + " is closed");
    }
  }
}
