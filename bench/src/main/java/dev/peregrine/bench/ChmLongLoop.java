package dev.peregrine.bench;

import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;

/** The same operations on a map of boxed longs. */
final class ChmLongLoop extends OperationLoop {
  private final ConcurrentHashMap<Long, Long> map;
  private long written;

  ChmLongLoop(
      ConcurrentHashMap<Long, Long> map, Workload workload, long[] keys, int worker, int workers) {
    super(workload, keys, worker, workers);
    this.map = map;
  }

  @Override
  protected void reads() {
    long sum = 0;
    for (int i = 0; i < CHUNK; i++) {
      sum += get(keys[position++ & mask]);
    }
    checksum += sum;
  }

  @Override
  protected void readsAndWrites() {
    long sum = 0;
    for (int i = 0; i < CHUNK; i++) {
      long key = keys[position++ & mask];
      if (Workload.isRead(choices.next(), readBound)) {
        sum += get(key);
      } else {
        map.put(key, ++written);
      }
    }
    checksum += sum;
  }

  @Override
  protected void readsAndModifications() {
    long sum = 0;
    for (int i = 0; i < CHUNK; i++) {
      long key = keys[position++ & mask];
      if (Workload.isRead(choices.next(), readBound)) {
        sum += get(key);
      } else {
        map.merge(key, 1L, Long::sum);
      }
    }
    checksum += sum;
  }

  private long get(long key) {
    Long value = map.get(key);
    if (value == null) {
      failures++;
      return 0;
    }
    return value;
  }

  @Override
  protected boolean read(long key) {
    checksum += get(key);
    return true;
  }

  @Override
  protected boolean write(long key) {
    map.put(key, ++written);
    return true;
  }

  @Override
  protected boolean modify(long key) {
    map.merge(key, 1L, Long::sum);
    return true;
  }

  @Override
  protected void later(Histogram latencies, long beginNanos) {
    throw new IllegalStateException("a map has nothing pending");
  }

  @Override
  void finish() {}

  @Override
  public void close() {}
}
