package dev.peregrine.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LongRecordTest {
  @Test
  void shouldTakeThreeWordsWhenLaidOut() {
    assertEquals(24, LongRecord.BYTES);
    assertEquals(RecordHeader.BYTES, LongRecord.keyAddress(0));
    assertEquals(LongRecord.keyAddress(0) + Long.BYTES, LongRecord.valueAddress(0));
    assertEquals(LongRecord.BYTES, LongRecord.valueAddress(0) + Long.BYTES);
  }

  @Test
  void shouldBeRelativeToTheRecordWhenItLiesElsewhere() {
    assertEquals(1008, LongRecord.keyAddress(1000));
    assertEquals(1016, LongRecord.valueAddress(1000));
  }
}
