package dev.peregrine.internal.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Sleepers;
import dev.peregrine.internal.pause.Sleepers.Sleeper;
import dev.peregrine.memory.Memory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A thread asleep in the middle of an insert, while others look for the tag or insert it. */
class IndexPauseTest {
  private final Sleepers sleepers = new Sleepers();

  @AfterEach
  void wakeAll() {
    sleepers.close();
  }

  /** A hash of bucket 0 whose tag is another one for each number. */
  private static long hash(long number) {
    return number * 7 << 50;
  }

  private static IndexCursor create(HashIndex index, long number) {
    IndexCursor cursor = new IndexCursor();
    index.findOrCreate(hash(number), cursor);
    return cursor;
  }

  private static void fill(HashIndex index, int count) {
    for (int i = 1; i <= count; i++) {
      assertTrue(index.casAddress(create(index, i), 64L * i));
    }
  }

  /** Entries of a tag in the chain of bucket 0. */
  private static int entries(HashIndex index, long number) {
    int count = 0;
    long bucket = index.tableBucket(0);
    while (bucket != 0) {
      for (int slot = 0; slot < HashBucket.ENTRIES; slot++) {
        long entry = Memory.getLongAcquire(HashBucket.entryAddress(bucket, slot));
        count += (entry & HashEntry.TAG_FIELD) == HashEntry.tagOf(hash(number)) ? 1 : 0;
      }
      long next = HashBucket.overflowAcquire(bucket);
      bucket = next == 0 ? 0 : index.overflowBucket(next);
    }
    return count;
  }

  @ParameterizedTest
  @EnumSource(names = {"ENTRY_TENTATIVE", "ENTRY_ALONE"})
  void shouldMakeOneEntryWhenOneOfTwoInsertersOfATagSleeps(PausePoint point) {
    try (HashIndex index = new HashIndex(1, 4)) {
      Sleeper first = sleepers.act(point, () -> create(index, 1)).awaitAsleep();
      assertEquals(0, index.find(hash(1)), "a tentative entry is none");
      Sleeper second = sleepers.act(null, () -> create(index, 1));
      // It meets the tentative one and takes its own back, again and again.
      sleepers.awaitMore(PausePoint.ENTRY_CONTESTED, 5);
      assertFalse(second.isDone());
      // Another tag is not held up.
      assertTrue(index.casAddress(create(index, 2), 128));
      assertEquals(128, index.find(hash(2)));
      first.wake();
      IndexCursor one = (IndexCursor) first.join();
      IndexCursor two = (IndexCursor) second.join();
      assertEquals(one.entryAddress, two.entryAddress);
      assertEquals(1, entries(index, 1));
      assertTrue(index.casAddress(one, 64));
      assertFalse(index.casAddress(two, 192), "only one of them has the entry as it is");
      assertEquals(64, index.find(hash(1)));
    }
  }

  @Test
  void shouldMakeOneEntryWhenBothInsertersSleepTentatively() {
    try (HashIndex index = new HashIndex(1, 4)) {
      Sleeper first = sleepers.act(PausePoint.ENTRY_TENTATIVE, () -> create(index, 1));
      Sleeper second = sleepers.act(PausePoint.ENTRY_TENTATIVE, () -> create(index, 1));
      first.awaitAsleep();
      second.awaitAsleep();
      assertEquals(2, entries(index, 1), "both are in, tentatively");
      first.wake();
      // The second has not looked yet, so the first can't stay.
      sleepers.awaitMore(PausePoint.ENTRY_CONTESTED, 3);
      assertFalse(first.isDone());
      second.wake();
      IndexCursor one = (IndexCursor) first.join();
      IndexCursor two = (IndexCursor) second.join();
      assertEquals(one.entryAddress, two.entryAddress);
      assertEquals(1, entries(index, 1));
    }
  }

