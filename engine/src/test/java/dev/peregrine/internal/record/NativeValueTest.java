package dev.peregrine.internal.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NativeValueTest {
  private static final int LENGTH = 21;
  private static final int BAD = 77;
  private final NativeValue value = new NativeValue();
  private NativeRegion region;

  @BeforeEach
  void reserve() {
    region = NativeRegion.reserve(4096);
    value.set(region.address() + 3, LENGTH);
  }

  @AfterEach
  void free() {
    region.close();
  }

  @Test
  void shouldReadWhatWasWrittenWhenUnaligned() {
    value.putByte(0, (byte) -2);
    value.putShort(1, (short) -3);
    value.putInt(3, -4);
    value.putLong(7, -5);
    assertEquals(-2, value.getByte(0));
    assertEquals(-3, value.getShort(1));
    assertEquals(-4, value.getInt(3));
    assertEquals(-5, value.getLong(7));
    assertEquals(LENGTH, value.length());
    assertEquals(LENGTH, value.toByteArray().length);
  }

  @Test
  void shouldCopyBothWaysWhenInRange() {
    byte[] bytes = {1, 2, 3, 4, 5};
    value.copyFrom(LENGTH - 4, MemorySegment.ofArray(bytes), 1, 4);
    byte[] copy = new byte[6];
    value.copyTo(LENGTH - 4, MemorySegment.ofArray(copy), 2, 4);
    assertArrayEquals(new byte[] {0, 0, 2, 3, 4, 5}, copy);
  }

  @Test
  void shouldReachItsLastByteWhenAccessedAtTheEnd() {
    value.putLong(LENGTH - 8, 1);
    value.putInt(LENGTH - 4, 1);
    value.putShort(LENGTH - 2, (short) 1);
    value.putByte(LENGTH - 1, (byte) 9);
    assertEquals(9, value.getByte(LENGTH - 1));
    assertEquals(9, Memory.getByte(region.address() + 3 + LENGTH - 1));
    assertEquals(0, Memory.getByte(region.address() + 3 + LENGTH));
  }

  @Test
  void shouldRefuseWhenOutOfBounds() {
    MemorySegment other = MemorySegment.ofArray(new byte[100]);
    for (int index : new int[] {-1, LENGTH, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      refused(() -> value.getByte(index));
      refused(() -> value.putByte(index, (byte) 1));
      refused(() -> value.copyTo(index, other, 0, 1));
      refused(() -> value.copyFrom(index, other, 0, 1));
    }
    refused(() -> value.getShort(LENGTH - 1));
    refused(() -> value.putShort(LENGTH - 1, (short) 1));
    refused(() -> value.getInt(LENGTH - 3));
    refused(() -> value.putInt(LENGTH - 3, 1));
    refused(() -> value.getLong(LENGTH - 7));
    refused(() -> value.putLong(LENGTH - 7, 1));
    refused(() -> value.copyTo(0, other, 0, LENGTH + 1));
    refused(() -> value.copyTo(0, other, 0, -1));
    refused(() -> value.copyFrom(1, other, 0, LENGTH));
    refused(() -> value.copyFrom(0, other, BAD + 10, LENGTH));
    refused(() -> value.copyTo(0, other, BAD + 10, LENGTH));
  }

  @Test
  void shouldBeEmptyWhenCleared() {
    value.clear();
    assertEquals(0, value.length());
    assertArrayEquals(new byte[0], value.toByteArray());
    refused(() -> value.getByte(0));
    refused(() -> value.putLong(0, 1));
    value.copyFrom(0, MemorySegment.ofArray(new byte[1]), 0, 0);
  }

  private static void refused(Executable access) {
    assertThrows(IndexOutOfBoundsException.class, access);
  }
}
