package dev.peregrine.internal.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Puts fields together, little-endian, in a buffer that grows. One thread. */
final class FieldWriter {
  private static final int FIRST_BYTES = 1024;

  private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  void putInt(int value) {
    room(Integer.BYTES).putInt(value);
  }

  void putLong(long value) {
    room(Long.BYTES).putLong(value);
  }

  void putBytes(byte[] bytes) {
    room(bytes.length).put(bytes);
  }

  /** A count, and that many. */
  void putInts(int[] values) {
    putInt(values.length);
    for (int value : values) {
      putInt(value);
    }
  }

  /** A count, and that many. */
  void putLongs(long[] values) {
    putInt(values.length);
    for (long value : values) {
      putLong(value);
    }
  }

  /** One byte that says whether a part follows; returns it. */
  boolean present(boolean value) {
    room(1).put((byte) (value ? 1 : 0));
    return value;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      int needed = Math.addExact(buffer.position(), bytes);
      ByteBuffer larger =
          ByteBuffer.allocate(Math.max(needed, (int) Math.min(2L * buffer.capacity(), 1 << 30)))
              .order(ByteOrder.LITTLE_ENDIAN);
      buffer = larger.put(buffer.flip());
    }
    return buffer;
  }
}
