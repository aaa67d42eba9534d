package dev.peregrine.memory;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC32C (Castagnoli) of parts of one native range. Its views of the range are made once: a
 * checksum allocates nothing. One thread at a time uses it, and not after the range is gone.
 */
public final class Checksum {
  /** What one view spans: a byte buffer has 31-bit positions. */
  private static final int WINDOW_BITS = 30;

  private static final long WINDOW_BYTES = 1L << WINDOW_BITS;

  private final CRC32C crc = new CRC32C();
  private final long address;
  private final ByteBuffer[] windows;

  /**
   * @param address start of the range
   * @param bytes its length
   */
  public Checksum(long address, long bytes) {
    this.address = address;
    this.windows = new ByteBuffer[(int) ((bytes + WINDOW_BYTES - 1) >>> WINDOW_BITS)];
    for (int i = 0; i < windows.length; i++) {
      long start = (long) i << WINDOW_BITS;
      windows[i] = Memory.byteBuffer(address + start, (int) Math.min(WINDOW_BYTES, bytes - start));
    }
  }

  /**
   * The checksum of a part of the range.
   *
   * @param partAddress where it begins
   * @param bytes its length
   * @throws IndexOutOfBoundsException if it is outside of the range
   */
  public int of(long partAddress, long bytes) {
    crc.reset();
    long from = partAddress - address;
    long end = from + bytes;
    while (from < end) {
      ByteBuffer window = windows[Math.toIntExact(from >>> WINDOW_BITS)];
      int position = (int) (from & (WINDOW_BYTES - 1));
      int limit = (int) Math.min(WINDOW_BYTES, position + (end - from));
      if (limit > window.capacity()) {
        throw new IndexOutOfBoundsException(
            "part " + (partAddress - address) + "+" + bytes + " is outside of the range");
      }
      Memory.requireLive(partAddress, bytes);
      window.limit(limit).position(position);
      crc.update(window);
      from += limit - position;
    }
    return (int) crc.getValue();
  }
}
