package dev.peregrine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ChecksumTest {
  private static final int BYTES = 8192;

  /** The check value of CRC-32C in the catalogues: of the digits 1 to 9. */
  private static final int CHECK = 0xE3069283;

  @Test
  void shouldGiveTheCheckValueWhenGivenTheNineDigits() {
    try (NativeRegion region = NativeRegion.reserve(BYTES)) {
      byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
      for (int at : new int[] {0, 1, 4090, BYTES - digits.length}) {
        for (int i = 0; i < digits.length; i++) {
          Memory.putByte(region.address() + at + i, digits[i]);
        }
        Checksum checksum = new Checksum(region.address(), BYTES);
        assertEquals(CHECK, checksum.of(region.address() + at, digits.length));
        assertEquals(CHECK, checksum.of(region.address() + at, digits.length), "not reset");
      }
    }
  }

  @Test
  void shouldSeeTheLatestBytesWhenTheyChange() {
    try (NativeRegion region = NativeRegion.reserve(BYTES)) {
      Checksum checksum = new Checksum(region.address(), BYTES);
      int zeros = checksum.of(region.address(), BYTES);
      for (int at = 0; at < BYTES; at += 511) {
        Memory.putByte(region.address() + at, (byte) 1);
        assertNotEquals(zeros, checksum.of(region.address(), BYTES));
        Memory.putByte(region.address() + at, (byte) 0);
        assertEquals(zeros, checksum.of(region.address(), BYTES));
      }
    }
  }

  /** The range is reserved, but only what is touched takes memory. */
  @Test
  void shouldGoOnWhenAPartCrossesTheEdgeOfAView() {
    long edge = 1L << 30;
    try (NativeRegion region = NativeRegion.reserve(edge + BYTES)) {
      Checksum checksum = new Checksum(region.address(), edge + BYTES);
      CRC32C expected = new CRC32C();
      for (int i = 0; i < BYTES; i++) {
        Memory.putByte(region.address() + edge - BYTES / 2 + i, (byte) (i * 7));
        expected.update(i * 7);
      }
      long part = region.address() + edge - BYTES / 2;
      assertEquals((int) expected.getValue(), checksum.of(part, BYTES));
    }
  }

  @Test
  void shouldRefuseWhenThePartIsOutsideOfTheRange() {
    try (NativeRegion region = NativeRegion.reserve(BYTES)) {
      Checksum checksum = new Checksum(region.address(), BYTES / 2);
      assertThrows(
          IndexOutOfBoundsException.class, () -> checksum.of(region.address(), BYTES / 2 + 1));
      assertThrows(
          IndexOutOfBoundsException.class, () -> checksum.of(region.address() + BYTES / 2, 1));
      assertThrows(RuntimeException.class, () -> checksum.of(region.address() - 1, 1));
    }
  }
}