  @Test
  void shouldMakeOneEntryWhenTheLoserSleepsBeforeItTakesItsEntryBack() {
    try (HashIndex index = new HashIndex(1, 4)) {
      Sleeper first = sleepers.act(PausePoint.ENTRY_TENTATIVE, () -> create(index, 1));
      first.awaitAsleep();
      Sleeper loser = sleepers.act(PausePoint.ENTRY_CONTESTED, () -> create(index, 1));
      loser.awaitAsleep();
      first.wake();
      sleepers.awaitMore(PausePoint.ENTRY_CONTESTED, 3);
      assertFalse(first.isDone(), "it sees the loser's entry, which is still there");
      loser.wake();
      assertEquals(
          ((IndexCursor) first.join()).entryAddress, ((IndexCursor) loser.join()).entryAddress);
      assertEquals(1, entries(index, 1));
    }
  }

  @Test
  void shouldLoseNoOverflowBucketWhenItsTakerSleepsAndAnotherLinksOne() {
    try (HashIndex index = new HashIndex(1, 2)) {
      fill(index, HashBucket.ENTRIES);
      Sleeper sleeper = sleepers.act(PausePoint.OVERFLOW_TAKEN, () -> create(index, 8));
      sleeper.awaitAsleep();
      assertEquals(1, index.overflowCount());
      assertTrue(index.casAddress(create(index, 9), 64 * 9));
      IndexCursor cursor = (IndexCursor) sleeper.wake().join();
      assertTrue(index.casAddress(cursor, 64 * 8));
      for (int i = 10; i <= 3 * HashBucket.ENTRIES; i++) {
        assertTrue(index.casAddress(create(index, i), 64L * i));
      }
      // Without the bucket that the sleeper gave back, some would have shared a wildcard.
      assertEquals(2, index.overflowCount());
      for (int i = 1; i <= 3 * HashBucket.ENTRIES; i++) {
        assertEquals(64L * i, index.find(hash(i)));
        assertEquals(1, entries(index, i));
      }
    }
  }

  @Test
  void shouldFindEveryChainWhenTheMakerOfTheWildcardSleepsBeforeIt() {
    try (HashIndex index = new HashIndex(1, 0)) {
      fill(index, HashBucket.ENTRIES);
      Sleeper sleeper = sleepers.act(PausePoint.WILDCARD_TOLD, () -> create(index, 8));
      sleeper.awaitAsleep();
      for (int i = 1; i <= HashBucket.ENTRIES; i++) {
        assertEquals(64L * i, index.find(hash(i)));
      }
      assertEquals(0, index.find(hash(8)));
      // Somebody else makes it, and puts a record of the new tag in its chain.
      IndexCursor other = create(index, 9);
      assertTrue(index.casAddress(other, 64 * 9));
      IndexCursor late = (IndexCursor) sleeper.wake().join();
      assertEquals(other.entryAddress, late.entryAddress, "there is one wildcard");
      assertEquals(64 * 9, late.address(), "whoever is late sees the chain as it is");
      assertEquals(64 * 9, index.find(hash(8)));
    }
  }

  /** The last free entry is tentative when the bucket is found full: it may yet be taken back. */
  @Test
  void shouldMakeNoWildcardOfATentativeEntryWhenItsInserterSleeps() {
    try (HashIndex index = new HashIndex(1, 0)) {
      fill(index, HashBucket.ENTRIES - 1);
      Sleeper sleeper =
          sleepers.act(PausePoint.ENTRY_TENTATIVE, () -> create(index, 7)).awaitAsleep();
      Sleeper other = sleepers.act(null, () -> create(index, 8));
      sleepers.awaitMore(PausePoint.OVERFLOW_TAKEN, 3);
      assertFalse(other.isDone());
      IndexCursor seventh = (IndexCursor) sleeper.wake().join();
      IndexCursor eighth = (IndexCursor) other.join();
      assertEquals(seventh.entryAddress, eighth.entryAddress, "they share the wildcard");
      assertFalse(index.casAddress(seventh, 64 * 7), "the entry has become the wildcard");
      assertTrue(index.casAddress(eighth, 64 * 8));
      assertEquals(64 * 8, index.find(hash(7)));
    }
  }
}
