package dev.peregrine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class NativeRegionTest {
  @Test
  void shouldBeAlignedAndZeroedWhenReserved() {
    for (long bytes : new long[] {1, 4096, 4097, (2L << 20) - 1, 5L << 20}) {
      try (NativeRegion region = NativeRegion.reserve(bytes)) {
        long alignment = bytes < NativeRegion.HUGE_PAGE_BYTES ? 4096 : NativeRegion.HUGE_PAGE_BYTES;
        assertTrue(Alignment.isAligned(region.address(), alignment));
        assertEquals(Alignment.up(bytes, 4096), region.bytes());
        for (long i = 0; i < region.bytes(); i += Long.BYTES) {
          assertEquals(0, Memory.getLong(region.address() + i));
        }
      }
    }
  }

  @Test
  void shouldRefuseWhenTheLengthIsNotPositive() {
    assertThrows(IllegalArgumentException.class, () -> NativeRegion.reserve(0));
    assertThrows(IllegalArgumentException.class, () -> NativeRegion.reserve(-1));
  }

  @Test
  void shouldSayHowMuchWhenTheSystemRefuses() {
    OutOfMemoryError e = assertThrows(OutOfMemoryError.class, () -> NativeRegion.reserve(1L << 60));
    assertTrue(e.getMessage().contains("bytes of native memory"), e.getMessage());
  }

  @Test
  void shouldReadZerosWhenDiscarded() {
    try (NativeRegion region = NativeRegion.reserve(4 * 4096)) {
      for (int page = 0; page < 4; page++) {
        Memory.putLong(region.address() + page * 4096L, 7);
      }
      region.discard(4096, 2 * 4096);
      assertEquals(7, Memory.getLong(region.address()));
      assertEquals(0, Memory.getLong(region.address() + 4096));
      assertEquals(0, Memory.getLong(region.address() + 2 * 4096));
      assertEquals(7, Memory.getLong(region.address() + 3 * 4096));
      assertThrows(IndexOutOfBoundsException.class, () -> region.discard(4096, 4 * 4096));
    }
  }

  @Test
  void shouldDetectUseWhenClosedOrOutside() {
    assertTrue(Checks.ENABLED, "tests run with -Dperegrine.checks=true");
    NativeRegion region = NativeRegion.reserve(4096);
    long address = region.address();
    assertThrows(IndexOutOfBoundsException.class, () -> Memory.getLong(address + 4096));
    assertThrows(IndexOutOfBoundsException.class, () -> Memory.getLong(address - 8));
    assertThrows(IndexOutOfBoundsException.class, () -> Memory.zero(address + 8, 4096));
    region.close();
    region.close();
    assertThrows(IndexOutOfBoundsException.class, () -> Memory.getLong(address));
    assertThrows(IndexOutOfBoundsException.class, () -> Memory.putLong(address, 1));
  }

  @Test
  void shouldCountLiveBytesWhenReservedAndClosed() {
    long before = NativeRegion.liveBytes();
    NativeRegion region = NativeRegion.reserve(10_000);
    assertEquals(before + 12_288, NativeRegion.liveBytes());
    region.close();
    assertEquals(before, NativeRegion.liveBytes());
    assertThrows(IllegalArgumentException.class, () -> NativeRegion.unregister(12345));
  }
}
