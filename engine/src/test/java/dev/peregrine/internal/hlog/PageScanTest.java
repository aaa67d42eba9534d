package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CorruptionException;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageScanTest {
  private static final int PAGE = 16384;
  private static final long START = 7L * PAGE;
  private static final int BLOCK = PageImage.BLOCK_BYTES;
  private static final int USABLE = PageImage.usableBytes(PAGE);

  private final NativeRegion region = NativeRegion.reserve(PAGE);
  private final long page = region.address();

  @AfterEach
  void free() {
    region.close();
  }

  /** Records of two words and more: the second is the size. */
  private void put(int offset, long header, long bytes) {
    Memory.putLong(page + offset, header);
    Memory.putLong(page + offset + 8, bytes);
  }

  private List<Long> scan(long from, long until) {
    List<Long> found = new ArrayList<>();
    PageScan.scan(
        page,
        from,
        until,
        PAGE,
        (physical, available) -> available < 16 ? 16 : Memory.getLong(physical + 8),
        (address, physical, bytes) -> {
          assertEquals(page + (address - START), physical);
          assertEquals(Memory.getLong(physical + 8), bytes);
          found.add(address - START);
        });
    return found;
  }

  @Test
  void shouldFindAllWhenRecordsFollowEachOtherAndCuts() {
    put(0, RecordHeader.live(0, 1), 24);
    put(24, RecordHeader.invalid(), 2000);
    // A cut: the rest of the block is padding.
    put(BLOCK, RecordHeader.tombstone(64, 2), BLOCK + 8);
    put(2 * BLOCK + 8, RecordHeader.live(64, 2), 16);
    put(3 * BLOCK, RecordHeader.live(64, 2), USABLE - 3 * BLOCK);
    // The footer is no record.
    put(USABLE, RecordHeader.live(0, 1), 16);
    List<Long> all = List.of(0L, 24L, 4096L, 8200L, 12288L);
    assertEquals(all, scan(START, START + PAGE));
    assertEquals(all.subList(2, 5), scan(START + 2024, START + PAGE));
    assertEquals(all.subList(0, 2), scan(START, START + BLOCK));
    assertEquals(all.subList(3, 4), scan(START + 8200, START + 3 * BLOCK));
    assertEquals(List.of(), scan(START + 2024, START + BLOCK));
    assertEquals(List.of(), scan(START + BLOCK, START + BLOCK));
  }

  @Test
  void shouldSkipBlockByBlockWhenThePageIsZero() {
    assertEquals(List.of(), scan(START, START + PAGE));
    put(2 * BLOCK, RecordHeader.live(0, 1), 16);
    assertEquals(List.of(2L * BLOCK), scan(START + 8, START + PAGE));
  }

  @Test
  void shouldNameTheAddressWhenARecordCanNotBeOne() {
    put(0, RecordHeader.live(0, 1), 24);
    for (long bad : new long[] {0, 8 - 16, 12, 20, USABLE - 24 + 8, Long.MAX_VALUE, -24}) {
      put(24, RecordHeader.live(0, 1), bad);
      requireRefused(START + PAGE, bad);
    }
    put(24, 5, 16);
    requireRefused(START + PAGE, 5);
    put(24, RecordHeader.live(0, 1), BLOCK - 16);
    requireRefused(START + BLOCK, BLOCK - 16);
    assertEquals(List.of(0L, 24L), scan(START, START + PAGE));
    requireRefused(START + 28, 0);
    assertThrows(IllegalArgumentException.class, () -> scan(START + 8, START + PAGE + 8));
  }

  private void requireRefused(long until, long bad) {
    CorruptionException e =
        assertThrows(CorruptionException.class, () -> scan(START, until), "size " + bad);
    assertTrue(e.getMessage().contains("address " + (START + 24)), e.getMessage());
  }
}
