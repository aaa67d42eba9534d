package dev.peregrine.bench.logbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.peregrine.bench.CheckFailedException;
import org.junit.jupiter.api.Test;

/** A log that lost, doubled or changed an entry is found out. */
class EntryPatternTest {
  private static final int BYTES = 32;

  private final EntryPattern.Check check = new EntryPattern.Check(BYTES, 2, true);

  private static long[] entry(int producer, long number) {
    long first = EntryPattern.first(producer, number);
    return new long[] {
      first,
      EntryPattern.middle(producer, 8),
      EntryPattern.middle(producer, 16),
      EntryPattern.last(first)
    };
  }

  private void accept(long... entry) {
    check.accept(offset -> entry[offset / Long.BYTES], (long) entry.length * Long.BYTES);
  }

  private void refuse(long... entry) {
    assertThrows(CheckFailedException.class, () -> accept(entry));
  }

  @Test
  void shouldAcceptEntriesInTheOrderOfEachProducer() {
    accept(entry(1, 0));
    accept(entry(0, 0));
    accept(entry(1, 1));
    check.requireCounts(new long[] {1, 2});
    assertEquals(3, check.count());
  }

  @Test
  void shouldRefuseWhenAnEntryIsMissingOrTwice() {
    accept(entry(0, 0));
    refuse(entry(0, 0));
    refuse(entry(0, 2));
    refuse(entry(2, 0));
  }

  @Test
  void shouldRefuseWhenAWordIsAnother() {
    for (int word = 0; word < BYTES / Long.BYTES; word++) {
      long[] changed = entry(0, 0);
      changed[word] ^= 1L << 40;
      refuse(changed);
    }
    refuse(1, 2);
  }

  @Test
  void shouldRefuseWhenTheLastEntriesAreMissing() {
    accept(entry(0, 0));
    assertThrows(CheckFailedException.class, () -> check.requireCounts(new long[] {2, 0}));
  }
}
