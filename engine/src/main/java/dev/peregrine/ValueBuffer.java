package dev.peregrine;

import java.lang.foreign.MemorySegment;

/** A value that is being written, for the length of a callback; see {@link ValueView}. */
public interface ValueBuffer extends ValueView {
  /** Sets the byte at {@code index}. */
  void putByte(int index, byte value);

  /** Sets the 2 bytes from {@code index} on. */
  void putShort(int index, short value);

  /** Sets the 4 bytes from {@code index} on. */
  void putInt(int index, int value);

  /** Sets the 8 bytes from {@code index} on. */
  void putLong(int index, long value);

  /**
   * Copies bytes in.
   *
   * @param index the first byte to set
   * @param from where they come from
   * @param offset the first byte there
   * @param bytes how many
   */
  void copyFrom(int index, MemorySegment from, long offset, int bytes);
}
