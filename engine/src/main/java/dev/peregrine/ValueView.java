package dev.peregrine;

import java.lang.foreign.MemorySegment;

/**
 * A value's bytes, for the length of a callback. Multi-byte access is in native byte order and
 * needs no alignment; an index outside of the value throws {@link IndexOutOfBoundsException}, and
 * so does any access after the callback.
 */
public interface ValueView {
  /** The number of bytes. */
  int length();

  /** The byte at {@code index}. */
  byte getByte(int index);

  /** The 2 bytes from {@code index} on. */
  short getShort(int index);

  /** The 4 bytes from {@code index} on. */
  int getInt(int index);

  /** The 8 bytes from {@code index} on. */
  long getLong(int index);

  /**
   * Copies bytes out.
   *
   * @param index the first byte
   * @param to where they go
   * @param offset the first byte there
   * @param bytes how many
   */
  void copyTo(int index, MemorySegment to, long offset, int bytes);

  /** A copy of all bytes. */
  byte[] toByteArray();
}
