package dev.peregrine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * One set of operations over the three kinds of store: numbered keys, values as byte arrays, of
 * which a store of {@code long}s takes 8 bytes. For one thread at a time, as its session.
 */
final class CrashFace {
  /** Keys of bytes have up to so many bytes more than their number. */
  private static final int KEY_SPREAD_BYTES = 30;

  private final StoreKind kind;
  private final Session session;

  CrashFace(StoreKind kind, Session session) {
    this.kind = kind;
    this.session = session;
  }

  boolean isLong() {
    return kind == StoreKind.LONG_TO_LONG;
  }

  /** The function gets what is found, but of a {@code long}. */
  Status read(long key, ReadFunction function) {
    return switch (kind) {
      case LONG_TO_LONG -> session.read(key);
      case LONG_TO_BYTES -> session.read(key, function, key);
      case BYTES_TO_BYTES -> session.read(bytesOf(key), function, key);
    };
  }

  Status upsert(long key, byte[] value) {
    return switch (kind) {
      case LONG_TO_LONG -> session.upsert(key, toLong(value));
      case LONG_TO_BYTES -> session.upsert(key, MemorySegment.ofArray(value));
      case BYTES_TO_BYTES -> session.upsert(bytesOf(key), MemorySegment.ofArray(value));
    };
  }

  Status insertIfAbsent(long key, byte[] value) {
    return switch (kind) {
      case LONG_TO_LONG -> session.insertIfAbsent(key, toLong(value));
      case LONG_TO_BYTES -> session.insertIfAbsent(key, MemorySegment.ofArray(value));
      case BYTES_TO_BYTES -> session.insertIfAbsent(bytesOf(key), MemorySegment.ofArray(value));
    };
  }

  /** Changes a value in a way that does not commute; see {@link CrashUpdates#mixed}. */
  Status mix(long key, long argument) {
    return switch (kind) {
      case LONG_TO_LONG -> session.rmw(key, CrashUpdates.MIX_LONG, argument);
      case LONG_TO_BYTES -> session.rmw(key, CrashUpdates.MIX, argument);
      case BYTES_TO_BYTES -> session.rmw(bytesOf(key), CrashUpdates.MIX, argument);
    };
  }

  /** Adds to a counter; see {@link CrashUpdates#counter}. */
  Status count(long key, long argument) {
    return switch (kind) {
      case LONG_TO_LONG -> session.add(key, argument);
      case LONG_TO_BYTES -> session.rmw(key, CrashUpdates.COUNT, argument);
      case BYTES_TO_BYTES -> session.rmw(bytesOf(key), CrashUpdates.COUNT, argument);
    };
  }

  Status delete(long key) {
    return kind == StoreKind.BYTES_TO_BYTES ? session.delete(bytesOf(key)) : session.delete(key);
  }

  /** Sets many values, as {@link Session} does. */
  void upsertBatch(long[] keys, byte[][] values, int count, Status[] statuses) {
    switch (kind) {
      case LONG_TO_LONG ->
          session.upsertBatch(
              keys,
              Arrays.stream(values, 0, count).mapToLong(CrashFace::toLong).toArray(),
              0,
              count,
              statuses);
      case LONG_TO_BYTES -> session.upsertBatch(keys, segments(values, count), 0, count, statuses);
      case BYTES_TO_BYTES ->
          session.upsertBatch(bytesOf(keys, count), segments(values, count), 0, count, statuses);
    }
  }

  /** Adds to many counters. */
  void countBatch(long[] keys, long[] arguments, int count, Status[] statuses) {
    switch (kind) {
      case LONG_TO_LONG -> session.addBatch(keys, arguments, 0, count, null, statuses);
      case LONG_TO_BYTES ->
          session.rmwBatch(keys, CrashUpdates.COUNT, arguments, 0, count, statuses);
      case BYTES_TO_BYTES ->
          session.rmwBatch(bytesOf(keys, count), CrashUpdates.COUNT, arguments, 0, count, statuses);
    }
  }

  /** Reads many values, each to its place in {@code seen}; pending ones come later. */
  void readBatch(long[] keys, int count, byte[][][] seen, Status[] statuses) {
    ReadFunction function = (view, index) -> seen[(int) index][0] = view.toByteArray();
    switch (kind) {
      case LONG_TO_LONG -> {
        long[] longs = new long[count];
        session.readBatch(keys, 0, count, longs, statuses);
        for (int i = 0; i < count; i++) {
          seen[i][0] = statuses[i] == Status.FOUND ? ofLong(longs[i]) : null;
        }
      }
      case LONG_TO_BYTES -> session.readBatch(keys, 0, count, function, statuses);
      case BYTES_TO_BYTES -> session.readBatch(bytesOf(keys, count), 0, count, function, statuses);
    }
  }

  private static MemorySegment[] segments(byte[][] values, int count) {
    return Arrays.stream(values, 0, count)
        .map(MemorySegment::ofArray)
        .toArray(MemorySegment[]::new);
  }

  private static MemorySegment[] bytesOf(long[] keys, int count) {
    return Arrays.stream(keys, 0, count).mapToObj(CrashFace::bytesOf).toArray(MemorySegment[]::new);
  }

  static byte[] ofLong(long value) {
    byte[] bytes = new byte[Long.BYTES];
    MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
    return bytes;
  }

  static long toLong(byte[] bytes) {
    return MemorySegment.ofArray(bytes).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
  }

  private static MemorySegment bytesOf(long key) {
    byte[] bytes = new byte[Long.BYTES + (int) (key % KEY_SPREAD_BYTES)];
    Arrays.fill(bytes, (byte) key);
    MemorySegment segment = MemorySegment.ofArray(bytes);
    segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, key);
    return segment;
  }
}
