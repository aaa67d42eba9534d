package dev.peregrine.internal.record;

import dev.peregrine.ValueBuffer;
import dev.peregrine.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** The reusable view of native bytes that callbacks get; one session owns it. */
public final class NativeValue implements ValueBuffer {
  private long address;
  private int length;

  /** Points the view at bytes. */
  public NativeValue set(long newAddress, int newLength) {
    address = newAddress;
    length = newLength;
    return this;
  }

  /** Points the view at nothing, so that a kept reference reads nothing. */
  public NativeValue clear() {
    return set(0, 0);
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public byte getByte(int index) {
    return Memory.getByte(at(index, Byte.BYTES));
  }

  @Override
  public short getShort(int index) {
    return Memory.getShort(at(index, Short.BYTES));
  }

  @Override
  public int getInt(int index) {
    return Memory.getIntUnaligned(at(index, Integer.BYTES));
  }

  @Override
  public long getLong(int index) {
    return Memory.getLong(at(index, Long.BYTES));
  }

  @Override
  public void copyTo(int index, MemorySegment to, long offset, int bytes) {
    long from = at(index, bytes);
    if (bytes > 0) {
      Memory.copyOut(from, to, offset, bytes);
    }
  }

  @Override
  public byte[] toByteArray() {
    byte[] copy = new byte[length];
    copyTo(0, MemorySegment.ofArray(copy), 0, length);
    return copy;
  }

  @Override
  public void putByte(int index, byte value) {
    Memory.putByte(at(index, Byte.BYTES), value);
  }

  @Override
  public void putShort(int index, short value) {
    Memory.putShort(at(index, Short.BYTES), value);
  }

  @Override
  public void putInt(int index, int value) {
    Memory.putIntUnaligned(at(index, Integer.BYTES), value);
  }

  @Override
  public void putLong(int index, long value) {
    Memory.putLong(at(index, Long.BYTES), value);
  }

  @Override
  public void copyFrom(int index, MemorySegment from, long offset, int bytes) {
    long to = at(index, bytes);
    if (bytes > 0) {
      Memory.copyIn(from, offset, to, bytes);
    }
  }

  private long at(int index, int bytes) {
    return address + Objects.checkFromIndexSize(index, bytes, length);
  }
}
