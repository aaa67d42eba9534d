package dev.peregrine.bench;

import dev.peregrine.Store;
import dev.peregrine.StoreStats;
import dev.peregrine.device.DeviceStats;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Collects the parts of one {@link Measurement}, from workers and from the store around them. */
public final class Measure {
  /** Latencies are counted up to here; what takes longer counts as this long. */
  private static final long MAX_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final int LATENCY_DIGITS = 3;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double[] PERCENTILES = {50, 99, 99.9};
  private static final DeviceStats NO_DEVICE = new DeviceStats(0, 0, 0, 0, 0, 0);

  private final DeviceStats before;
  private final Histogram latencies = latencies();
  private long operations;
  private long allocatedBytes;
  private long beginNanos = Long.MAX_VALUE;
  private long endNanos = Long.MIN_VALUE;

  private Measure(DeviceStats before) {
    this.before = before;
  }

  /** Begins, with the store's device counters as they are. */
  static Measure of(Store store) {
    return new Measure(store.stats().device());
  }

  /** Begins, with these device counters. */
  static Measure of(DeviceStats before) {
    return new Measure(before);
  }

  /** Begins, for something without a device. */
  static Measure ofHeap() {
    return new Measure(NO_DEVICE);
  }

  /** An empty histogram that records without allocating. */
  public static Histogram latencies() {
    return new Histogram(MAX_LATENCY_NANOS, LATENCY_DIGITS);
  }

  /** Records a latency, however long. */
  public static void record(Histogram latencies, long nanos) {
    latencies.recordValue(Math.clamp(nanos, 0, MAX_LATENCY_NANOS));
  }

  /** Adds a worker's share. */
  void add(WorkerResult worker) {
    operations += worker.operations();
    allocatedBytes += worker.allocatedBytes();
    beginNanos = Math.min(beginNanos, worker.beginNanos());
    endNanos = Math.max(endNanos, worker.endNanos());
  }

  /** Adds latencies, of the same run or of one of its own. */
  void add(Histogram more) {
    latencies.add(more);
  }

  /** The result, with the store's figures as they are now. */
  Measurement end(Store store) {
    StoreStats stats = store.stats();
    return end(stats.device(), stats.memoryBytes(), stats.memoryBudgetBytes());
  }

  /** The result of something without a device. */
  Measurement endOnHeap(long memoryBytes) {
    return end(NO_DEVICE, memoryBytes, 0);
  }

  /** The result. */
  Measurement end(DeviceStats after, long memoryBytes, long memoryBudgetBytes) {
    long elapsed = Math.max(1, endNanos - beginNanos);
    return new Measurement(
        operations,
        elapsed,
        operations * NANOS_PER_SECOND / elapsed,
        percentile(0),
        percentile(1),
        percentile(2),
        operations == 0 ? 0 : (double) allocatedBytes / operations,
        after.reads() - before.reads(),
        after.bytesRead() - before.bytesRead(),
        after.bytesWritten() - before.bytesWritten(),
        memoryBytes,
        memoryBudgetBytes);
  }

  private long percentile(int which) {
    return latencies.getTotalCount() == 0 ? 0 : latencies.getValueAtPercentile(PERCENTILES[which]);
  }

  /**
   * One worker's share of a run.
   *
   * @param operations operations completed
   * @param beginNanos when it started, by {@link System#nanoTime}
   * @param endNanos when its last operation was completed
   * @param allocatedBytes heap bytes it allocated in between
   */
  record WorkerResult(long operations, long beginNanos, long endNanos, long allocatedBytes) {}
}
