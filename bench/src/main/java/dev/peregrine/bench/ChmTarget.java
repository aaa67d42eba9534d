package dev.peregrine.bench;

import java.util.concurrent.ConcurrentHashMap;

/** A ConcurrentHashMap as the harness sees it: sized for its records, so that it never grows. */
final class ChmTarget implements YcsbTarget {
  private static final int CHUNK = 1024;

  private final YcsbPlan plan;
  private final ConcurrentHashMap<Long, Long> longs;
  private final ConcurrentHashMap<Long, byte[]> bytes;
  private final long heapBefore;

  ChmTarget(YcsbPlan plan) {
    this.plan = plan;
    heapBefore = usedHeapBytes();
    int capacity = Math.toIntExact(plan.records());
    boolean isLong = plan.valueBytes() == Long.BYTES;
    longs = isLong ? new ConcurrentHashMap<>(capacity) : null;
    bytes = isLong ? null : new ConcurrentHashMap<>(capacity);
  }

  private static long usedHeapBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Override
  public String name() {
    return "chm";
  }

  @Override
  public String describe() {
    return "chm: ConcurrentHashMap<Long,%s> on a heap of at most %s"
        .formatted(
            longs != null ? "Long" : "byte[]", ByteSize.format(Runtime.getRuntime().maxMemory()));
  }

  @Override
  public void load(long first, long end, Progress progress) {
    int threads = plan.threads();
    new Gang<Boolean>(threads)
        .runToEnd(
            (worker, gang) -> {
              long to = first + (end - first) * (worker + 1) / threads;
              gang.awaitStart();
              for (long at = first + (end - first) * worker / threads;
                  at < to && !gang.isStopped();
                  at += CHUNK) {
                long chunkEnd = Math.min(to, at + CHUNK);
                loadRange(at, chunkEnd);
                gang.add(chunkEnd - at);
              }
              return true;
            },
            done -> progress.to(first + done));
  }

  private void loadRange(long from, long to) {
    for (long i = from; i < to; i++) {
      if (longs != null) {
        longs.put(Keys.of(i), i);
      } else {
        bytes.put(Keys.of(i), new byte[plan.valueBytes()]);
      }
    }
  }

  @Override
  public OperationLoop newLoop(Workload workload, long[] keys, int worker) {
    return longs != null
        ? new ChmLongLoop(longs, workload, keys, worker, plan.threads())
        : new ChmBytesLoop(bytes, workload, keys, plan.valueBytes(), worker, plan.threads());
  }

  @Override
  public Measure begin() {
    return Measure.ofHeap();
  }

  @Override
  public Measurement end(Measure measure) {
    return measure.endOnHeap(Math.max(0, usedHeapBytes() - heapBefore));
  }

  @Override
  public void close() {
    if (longs != null) {
      longs.clear();
    } else {
      bytes.clear();
    }
  }
}
