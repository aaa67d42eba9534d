package dev.peregrine.bench;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.memory.NativeRegion;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One worker's requests on a device: as many outstanding as its queue takes, each block stamped
 * when it is written and checked when it has been read. One thread.
 */
final class DeviceWorker implements CompletionSink {
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Device device;
  private final DevicePlan plan;
  private final int stampBytes;
  private final Histogram latencies = Measure.latencies();
  private final Choices choices;
  private final int[] free;
  private final long[] begins;
  private final long[] offsets;
  private final long first;
  private final long end;

  private MemorySegment buffers;
  private DeviceQueue queue;
  private int freeCount;
  private long next;
  private long completed;
  private RuntimeException failure;

  /**
   * Makes a worker for its share of the device.
   *
   * @param stampBytes the length of the stamped blocks: a request holds one or more of them
   */
  DeviceWorker(Device device, DevicePlan plan, int stampBytes, int worker) {
    this(
        device,
        plan,
        stampBytes,
        worker,
        plan.blocks() * worker / plan.threads() * plan.blockBytes(),
        plan.blocks() * (worker + 1) / plan.threads() * plan.blockBytes());
  }

  /** Makes a worker for the blocks from one offset up to another. */
  DeviceWorker(
      Device device, DevicePlan plan, int stampBytes, int seed, long firstOffset, long endOffset) {
    this.device = device;
    this.plan = plan;
    this.stampBytes = stampBytes;
    this.choices = new Choices(seed);
    this.free = new int[plan.depth()];
    this.begins = new long[plan.depth()];
    this.offsets = new long[plan.depth()];
    this.first = firstOffset;
    this.end = endOffset;
    this.next = firstOffset;
  }

  /** Works until the gang is stopped, or, when writing, until its share is written. */
  Measure.WorkerResult run(Gang<?> gang) throws InterruptedException {
    long bytes = (long) plan.depth() * plan.blockBytes();
    try (NativeRegion region = NativeRegion.reserve(bytes);
        DeviceQueue opened = device.openQueue(plan.depth(), QueueMode.SINGLE_THREAD)) {
      queue = opened;
      buffers = segment(region, bytes);
      BlockStamp.fill(buffers, first);
      queue.registerBuffer(buffers.address(), bytes);
      for (int i = 0; i < plan.depth(); i++) {
        free[freeCount++] = i;
      }
      gang.awaitStart();
      long allocated = Allocation.bytes();
      long begin = System.nanoTime();
      work(gang);
      if (!plan.mode().reads()) {
        device.sync();
      }
      long ended = System.nanoTime();
      return new Measure.WorkerResult(completed, begin, ended, Allocation.bytes() - allocated);
    }
  }

  @SuppressWarnings("restricted")
  private static MemorySegment segment(NativeRegion region, long bytes) {
    return MemorySegment.ofAddress(region.address()).reinterpret(bytes);
  }

  private void work(Gang<?> gang) {
    boolean more = true;
    while (more || queue.inFlight() > 0) {
      more = more && !gang.isStopped() && failure == null;
      while (more && freeCount > 0) {
        more = issue();
      }
      long before = completed;
      queue.submit();
      queue.await(this, plan.depth(), WAIT_NANOS);
      gang.add((completed - before) * plan.blockBytes());
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Enqueues one request; false at the end of what is to be written. */
  private boolean issue() {
    boolean reads = plan.mode().reads();
    if (next >= end) {
      if (!reads) {
        return false;
      }
      next = first;
    }
    long offset = next;
    if (plan.mode() == DevicePlan.Mode.RANDREAD) {
      offset = choices.below(plan.blocks()) * plan.blockBytes();
    }
    int slot = free[freeCount - 1];
    long at = (long) slot * plan.blockBytes();
    long address = buffers.address() + at;
    begins[slot] = System.nanoTime();
    offsets[slot] = offset;
    boolean accepted;
    if (reads) {
      accepted = queue.read(offset, address, plan.blockBytes(), slot);
    } else {
      for (int part = 0; part < plan.blockBytes(); part += stampBytes) {
        BlockStamp.stamp(buffers, at + part, stampBytes, offset + part);
      }
      accepted = queue.write(offset, address, plan.blockBytes(), slot);
    }
    if (!accepted) {
      throw new CheckFailedException("the queue is full below its depth of " + plan.depth());
    }
    freeCount--;
    next = offset + plan.blockBytes();
    return true;
  }

  @Override
  public void onCompletion(long token, int bytes) {
    int slot = (int) token;
    Measure.record(latencies, System.nanoTime() - begins[slot]);
    free[freeCount++] = slot;
    completed++;
    if (bytes != plan.blockBytes()) {
      fail(offsets[slot], bytes + " bytes instead of " + plan.blockBytes());
    } else if (plan.mode().reads()) {
      long at = (long) slot * plan.blockBytes();
      for (int part = 0; part < plan.blockBytes(); part += stampBytes) {
        if (!BlockStamp.isRight(buffers, at + part, stampBytes, offsets[slot] + part)) {
          fail(offsets[slot] + part, "another block's bytes");
        }
      }
    }
  }

  @Override
  public void onFailure(long token, DeviceException cause) {
    free[freeCount++] = (int) token;
    failure = failure == null ? cause : failure;
  }

  private void fail(long offset, String what) {
    if (failure == null) {
      failure = new CheckFailedException("wrong block at offset " + offset + ": " + what);
    }
  }

  /** Of all requests, from enqueueing to completion. */
  Histogram latencies() {
    return latencies;
  }
}
