package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Seeds;
import dev.peregrine.Threads;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ChecksumTablesTest {
  private static final int PAGE = 32768;
  private static final int BLOCKS = 7;

  private static int sum(long page, int block) {
    return (int) (page * 31 + block);
  }

  private static void fill(long table, long page) {
    for (int block = 0; block < BLOCKS; block++) {
      PageImage.putBlockChecksum(table, block, sum(page, block));
    }
  }

  @Test
  void shouldFindWhatWasPutUntilAnotherPageTakesTheSlot() {
    try (ChecksumTables tables = new ChecksumTables(PAGE, ChecksumTables.minBytes(PAGE));
        NativeRegion region = NativeRegion.reserve(64)) {
      int slots = ChecksumTables.MIN_SLOTS;
      int[] into = new int[BLOCKS];
      for (long page = 0; page < 3 * slots; page++) {
        assertFalse(tables.find(page, 0, 1, into), "page " + page);
        fill(region.address(), page);
        tables.put(page, region.address());
        for (long kept = Math.max(0, page - slots + 1); kept <= page; kept++) {
          assertTrue(tables.find(kept, 2, 3, into));
          assertArrayEquals(
              new int[] {sum(kept, 2), sum(kept, 3), sum(kept, 4)},
              new int[] {into[0], into[1], into[2]});
          assertTrue(tables.find(kept, 0, BLOCKS, into));
        }
        if (page >= slots) {
          assertFalse(tables.find(page - slots, 0, 1, into), "kept in spite of its successor");
        }
      }
      assertTrue(tables.bytes() >= ChecksumTables.minBytes(PAGE));
    }
  }

  @Test
  void shouldTakeNoMemoryWhenPagesAreAllZone() {
    assertEquals(0, ChecksumTables.minBytes(4096));
    try (ChecksumTables tables = new ChecksumTables(4096, 0)) {
      tables.put(3, 0);
      assertFalse(tables.find(3, 0, 0, new int[0]));
      assertEquals(0, tables.bytes());
    }
  }

  @Test
  void shouldNeverMixTwoPagesWhenManyPutAndFind() {
    Seeds.run(
        2,
        seed -> {
          AtomicLong hits = new AtomicLong();
          try (ChecksumTables tables = new ChecksumTables(PAGE, ChecksumTables.minBytes(PAGE))) {
            Threads.run(
                3,
                thread -> {
                  SplittableRandom random = new SplittableRandom(seed + thread);
                  int[] into = new int[BLOCKS];
                  try (NativeRegion region = NativeRegion.reserve(64)) {
                    for (int i = 0; i < 100_000; i++) {
                      // Three pages for each of two slots.
                      long page = random.nextInt(3) * ChecksumTables.MIN_SLOTS + random.nextInt(2);
                      if (random.nextInt(4) == 0) {
                        fill(region.address(), page);
                        tables.put(page, region.address());
                      } else if (tables.find(page, 0, BLOCKS, into)) {
                        hits.incrementAndGet();
                        for (int block = 0; block < BLOCKS; block++) {
                          assertEquals(sum(page, block), into[block]);
                        }
                      }
                    }
                    assertEquals(0, Memory.getLong(region.address() + 32));
                  }
                });
          }
          assertTrue(hits.get() > 1000, hits + " hits");
        });
  }
}
