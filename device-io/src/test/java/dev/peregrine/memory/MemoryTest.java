package dev.peregrine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MemoryTest {
  private static final long WORD = 0x0123456789ABCDEFL;

  private NativeRegion region;
  private long at;

  @BeforeEach
  void reserve() {
    region = NativeRegion.reserve(4096);
    at = region.address() + 64;
  }

  @AfterEach
  void free() {
    region.close();
  }

  @Test
  void shouldSeeTheLongWhenStoredInAnyMode() {
    Memory.putLong(at, WORD);
    assertEquals(WORD, Memory.getLongOpaque(at));
    Memory.putLongOpaque(at, WORD + 1);
    assertEquals(WORD + 1, Memory.getLongAcquire(at));
    Memory.putLongRelease(at, WORD + 2);
    assertEquals(WORD + 2, Memory.getLongVolatile(at));
    Memory.putLongVolatile(at, WORD + 3);
    assertEquals(WORD + 3, Memory.getLong(at));
    assertEquals(0, Memory.getLong(at + 8));
    assertEquals(0, Memory.getLong(at - 8));
  }

  @Test
  void shouldChangeTheLongWhenReadModifyWritten() {
    Memory.putLong(at, 5);
    assertFalse(Memory.casLong(at, 4, 9));
    assertEquals(5, Memory.getLong(at));
    assertTrue(Memory.casLong(at, 5, 9));
    assertEquals(9, Memory.getAndAddLong(at, -2));
    assertEquals(7, Memory.getAndOrLong(at, 8));
    assertEquals(15, Memory.getLong(at));
  }

  @Test
  void shouldSeeTheIntWhenStoredInAnyMode() {
    Memory.putInt(at, -2);
    assertEquals(-2, Memory.getIntAcquire(at));
    Memory.putIntRelease(at + 4, 3);
    assertEquals(3, Memory.getInt(at + 4));
    assertEquals(-2, Memory.getInt(at));
  }

  @Test
  void shouldTakeAnyAlignmentWhenUnaligned() {
    Memory.putIntUnaligned(at + 11, 77);
    assertEquals(77, Memory.getIntUnaligned(at + 11));
    Memory.putShort(at + 17, (short) -5);
    assertEquals(-5, Memory.getShort(at + 17));
    Memory.putByte(at + 19, (byte) 200);
    assertEquals((byte) 200, Memory.getByte(at + 19));
  }

  @Test
  void shouldMoveBytesWhenCopied() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(32);
      for (int i = 0; i < 32; i++) {
        segment.set(ValueLayout.JAVA_BYTE, i, (byte) i);
      }
      Memory.copyIn(segment, 3, at, 20);
      assertTrue(Memory.contentEquals(at, segment, 3, 20));
      assertFalse(Memory.contentEquals(at, segment, 4, 20));
      Memory.copy(at, at + 5, 20);
      assertTrue(Memory.contentEquals(at + 5, segment, 3, 20));
      Memory.copyOut(at + 5, segment, 0, 20);
      assertTrue(Memory.contentEquals(at + 5, segment, 0, 20));
      Memory.copy(at + 5, at + 100, 20);
      assertTrue(Memory.contentEquals(at + 5, at + 100, 20));
      Memory.zero(at, 200);
      assertFalse(Memory.contentEquals(at, segment, 0, 20));
    }
  }
}
