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
