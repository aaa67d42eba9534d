package dev.peregrine.bench;

import dev.peregrine.LongUpdateFunction;
import dev.peregrine.UpdateFunction;
import dev.peregrine.ValueBuffer;
import dev.peregrine.ValueView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Values that follow from a stamp, with all their bytes and their length; and the addition to a
 * stamp. It has no state, so any session may use it.
 */
final class KillValue implements UpdateFunction, LongUpdateFunction {
  /** The longest value. */
  static final int MOST_BYTES = 136;

  private static final int LENGTH_SHIFT = 57;
  private static final int BYTE_MASK = 7;

  /** The length of the value of a stamp. */
  static int length(long stamp) {
    return Long.BYTES + (int) (Keys.of(stamp) >>> LENGTH_SHIFT);
  }

  private static byte byteAt(long stamp, int index) {
    return (byte) (stamp >>> (index & BYTE_MASK) * Byte.SIZE ^ index);
  }

  /** Writes a value into the beginning of a segment; returns that part. */
  static MemorySegment fill(MemorySegment segment, long stamp) {
    int length = length(stamp);
    segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, stamp);
    for (int i = Long.BYTES; i < length; i++) {
      segment.set(ValueLayout.JAVA_BYTE, i, byteAt(stamp, i));
    }
    return segment.asSlice(0, length);
  }

  /** The stamp of a value, 0 if it is not as it must be. */
  static long stampOf(ValueView value) {
    if (value.length() < Long.BYTES) {
      return 0;
    }
    long stamp = value.getLong(0);
    if (value.length() != length(stamp)) {
      return 0;
    }
    for (int i = Long.BYTES; i < value.length(); i++) {
      if (value.getByte(i) != byteAt(stamp, i)) {
        return 0;
      }
    }
    return stamp;
  }

  @Override
  public long initial(long delta) {
    return delta;
  }

  @Override
  public long update(long stamp, long delta) {
    return stamp + delta;
  }

  @Override
  public int initialLength(long delta) {
    return length(delta);
  }

  @Override
  public void initialize(ValueBuffer value, long delta) {
    put(value, delta);
  }

  @Override
  public int updatedLength(ValueView value, long delta) {
    return length(value.getLong(0) + delta);
  }

  @Override
  public void update(ValueBuffer value, long delta) {
    put(value, value.getLong(0) + delta);
  }

  private static void put(ValueBuffer value, long stamp) {
    value.putLong(0, stamp);
    for (int i = Long.BYTES; i < value.length(); i++) {
      value.putByte(i, byteAt(stamp, i));
    }
  }
}
