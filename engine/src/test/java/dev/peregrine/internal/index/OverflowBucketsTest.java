package dev.peregrine.internal.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Threads;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OverflowBucketsTest {
  private static final int CAPACITY = 5;
  private NativeRegion region;
  private OverflowBuckets buckets;

  @BeforeEach
  void reserve() {
    region = NativeRegion.reserve(4096);
    long base = region.address();
    buckets = new OverflowBuckets(base + 256, CAPACITY, base, base + 128);
  }

  @AfterEach
  void free() {
    region.close();
  }

  @Test
  void shouldGiveEachBucketOnceAndThenNoneWhenExhausted() {
    Set<Long> addresses = new HashSet<>();
    for (int i = 1; i <= CAPACITY; i++) {
      long number = buckets.allocate();
      assertEquals(i, number);
      assertTrue(addresses.add(buckets.addressOf(number)));
      assertEquals(0, buckets.addressOf(number) % HashBucket.BYTES);
    }
    for (int i = 0; i < 10; i++) {
      assertEquals(0, buckets.allocate());
    }
    assertEquals(CAPACITY, buckets.used());
  }

  @Test
  void shouldGiveZeroedBucketsAgainWhenReturned() {
    long first = buckets.allocate();
    long second = buckets.allocate();
    buckets.free(first);
    buckets.free(second);
    Set<Long> again = Set.of(buckets.allocate(), buckets.allocate());
    assertEquals(Set.of(first, second), again);
    for (long number : again) {
      for (int i = 0; i < HashBucket.ENTRIES; i++) {
        long entry = HashBucket.entryAddress(buckets.addressOf(number), i);
        assertEquals(0, Memory.getLong(entry));
      }
    }
  }

  @Test
  void shouldNeverGiveOneBucketToTwoWhenManyTakeAndReturn() throws InterruptedException {
    AtomicIntegerArray holders = new AtomicIntegerArray(CAPACITY + 1);
    Threads.run(
        3,
        thread -> {
          for (int i = 0; i < 30_000; i++) {
            long one = buckets.allocate();
            long two = buckets.allocate();
            giveBack(holders, one);
            giveBack(holders, two);
          }
        });
    Set<Long> left = new HashSet<>();
    for (int i = 0; i < CAPACITY; i++) {
      assertTrue(left.add(buckets.allocate()));
    }
    assertEquals(0, buckets.allocate());
  }

  private void giveBack(AtomicIntegerArray holders, long number) {
    if (number != 0) {
      assertEquals(1, holders.incrementAndGet((int) number), "given to two");
      holders.decrementAndGet((int) number);
      buckets.free(number);
    }
  }
}
