package dev.peregrine.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import org.junit.jupiter.api.Test;

class RecordHeaderTest {
  private static final long[] ADDRESSES = {0, 64, 4096, 1L << 40, LogAddress.MASK};

  @Test
  void shouldTakeEightBytesWhenLaidOut() {
    assertEquals(8, RecordHeader.BYTES);
  }

  @Test
  void shouldGiveBackItsPartsWhenLive() {
    for (long address : ADDRESSES) {
      for (long version = 0; version < 16; version++) {
        long header = RecordHeader.live(address, version);
        assertTrue(RecordHeader.isPresent(header));
        assertTrue(RecordHeader.isValid(header));
        assertFalse(RecordHeader.isTombstone(header));
        assertFalse(RecordHeader.isSealed(header));
        assertEquals(address, RecordHeader.previousAddress(header));
        assertEquals(version, RecordHeader.version(header));
      }
    }
  }

  @Test
  void shouldGiveBackItsPartsWhenTombstone() {
    for (long address : ADDRESSES) {
      long header = RecordHeader.tombstone(address, 9);
      assertTrue(RecordHeader.isPresent(header));
      assertTrue(RecordHeader.isValid(header));
      assertTrue(RecordHeader.isTombstone(header));
      assertFalse(RecordHeader.isSealed(header));
      assertEquals(address, RecordHeader.previousAddress(header));
      assertEquals(9, RecordHeader.version(header));
    }
  }

  @Test
  void shouldBePresentAndNotValidWhenInvalid() {
    long header = RecordHeader.invalid();
    assertNotEquals(0, header);
    assertTrue(RecordHeader.isPresent(header));
    assertFalse(RecordHeader.isValid(header));
  }

  @Test
  void shouldNotBePresentWhenZero() {
    assertFalse(RecordHeader.isPresent(0));
    assertFalse(RecordHeader.isValid(0));
  }

  @Test
  void shouldKeepTheVersionModulo16WhenItIsGreater() {
    long header = RecordHeader.live(LogAddress.MASK, 0xFFFF_FFF3L);
    assertEquals(3, RecordHeader.version(header));
    assertFalse(RecordHeader.isSealed(header));
    assertEquals(LogAddress.MASK, RecordHeader.previousAddress(header));
  }

  @Test
  void shouldChangeOneBitWhenDeletedOrSealedInPlace() {
    try (NativeRegion region = NativeRegion.reserve(64)) {
      long record = region.address();
      long live = RecordHeader.live(4096, 5);
      Memory.putLong(record, live);
      assertEquals(live, RecordHeader.setTombstone(record));
      assertEquals(RecordHeader.tombstone(4096, 5), Memory.getLong(record));
      assertTrue(RecordHeader.isTombstone(RecordHeader.setTombstone(record)));
      RecordHeader.setSealed(record);
      long header = Memory.getLong(record);
      assertTrue(RecordHeader.isSealed(header));
      assertEquals(1, Long.bitCount(header ^ RecordHeader.tombstone(4096, 5)));
    }
  }
}
