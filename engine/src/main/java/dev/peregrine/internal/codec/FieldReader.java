package dev.peregrine.internal.codec;

import dev.peregrine.CorruptionException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Takes fields apart, little-endian; refuses to read past the end. One thread. */
public final class FieldReader {
  private final ByteBuffer buffer;
  private final String path;

  /**
   * @param bytes the fields
   * @param path what they were read from, for messages
   */
  public FieldReader(byte[] bytes, String path) {
    this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.path = path;
  }

  /** The next 4 bytes. */
  public int getInt() {
    return need(Integer.BYTES).getInt();
  }

  /** The next 8 bytes. */
  public long getLong() {
    return need(Long.BYTES).getLong();
  }

  /** A number from 0 to {@code most}. */
  public int getCount(int most, String what) {
    int count = getInt();
    if (count < 0 || count > most) {
      throw refused("the field " + what + " is " + count + ", which is outside of 0 to " + most);
    }
    return count;
  }

  /** A count, and that many. */
  public int[] getInts() {
    int[] values = new int[getCount(buffer.remaining() / Integer.BYTES, "length")];
    for (int i = 0; i < values.length; i++) {
      values[i] = getInt();
    }
    return values;
  }

  /** A count, and that many. */
  public long[] getLongs() {
    long[] values = new long[getCount(buffer.remaining() / Long.BYTES, "length")];
    for (int i = 0; i < values.length; i++) {
      values[i] = getLong();
    }
    return values;
  }

  /** One byte that says whether a part follows. */
  public boolean present() {
    byte value = need(1).get();
    if (value != 0 && value != 1) {
      throw refused("a flag is " + value);
    }
    return value == 1;
  }

  /** A count, and that many characters of ASCII. */
  public String getName(int most) {
    byte[] name = new byte[getCount(most, "length of a name")];
    need(name.length).get(name);
    return new String(name, StandardCharsets.US_ASCII);
  }

  /** Steps over bytes. */
  public void skip(int bytes) {
    need(bytes).position(buffer.position() + bytes);
  }

  /** Bytes that have not been read. */
  public int remaining() {
    return buffer.remaining();
  }

  /** Bytes that have been read. */
  public int position() {
    return buffer.position();
  }

  /** The refusal of the file, here. */
  public CorruptionException refused(String reason) {
    return new CorruptionException(path + " is refused at offset " + position() + ": " + reason);
  }

  private ByteBuffer need(int bytes) {
    if (buffer.remaining() < bytes) {
      throw refused("it ends, but " + bytes + " more bytes are needed");
    }
    return buffer;
  }
}
