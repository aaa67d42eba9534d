package dev.peregrine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** One set of operations over the three kinds of store: numbered keys, values as byte arrays. */
final class KindFace {
  private static final int MAX_KEY_BYTES = 42;

  private final StoreKind kind;
  private final Session session;

  KindFace(StoreKind kind, Session session) {
    this.kind = kind;
    this.session = session;
  }

  Session session() {
    return session;
  }

  boolean isLong() {
    return kind == StoreKind.LONG_TO_LONG;
  }

  /** Reads to {@code destination}, which a store of 8-byte values does not use. */
  Status read(long key, MemorySegment destination) {
    return switch (kind) {
      case LONG_TO_LONG -> session.read(key);
      case LONG_TO_BYTES -> session.read(key, destination);
      case BYTES_TO_BYTES -> session.read(bytesOf(key), destination);
    };
  }

  Status read(long key, ReadFunction function, long argument) {
    return switch (kind) {
      case LONG_TO_LONG -> session.read(key);
      case LONG_TO_BYTES -> session.read(key, function, argument);
      case BYTES_TO_BYTES -> session.read(bytesOf(key), function, argument);
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

  Status rmw(long key, UpdateFunction function, long argument) {
    return kind == StoreKind.LONG_TO_BYTES
        ? session.rmw(key, function, argument)
        : session.rmw(bytesOf(key), function, argument);
  }

  Status delete(long key) {
    return kind == StoreKind.BYTES_TO_BYTES ? session.delete(bytesOf(key)) : session.delete(key);
  }

  /** Reads a value and waits for it; null if there is none. */
  byte[] get(long key) {
    byte[][] found = new byte[1][];
    Status status = session.await(read(key, (view, argument) -> found[0] = view.toByteArray(), 0));
    if (status == Status.FOUND && isLong()) {
      return ofLong(session.longValue());
    }
    return status == Status.FOUND ? found[0] : null;
  }

  /** A key of bytes: different lengths from 0 on, different in the first bytes or in the length. */
  static MemorySegment bytesOf(long key) {
    if (key == 0) {
      return MemorySegment.ofArray(new byte[0]);
    }
    byte[] bytes = new byte[Integer.BYTES + (int) (key % (MAX_KEY_BYTES - Integer.BYTES))];
    Arrays.fill(bytes, (byte) key);
    MemorySegment segment = MemorySegment.ofArray(bytes);
    segment.set(ValueLayout.JAVA_INT_UNALIGNED, 0, (int) key);
    return segment;
  }

  static byte[] ofLong(long value) {
    byte[] bytes = new byte[Long.BYTES];
    MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
    return bytes;
  }

  static long toLong(byte[] bytes) {
    return MemorySegment.ofArray(bytes).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
  }
}
