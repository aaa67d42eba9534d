package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import site.ycsb.Utils;
import site.ycsb.generator.ScrambledZipfianGenerator;

class KeySequenceTest {
  private static final int RECORDS = 100_000;

  @ParameterizedTest
  @EnumSource
  void shouldStayInsideWhenDrawn(Distribution distribution) {
    for (long records : new long[] {1, 1000, RECORDS}) {
      long[] indices = KeySequence.draw(distribution, records, 1).indices();
      assertEquals(1, Integer.bitCount(indices.length));
      assertTrue(Arrays.stream(indices).allMatch(index -> index >= 0 && index < records));
    }
  }

  @Test
  void shouldRepeatWhenUniformAndTheSeedIsTheSame() {
    long[] first = KeySequence.draw(Distribution.UNIFORM, RECORDS, 7).indices();
    assertArrayEquals(first, KeySequence.draw(Distribution.UNIFORM, RECORDS, 7).indices());
    assertFalse(Arrays.equals(first, KeySequence.draw(Distribution.UNIFORM, RECORDS, 8).indices()));
  }

  @Test
  void shouldAskForEachRecordAlikeWhenUniform() {
    int[] counts = counts(KeySequence.draw(Distribution.UNIFORM, 64, 3).indices(), 64);
    double expected = Arrays.stream(counts).sum() / 64.0;
    for (int count : counts) {
      assertEquals(expected, count, 6 * Math.sqrt(expected));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 9})
  void shouldAskForTheHottestRecordsAsOftenAsZipfSaysWhenZipf(int rank) {
    long[] indices = KeySequence.draw(Distribution.ZIPF, RECORDS, 0).indices();
    long hot = Utils.fnvhash64(rank) % RECORDS;
    double share = (double) Arrays.stream(indices).filter(i -> i == hot).count() / indices.length;
    double expected =
        1
            / Math.pow(rank + 1, ScrambledZipfianGenerator.USED_ZIPFIAN_CONSTANT)
            / ScrambledZipfianGenerator.ZETAN;
    assertEquals(expected, share, expected / 3);
  }

  @Test
  void shouldAskForMostRecordsRarelyWhenZipf() {
    int[] counts = counts(KeySequence.draw(Distribution.ZIPF, RECORDS, 0).indices(), RECORDS);
    Arrays.sort(counts);
    long all = Arrays.stream(counts).sum();
    long hottestTenth = Arrays.stream(counts, RECORDS - RECORDS / 10, RECORDS).sum();
    assertTrue(hottestTenth > all * 2 / 5, hottestTenth + " of " + all);
  }

  @Test
  void shouldMapIndicesToKeys() {
    KeySequence sequence = KeySequence.draw(Distribution.UNIFORM, RECORDS, 5);
    long[] indices = sequence.indices();
    long[] keys = sequence.keys();
    for (int i = 0; i < indices.length; i++) {
      assertEquals(Keys.of(indices[i]), keys[i]);
    }
  }

  @Test
  void shouldRepeatChoicesWhenTheSeedIsTheSame() {
    Choices first = new Choices(1);
    Choices second = new Choices(1);
    int reads = 0;
    for (int i = 0; i < 100_000; i++) {
      long choice = first.next();
      assertEquals(choice, second.next());
      reads += Workload.isRead(choice, Workload.B.readBound()) ? 1 : 0;
    }
    assertEquals(95_000, reads, 500);
  }

  private static int[] counts(long[] indices, int records) {
    int[] counts = new int[records];
    for (long index : indices) {
      counts[(int) index]++;
    }
    return counts;
  }
}
