package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.DeviceStats;
import dev.peregrine.device.QueueMode;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;

/**
 * A device around another one that misbehaves as it is told: the n-th request of a kind fails,
 * reads are changed, completions come late and in another order. Single-threaded use is
 * deterministic by its seed.
 */
final class FaultyDevice implements Device {
  static final int EIO = 5;
  static final int ENOSPC = 28;
  static final String PATH = "faulty:log";

  private final Device inner;
  private final long seed;
  private final AtomicLong queues = new AtomicLong();

  /** Numbers from 1 on, over all queues. */
  final AtomicLong readNumber = new AtomicLong();

  final AtomicLong writeNumber = new AtomicLong();

  /** Of the reads, how many had been enqueued at the latest submission of a queue with any. */
  final AtomicLong submittedReads = new AtomicLong();

  /** Faults that were really injected. */
  final AtomicInteger injected = new AtomicInteger();

  volatile LongPredicate readFails = n -> false;
  volatile LongPredicate writeFails = n -> false;
  volatile LongPredicate queueFails = n -> false;

  /** A write that fails keeps what it has transferred, or nothing. */
  volatile boolean failedWritesLand;

  volatile long capacityBytes = Long.MAX_VALUE;

  /** While true, nothing completes. */
  volatile boolean stalled;

  /** Whether completions are late and out of order. */
  volatile boolean reorders;

  volatile ReadFilter readFilter = (offset, address, bytes) -> bytes;

  /** Sees what has been read and may change it. */
  @FunctionalInterface
  interface ReadFilter {
    /** Returns how much of it counts as read. */
    int filter(long deviceOffset, long address, int bytes);
  }

  FaultyDevice(Device inner, long seed) {
    this.inner = inner;
    this.seed = seed;
  }

  @Override
  public DeviceQueue openQueue(int depth, QueueMode mode) {
    long number = queues.incrementAndGet();
    if (queueFails.test(number)) {
      injected.incrementAndGet();
      throw new DeviceException("open queue", PATH, -1, EIO, "injected");
    }
    return new FaultyQueue(this, inner.openQueue(depth, mode), seed * 31 + number);
  }

  @Override
  public int sectorBytes() {
    return inner.sectorBytes();
  }

  @Override
  public long segmentBytes() {
    return inner.segmentBytes();
  }

  @Override
  public void ensureCapacity(long endOffset) {
    if (endOffset > capacityBytes) {
      injected.incrementAndGet();
      throw new DeviceException("allocate", PATH, endOffset, ENOSPC, "injected");
    }
    inner.ensureCapacity(endOffset);
  }

  @Override
  public void truncateBefore(long offset) {
    inner.truncateBefore(offset);
  }

  @Override
  public long beginOffset() {
    return inner.beginOffset();
  }

  @Override
  public long endOffset() {
    return inner.endOffset();
  }

  @Override
  public void sync() {
    inner.sync();
  }

  @Override
  public boolean keepsData() {
    return inner.keepsData();
  }

  @Override
  public String describe() {
    return PATH + " over " + inner.describe();
  }

  @Override
  public DeviceStats stats() {
    return inner.stats();
  }

  @Override
  public void close() {
    inner.close();
  }
}
