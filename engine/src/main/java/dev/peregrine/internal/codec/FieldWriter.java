package dev.peregrine.internal.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Puts fields together, little-endian, in a buffer that grows. One thread. */
public final class FieldWriter {
  private static final int FIRST_BYTES = 1024;

  private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /** 4 bytes. */
  public void putInt(int value) {
    room(Integer.BYTES).putInt(value);
  }

  /** 8 bytes. */
  public void putLong(long value) {
    room(Long.BYTES).putLong(value);
  }

  /** The bytes, without a count. */
  public void putBytes(byte[] bytes) {
    room(bytes.length).put(bytes);
  }

  /** A count, and that many. */
  public void putInts(int[] values) {
    putInt(values.length);
    for (int value : values) {
      putInt(value);
    }
  }

  /** A count, and that many. */
  public void putLongs(long[] values) {
    putInt(values.length);
    for (long value : values) {
      putLong(value);
    }
  }

  /** A count, and that many characters of ASCII. */
  public void putName(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    putInt(bytes.length);
    putBytes(bytes);
  }

  /** One byte that says whether a part follows; returns it. */
  public boolean present(boolean value) {
    room(1).put((byte) (value ? 1 : 0));
    return value;
  }

  /** All of it so far. */
  public byte[] toByteArray() {
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
