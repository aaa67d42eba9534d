package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KeysTest {
  @Test
  void shouldGiveBackTheIndexOfEveryKey() {
    LongStream.concat(
            LongStream.range(0, 100_000), LongStream.of(-1, Long.MIN_VALUE, Long.MAX_VALUE))
        .forEach(index -> assertEquals(index, Keys.indexOf(Keys.of(index))));
  }

  @Test
  void shouldScatterNeighbours() {
    for (long i = 1; i < 10_000; i++) {
      int different = Long.bitCount(Keys.of(i) ^ Keys.of(i + 1));
      assertTrue(different > 8 && different < 56, different + " bits between " + i + " and next");
    }
  }
}
