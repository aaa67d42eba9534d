package dev.peregrine.bench;

import dev.peregrine.ValueBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A value in an array. */
record ArrayValue(byte[] bytes) implements ValueBuffer {
  private MemorySegment segment() {
    return MemorySegment.ofArray(bytes);
  }

  @Override
  public int length() {
    return bytes.length;
  }

  @Override
  public byte getByte(int index) {
    return bytes[index];
  }

  @Override
  public short getShort(int index) {
    return segment().get(ValueLayout.JAVA_SHORT_UNALIGNED, index);
  }

  @Override
  public int getInt(int index) {
    return segment().get(ValueLayout.JAVA_INT_UNALIGNED, index);
  }

  @Override
  public long getLong(int index) {
    return segment().get(ValueLayout.JAVA_LONG_UNALIGNED, index);
  }

  @Override
  public void copyTo(int index, MemorySegment to, long offset, int count) {
    MemorySegment.copy(segment(), index, to, offset, count);
  }

  @Override
  public byte[] toByteArray() {
    return bytes.clone();
  }

  @Override
  public void putByte(int index, byte value) {
    bytes[index] = value;
  }

  @Override
  public void putShort(int index, short value) {
    segment().set(ValueLayout.JAVA_SHORT_UNALIGNED, index, value);
  }

  @Override
  public void putInt(int index, int value) {
    segment().set(ValueLayout.JAVA_INT_UNALIGNED, index, value);
  }

  @Override
  public void putLong(int index, long value) {
    segment().set(ValueLayout.JAVA_LONG_UNALIGNED, index, value);
  }

  @Override
  public void copyFrom(int index, MemorySegment from, long offset, int count) {
    MemorySegment.copy(from, offset, segment(), index, count);
  }
}
