package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuePatternTest {
  private static final long KEY = 0x1234_5678_9abc_def0L;
  private static final long VERSION = Version.modified(Version.of(3, 99));

  @ParameterizedTest
  @ValueSource(ints = {24, 25, 31, 32, 100, 1024})
  void shouldNoticeAnyFlippedBit(int length) {
    byte[] bytes = new byte[length];
    MemorySegment value = MemorySegment.ofArray(bytes);
    ValuePattern.fill(value, KEY, VERSION);
    assertTrue(ValuePattern.isWhole(value, KEY));
    for (int bit = 0; bit < length * Byte.SIZE; bit++) {
      bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      assertFalse(ValuePattern.isWhole(value, KEY), "bit " + bit);
      assertFalse(ValuePattern.isWhole(new ArrayValue(bytes), length, KEY), "bit " + bit);
      bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    }
    assertTrue(ValuePattern.isWhole(value, KEY));
  }

  @Test
  void shouldNoticeEveryTornValue() {
    byte[] before = new byte[100];
    byte[] after = new byte[100];
    ValuePattern.fill(MemorySegment.ofArray(before), KEY, VERSION);
    ValuePattern.fill(MemorySegment.ofArray(after), KEY, Version.modified(VERSION));
    int firstDifference = Arrays.mismatch(before, after);
    for (int cut = firstDifference + 1; cut < after.length; cut++) {
      byte[] torn = before.clone();
      System.arraycopy(after, 0, torn, 0, cut);
      assertFalse(ValuePattern.isWhole(MemorySegment.ofArray(torn), KEY), "cut at " + cut);
    }
  }

  @Test
  void shouldNoticeAnotherKeyAndAnotherLength() {
    byte[] bytes = new byte[100];
    MemorySegment value = MemorySegment.ofArray(bytes);
    ValuePattern.fill(value, KEY, VERSION);
    assertFalse(ValuePattern.isWhole(value, KEY + 1));
    assertFalse(ValuePattern.isWhole(new ArrayValue(bytes), 99, KEY));
    assertFalse(ValuePattern.isWhole(MemorySegment.ofArray(new byte[100]), 0));
  }

  @Test
  void shouldWriteTheSameToSegmentAndBuffer() {
    byte[] first = new byte[101];
    byte[] second = new byte[101];
    ValuePattern.fill(MemorySegment.ofArray(first), KEY, VERSION);
    ValuePattern.fill(new ArrayValue(second), KEY, VERSION);
    assertArrayEquals(first, second);
    assertEquals(VERSION, ValuePattern.version(MemorySegment.ofArray(first)));
  }

  @Test
  void shouldCountModificationsOfWhatWasWritten() {
    long version = Version.of(5, 77);
    assertEquals(0, Version.modifications(version));
    long later = Version.modified(Version.modified(version));
    assertEquals(2, Version.modifications(later));
    assertEquals(version, Version.written(later));
    assertEquals(5, Version.writer(later));
    assertEquals(Version.REBORN, Version.writer(Version.of(Version.REBORN, 0)));
  }

  @Test
  void shouldNameTheKeyWhenAValueIsWrong() {
    byte[] bytes = new byte[100];
    ValuePattern.fill(MemorySegment.ofArray(bytes), Keys.of(17), VERSION);
    StampCheck check = new StampCheck(bytes.length);
    check.read(new ArrayValue(bytes), Keys.of(17));
    assertEquals(1, check.verified());
    bytes[50]++;
    CheckFailedException failed =
        assertThrows(
            CheckFailedException.class, () -> check.read(new ArrayValue(bytes), Keys.of(17)));
    assertTrue(failed.getMessage().contains("(record 17)"), failed.getMessage());
    assertEquals(1, check.verified());
  }

  @Test
  void shouldRefuseToModifyAWrongValue() {
    byte[] bytes = new byte[100];
    ValuePattern.fill(MemorySegment.ofArray(bytes), KEY, VERSION);
    StampUpdate update = new StampUpdate(bytes.length);
    update.update(new ArrayValue(bytes), KEY);
    MemorySegment value = MemorySegment.ofArray(bytes);
    assertTrue(ValuePattern.isWhole(value, KEY));
    assertEquals(Version.modified(VERSION), ValuePattern.version(value));
    value.set(ValueLayout.JAVA_BYTE, 99, (byte) ~bytes[99]);
    assertThrows(CheckFailedException.class, () -> update.update(new ArrayValue(bytes), KEY));
  }

  @Test
  void shouldCallAKeyLostWhenAnUpdateFoundNoValue() {
    byte[] bytes = new byte[100];
    StampUpdate update = new StampUpdate(bytes.length);
    assertEquals(100, update.initialLength(KEY));
    update.initialize(new ArrayValue(bytes), KEY);
    CheckFailedException failed =
        assertThrows(
            CheckFailedException.class, () -> new StampCheck(100).read(new ArrayValue(bytes), KEY));
    assertTrue(failed.getMessage().startsWith("lost value"), failed.getMessage());
  }
}
