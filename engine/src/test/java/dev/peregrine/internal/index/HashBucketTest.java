package dev.peregrine.internal.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.peregrine.Seeds;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HashBucketTest {
  @Test
  void shouldTakeOneCacheLineWhenLaidOut() {
    assertEquals(64, HashBucket.BYTES);
    assertEquals(HashBucket.BYTES, HashBucket.ENTRIES * Long.BYTES + Long.BYTES);
    assertEquals(HashBucket.ENTRIES * Long.BYTES, HashBucket.overflowAddress(0));
    for (int entry = 0; entry < HashBucket.ENTRIES; entry++) {
      assertEquals(1000 + entry * 8L, HashBucket.entryAddress(1000, entry));
    }
  }

  @Test
  void shouldFindTheSameAsALoopWhenMatchedByTag() {
    try (NativeRegion region = NativeRegion.reserve(HashBucket.BYTES)) {
      long bucket = region.address();
      Seeds.run(
          1,
          seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            for (int round = 0; round < 20_000; round++) {
              long tag = HashEntry.tagOf(random.nextLong(4) << 60);
              int expected = 0;
              for (int i = 0; i < HashBucket.ENTRIES; i++) {
                long entry = HashEntry.tagOf(random.nextLong(4) << 60) | random.nextLong() >>> 16;
                entry = random.nextInt(5) == 0 ? HashEntry.FREE : entry;
                entry = random.nextInt(5) == 0 ? HashEntry.tentative(entry) : entry;
                Memory.putLong(HashBucket.entryAddress(bucket, i), entry);
                expected |= (entry & HashEntry.TAG_FIELD) == tag ? 1 << i : 0;
              }
              // What lies behind the entries must not count.
              Memory.putLong(HashBucket.overflowAddress(bucket), tag);
              assertEquals(expected, HashBucket.matchTag(bucket, tag));
            }
          });
    }
  }
}
