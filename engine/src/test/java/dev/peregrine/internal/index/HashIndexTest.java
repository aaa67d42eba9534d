package dev.peregrine.internal.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Seeds;
import dev.peregrine.Threads;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

class HashIndexTest {
  private static final int TAGS = 1000;
  private final IndexCursor cursor = new IndexCursor();

  /** A hash of bucket 0 whose tag is another one for each number. */
  private static long hash(long number) {
    return number * 7 << 50;
  }

  private void set(HashIndex index, long hash, long address) {
    do {
      index.findOrCreate(hash, cursor);
    } while (!index.casAddress(cursor, address));
  }

  @Test
  void shouldTakeWhatItPlannedWhenMade() {
    assertEquals(64, HashIndex.bucketBytes());
    assertEquals((16 + 4) * 64 + 256, HashIndex.bytesFor(16, 4));
    try (HashIndex index = new HashIndex(64, 64)) {
      assertTrue(index.bytes() >= HashIndex.bytesFor(64, 64));
      assertTrue(index.bytes() < HashIndex.bytesFor(64, 64) + 4096);
      assertEquals(0, index.overflowCount());
    }
    assertThrows(IllegalArgumentException.class, () -> new HashIndex(3, 1));
  }

  @Test
  void shouldFindNothingWhenEmpty() {
    try (HashIndex index = new HashIndex(4, 1)) {
      for (long i = 0; i < TAGS; i++) {
        assertEquals(0, index.find(i * 0x9E3779B97F4A7C15L));
      }
      assertEquals(0, index.overflowCount());
    }
  }

  @Test
  void shouldFindTheHeadWhenTheEntryWasSwung() {
    try (HashIndex index = new HashIndex(4, 1)) {
      index.findOrCreate(hash(1), cursor);
      assertEquals(0, cursor.address());
      assertEquals(0, index.find(hash(1)));
      assertTrue(index.casAddress(cursor, 64));
      assertFalse(index.casAddress(cursor, 128), "the entry has changed");
      assertEquals(64, index.find(hash(1)));
      index.findOrCreate(hash(1), cursor);
      assertEquals(64, cursor.address());
      assertTrue(index.casAddress(cursor, 128));
      assertEquals(128, index.find(hash(1)));
      assertEquals(0, index.find(hash(2)));
      assertEquals(0, index.find(hash(1) | 1), "another bucket");
    }
  }

  @Test
  void shouldFindEveryTagWhenBucketsOverflow() {
    try (HashIndex index = new HashIndex(2, TAGS)) {
      for (int i = 0; i < TAGS; i++) {
        set(index, hash(i), 64 + 8L * i);
      }
      for (int i = 0; i < TAGS; i++) {
        assertEquals(64 + 8L * i, index.find(hash(i)));
      }
      assertEquals((TAGS - 1) / HashBucket.ENTRIES, index.overflowCount());
    }
  }

  /** The head found for a tag must be the last one set for it or for another one of its chain. */
  @Test
  void shouldFindEveryTagInSomeChainWhenThePoolIsExhausted() {
    for (int pool = 1; pool < 4; pool++) {
      try (HashIndex index = new HashIndex(1, pool)) {
        // What hangs on what: each record remembers the head that it replaced.
        Map<Long, Long> previous = new HashMap<>();
        for (int i = 0; i < TAGS; i++) {
          long address = 64 + 8L * i;
          index.findOrCreate(hash(i), cursor);
          previous.put(address, cursor.address());
          assertTrue(index.casAddress(cursor, address));
        }
        assertEquals(pool, index.overflowCount());
        for (int i = 0; i < TAGS; i++) {
          Set<Long> chain = new HashSet<>();
          for (long at = index.find(hash(i)); at != 0; at = previous.get(at)) {
            assertTrue(chain.add(at));
          }
          assertTrue(chain.contains(64 + 8L * i), "tag " + i + " is lost, pool " + pool);
        }
      }
    }
  }

  @Test
  void shouldKeepOneEntryATagWhenManyInsert() throws InterruptedException {
    for (int round = 0; round < 60; round++) {
      int tags = 40;
      try (HashIndex index = new HashIndex(1, round % 2 == 0 ? 1 : 40)) {
        AtomicLong nextAddress = new AtomicLong(64);
        AtomicLongArray previous = new AtomicLongArray(tags * 4);
        AtomicLongArray firstOf = new AtomicLongArray(tags);
        Seeds.run(
            1,
            seed ->
                Threads.run(
                    3,
                    thread -> {
                      IndexCursor own = new IndexCursor();
                      SplittableRandom random = new SplittableRandom(seed + thread);
                      int from = random.nextInt(tags);
                      for (int i = 0; i < tags; i++) {
                        int tag = (from + i) % tags;
                        long address = nextAddress.getAndAdd(8);
                        do {
                          index.findOrCreate(hash(tag), own);
                          previous.set((int) (address - 64) / 8, own.address());
                        } while (!index.casAddress(own, address));
                        firstOf.set(tag, address);
                        assertTrue(index.find(hash(tag)) >= 64);
                      }
                    }));
        for (int tag = 0; tag < tags; tag++) {
          long wanted = firstOf.get(tag);
          long at = index.find(hash(tag));
          while (at != 0 && at != wanted) {
            at = previous.get((int) (at - 64) / 8);
          }
          assertEquals(wanted, at, "a record of tag " + tag + " is lost");
        }
      }
    }
  }
}
