package dev.peregrine.internal.checkpoint;

import dev.peregrine.CorruptionException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Takes fields apart, little-endian; refuses to read past the end. One thread. */
final class FieldReader {
  private final ByteBuffer buffer;
  private final String path;

  FieldReader(byte[] bytes, String path) {
    this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.path = path;
  }

  int getInt() {
    return need(Integer.BYTES).getInt();
  }

  long getLong() {
    return need(Long.BYTES).getLong();
  }

  /** A number from 0 to {@code most}. */
  int getCount(int most, String what) {
    int count = getInt();
    if (count < 0 || count > most) {
      throw refused("the field " + what + " is " + count + ", which is outside of 0 to " + most);
    }
    return count;
  }

  int[] getInts() {
    int[] values = new int[getCount(buffer.remaining() / Integer.BYTES, "length")];
    for (int i = 0; i < values.length; i++) {
      values[i] = getInt();
    }
    return values;
  }

  long[] getLongs() {
    long[] values = new long[getCount(buffer.remaining() / Long.BYTES, "length")];
    for (int i = 0; i < values.length; i++) {
      values[i] = getLong();
    }
    return values;
  }

  boolean present() {
    byte value = need(1).get();
    if (value != 0 && value != 1) {
      throw refused("a flag is " + value);
    }
    return value == 1;
  }

  void skip(int bytes) {
    need(bytes).position(buffer.position() + bytes);
  }

  int remaining() {
    return buffer.remaining();
  }

  int position() {
    return buffer.position();
  }

  CorruptionException refused(String reason) {
    return new CorruptionException(path + " is refused at offset " + position() + ": " + reason);
  }

  private ByteBuffer need(int bytes) {
    if (buffer.remaining() < bytes) {
      throw refused("it ends, but " + bytes + " more bytes are needed");
    }
    return buffer;
  }
}
