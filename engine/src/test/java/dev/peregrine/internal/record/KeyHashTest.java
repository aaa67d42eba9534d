package dev.peregrine.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class KeyHashTest {
  private static final int BUCKETS = 1024;
  private static final int KEYS = 100 * BUCKETS;

  private static long hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    long ofHeap = KeyHash.ofBytes(MemorySegment.ofArray(bytes));
    try (Arena arena = Arena.ofConfined()) {
      // One byte off every alignment.
      MemorySegment segment = arena.allocate(bytes.length + 1, 8).asSlice(1);
      segment.copyFrom(MemorySegment.ofArray(bytes));
      assertEquals(ofHeap, KeyHash.ofBytes(segment));
    }
    return ofHeap;
  }

  @Test
  void shouldGiveThePublishedValuesWhenBytesAreHashed() {
    assertEquals(0xEF46DB3751D8E999L, hash(""));
    assertEquals(0xD24EC4F1A98C6E5BL, hash("a"));
    assertEquals(0x44BC2CF5AD770999L, hash("abc"));
    assertEquals(0x32DD38952C4BC720L, hash("xxhash"));
    assertEquals(0xFBCEA83C8A378BF1L, hash("Nobody inspects the spammish repetition"));
  }

  @Test
  void shouldDependOnEveryByteWhenBytesOfAnyLengthAreHashed() {
    for (int length = 1; length <= 100; length++) {
      Set<Long> seen = new HashSet<>();
      byte[] key = new byte[length];
      seen.add(KeyHash.ofBytes(MemorySegment.ofArray(key)));
      for (int i = 0; i < length; i++) {
        key[i] = 1;
        assertTrue(seen.add(KeyHash.ofBytes(MemorySegment.ofArray(key))), "byte " + i);
        key[i] = 0;
      }
    }
  }

  @Test
  void shouldBeABijectionWhenLongsAreHashed() {
    Set<Long> seen = new HashSet<>();
    for (long key = -50_000; key < 50_000; key++) {
      assertTrue(seen.add(KeyHash.ofLong(key)));
    }
  }

  @Test
  void shouldFillBucketsEvenlyWhenKeysFollowEachOther() {
    requireEven(key -> KeyHash.ofLong(key) & BUCKETS - 1);
    requireEven(key -> KeyHash.ofLong(key) >>> 54);
    requireEven(key -> KeyHash.ofLong(key << 32) & BUCKETS - 1);
    requireEven(key -> hash(Long.toString(key)) & BUCKETS - 1);
    requireEven(key -> hash(Long.toString(key)) >>> 54);
  }

  private static void requireEven(LongUnaryOperator bucketOf) {
    int[] counts = new int[BUCKETS];
    for (long key = 0; key < KEYS; key++) {
      counts[(int) bucketOf.applyAsLong(key)]++;
    }
    double mean = (double) KEYS / BUCKETS;
    double squares = 0;
    for (int count : counts) {
      squares += (count - mean) * (count - mean) / mean;
    }
    // Chi-squared with 1,023 degrees of freedom: mean 1,023, deviation 45.
    assertTrue(squares > 750 && squares < 1300, "chi-squared " + squares);
  }
}
