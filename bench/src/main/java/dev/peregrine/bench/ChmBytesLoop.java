package dev.peregrine.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;

/**
 * The same operations on a map of boxed longs to arrays. A read copies into the caller's buffer, a
 * write stores a copy, a modification replaces the array: nobody can see half of a value.
 */
final class ChmBytesLoop extends OperationLoop {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ConcurrentHashMap<Long, byte[]> map;
  private final byte[] buffer;
  private final byte[] value;
  private long written;

  ChmBytesLoop(
      ConcurrentHashMap<Long, byte[]> map,
      Workload workload,
      long[] keys,
      int valueBytes,
      int worker,
      int workers) {
    super(workload, keys, worker, workers);
    this.map = map;
    this.buffer = new byte[valueBytes];
    this.value = new byte[valueBytes];
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
        put(key);
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
        map.computeIfPresent(key, ChmBytesLoop::incremented);
      }
    }
    checksum += sum;
  }

  private long get(long key) {
    byte[] found = map.get(key);
    if (found == null) {
      failures++;
      return 0;
    }
    System.arraycopy(found, 0, buffer, 0, found.length);
    return (long) LONGS.get(buffer, 0);
  }

  private void put(long key) {
    LONGS.set(value, 0, ++written);
    map.put(key, value.clone());
  }

  private static byte[] incremented(Long key, byte[] before) {
    byte[] after = before.clone();
    LONGS.set(after, 0, (long) LONGS.get(before, 0) + 1);
    return after;
  }

  @Override
  protected boolean read(long key) {
    checksum += get(key);
    return true;
  }

  @Override
  protected boolean write(long key) {
    put(key);
    return true;
  }

  @Override
  protected boolean modify(long key) {
    map.computeIfPresent(key, ChmBytesLoop::incremented);
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
