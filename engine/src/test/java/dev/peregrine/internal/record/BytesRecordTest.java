package dev.peregrine.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Seeds;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BytesRecordTest {
  private static final int LAST_SEQUENCE = 8191;
  private NativeRegion region;
  private long record;

  @BeforeEach
  void reserve() {
    region = NativeRegion.reserve(4096);
    record = region.address();
  }

  @AfterEach
  void free() {
    region.close();
  }

  private void put(long layout) {
    Memory.putLong(BytesRecord.layoutAddress(record), layout);
  }

  private long get() {
    return BytesRecord.layoutAcquire(record);
  }

  @Test
  void shouldHoldTheGreatestLengthsWhenLaidOut() {
    assertEquals(65_535, BytesRecord.MAX_KEY_BYTES);
    assertEquals((64 << 20) - 1, BytesRecord.MAX_VALUE_BYTES);
    assertEquals(16, BytesRecord.KEY_OFFSET);
    assertEquals(16 + 65_536 + (64L << 20), size(65_535, (64 << 20) - 1));
    long layout = BytesRecord.layout(BytesRecord.MAX_KEY_BYTES, BytesRecord.MAX_VALUE_BYTES);
    assertEquals(BytesRecord.MAX_KEY_BYTES, BytesRecord.keyBytes(layout));
    assertEquals(BytesRecord.MAX_VALUE_BYTES, BytesRecord.valueBytes(layout));
    assertEquals(size(65_535, (64 << 20) - 1), BytesRecord.allocatedBytes(layout));
    assertFalse(BytesRecord.isWriting(layout));
  }

  @Test
  void shouldDeriveSizeAndPlacesWhenAnyLengthsAreLaidOut() {
    Seeds.run(
        1,
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          for (int i = 0; i < 10_000; i++) {
            int key = random.nextInt(random.nextBoolean() ? 20 : BytesRecord.MAX_KEY_BYTES + 1);
            int value = random.nextInt(random.nextBoolean() ? 20 : BytesRecord.MAX_VALUE_BYTES);
            int filler = random.nextInt(256);
            long allocated = size(key, value) + 8L * filler;
            long layout = BytesRecord.layout(key, value, allocated);
            assertEquals(key, BytesRecord.keyBytes(layout));
            assertEquals(value, BytesRecord.valueBytes(layout));
            assertEquals(allocated, BytesRecord.allocatedBytes(layout));
            assertEquals(0, allocated % 8);
            assertEquals(16 + (key + 7) / 8 * 8, BytesRecord.valueOffset(layout));
            assertEquals(
                record + BytesRecord.valueOffset(layout), BytesRecord.valueAddress(record, layout));
            assertTrue(BytesRecord.valueOffset(layout) + value <= allocated);
          }
        });
  }

  @Test
  void shouldTakeOnlyHeadersWhenKeyAndValueAreEmpty() {
    assertEquals(16, size(0, 0));
    assertEquals(24, size(1, 0));
    assertEquals(24, size(0, 1));
    assertEquals(32, size(8, 8));
    assertEquals(40, size(8, 9));
  }

  @Test
  void shouldFitWhenTheFillerCanSayWhatIsLeft() {
    assertTrue(BytesRecord.fits(64, 64));
    assertTrue(BytesRecord.fits(64, 16));
    assertFalse(BytesRecord.fits(64, 72));
    assertTrue(BytesRecord.fits(16 + 255 * 8, 16));
    assertFalse(BytesRecord.fits(16 + 256 * 8, 16));
  }

  @Test
  void shouldKeepItsSizeWhenTheValueShrinksAndGrowsInPlace() {
    long layout = BytesRecord.layout(8, 100);
    long allocated = BytesRecord.allocatedBytes(layout);
    put(layout);
    int[] lengths = {0, 1, 7, 8, 9, 99, 100, 104, 3, 104};
    for (int length : lengths) {
      long before = get();
      assertTrue(BytesRecord.canChange(before, length), "to " + length);
      assertTrue(BytesRecord.tryLock(record, before));
      assertTrue(BytesRecord.isWriting(get()));
      assertFalse(BytesRecord.isUnchanged(record, before));
      BytesRecord.unlockChangedRelease(record, before, length);
      long after = get();
      assertFalse(BytesRecord.isWriting(after));
      assertEquals(length, BytesRecord.valueBytes(after));
      assertEquals(8, BytesRecord.keyBytes(after));
      assertEquals(allocated, BytesRecord.allocatedBytes(after));
      assertFalse(BytesRecord.isUnchanged(record, before));
      assertTrue(BytesRecord.isUnchanged(record, after));
    }
    assertFalse(BytesRecord.canChange(get(), 105));
  }

  @Test
  void shouldRefuseTheSecondWriterWhenTheBitIsSet() {
    long layout = BytesRecord.layout(3, 5);
    put(layout);
    assertTrue(BytesRecord.tryLock(record, layout));
    assertFalse(BytesRecord.tryLock(record, layout));
    BytesRecord.unlockRelease(record, layout);
    assertEquals(layout, get());
    assertTrue(BytesRecord.tryLock(record, layout));
  }

  @Test
  void shouldRefuseChangesWhenTheSequenceIsExhausted() {
    put(BytesRecord.layout(8, 16));
    for (int change = 0; change < LAST_SEQUENCE; change++) {
      long before = get();
      assertTrue(BytesRecord.canChange(before, 16), "change " + change);
      assertTrue(BytesRecord.tryLock(record, before));
      BytesRecord.unlockChangedRelease(record, before, 16);
    }
    assertFalse(BytesRecord.canChange(get(), 16));
    assertFalse(BytesRecord.canChange(get(), 0));
    assertEquals(16, BytesRecord.valueBytes(get()));
    assertFalse(BytesRecord.isWriting(get()));
    assertEquals(size(8, 16), BytesRecord.allocatedBytes(get()));
  }

  private static long size(int keyBytes, int valueBytes) {
    return BytesRecord.sizeBytes(keyBytes, valueBytes);
  }
}
