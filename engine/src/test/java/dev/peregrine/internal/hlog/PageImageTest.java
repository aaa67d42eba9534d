package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageImageTest {
  private static final int BLOCK = PageImage.BLOCK_BYTES;

  /** Page, data blocks, footer: 40 bytes, and 4 for each data block, padded to 8. */
  @ParameterizedTest
  @CsvSource({
    "4096, 0, 40",
    "8192, 1, 48",
    "16384, 3, 56",
    "65536, 15, 104",
    "1048576, 255, 1064",
    "4194304, 1022, 4128",
    "8388608, 2045, 8224",
    "67108864, 16368, 65512"
  })
  void shouldHaveItsSizesWhenThePageIsGiven(int pageBytes, int dataBlocks, int footerBytes) {
    assertEquals(dataBlocks, PageImage.dataBlocks(pageBytes));
    assertEquals(footerBytes, PageImage.footerBytes(pageBytes));
    assertEquals(pageBytes - footerBytes, PageImage.usableBytes(pageBytes));
    assertEquals(dataBlocks * BLOCK, PageImage.zoneOffset(pageBytes));
    assertEquals(pageBytes - dataBlocks * BLOCK, PageImage.zoneBytes(pageBytes));
    assertEquals(4 * dataBlocks, PageImage.tableBytes(pageBytes));
  }

  @Test
  void shouldCoverEachBlockOnceWhateverThePage() {
    for (int pageBytes = BLOCK; pageBytes <= 64 << 20; pageBytes *= 2) {
      int blocks = PageImage.dataBlocks(pageBytes);
      int usable = PageImage.usableBytes(pageBytes);
      assertTrue(usable >= blocks * BLOCK, "the footer reaches into a data block");
      assertEquals(0, usable % 8);
      // Records never lie behind the zone's first block, so that no cut is inside of the zone.
      assertTrue(usable <= (blocks + 1) * BLOCK);
      long table = PageImage.tableAddress(usable);
      assertTrue(table + PageImage.tableBytes(pageBytes) + 8 <= pageBytes, "no room");
    }
  }

  @Test
  void shouldSayWhereThePageCanBeCutWhenAsked() {
    for (int pageBytes : new int[] {4096, 8192, 16384, 8 << 20}) {
      Set<Integer> cuts = new HashSet<>();
      for (int offset = 0; offset < pageBytes; offset += 8) {
        if (PageImage.isCut(5L * pageBytes + offset, pageBytes)) {
          cuts.add(offset / BLOCK);
          assertEquals(0, offset % BLOCK);
          assertTrue(offset < PageImage.usableBytes(pageBytes), "in the footer");
        }
      }
      assertEquals(PageImage.dataBlocks(pageBytes) + 1, cuts.size());
    }
    assertFalse(PageImage.isCut(64, 4096));
  }

  @Test
  void shouldReadBackWhatWasPutWhenInTheFooter() {
    int pageBytes = 16384;
    try (NativeRegion region = NativeRegion.reserve(pageBytes)) {
      long end = region.address() + pageBytes;
      long footer = end - PageImage.footerBytes(pageBytes);
      assertFalse(PageImage.hasMagic(footer));
      PageImage.putIdentity(footer, -7, (1L << 40) + 3, 9);
      long table = PageImage.tableAddress(footer);
      for (int block = 0; block < 3; block++) {
        PageImage.putBlockChecksum(table, block, -1 - block);
      }
      PageImage.putZoneChecksum(end, -5);
      assertTrue(PageImage.hasMagic(footer));
      assertEquals(-7, PageImage.storeId(footer));
      assertEquals((1L << 40) + 3, PageImage.page(footer));
      assertEquals(9, PageImage.generation(footer));
      for (int block = 0; block < 3; block++) {
        assertEquals(-1 - block, PageImage.blockChecksum(table, block));
      }
      assertTrue(PageImage.hasZoneChecksum(end, -5));
      assertEquals(0xFFFF_FFFBL, PageImage.zoneChecksum(end), "not zero-extended");
      assertEquals(0, Memory.getLong(footer - 8), "written before the footer");
      assertEquals(4096 - 8, PageImage.checkedZoneBytes(pageBytes));
    }
  }

  @Test
  void shouldKnowTheGenerationOfAPageWhenRunsWentOn() {
    PageIdentity one = PageIdentity.create(77);
    assertEquals(1, one.generationOf(0));
    assertEquals(1, one.generationOf(Long.MAX_VALUE));
    PageIdentity three = one.withRun(5, 2).withRun(9, 4);
    long[] pages = {0, 4, 5, 8, 9, 1000};
    int[] generations = {1, 1, 2, 2, 4, 4};
    for (int i = 0; i < pages.length; i++) {
      assertEquals(generations[i], three.generationOf(pages[i]), "page " + pages[i]);
    }
    // A run that goes on before others did voids them.
    PageIdentity back = three.withRun(5, 5);
    assertEquals(1, back.generationOf(4));
    assertEquals(5, back.generationOf(5));
    assertEquals(5, back.generationOf(9));
    assertEquals(6, one.withRun(0, 6).generationOf(0));
    PageIdentity copy = PageIdentity.of(77, three.firstPages(), three.generations());
    assertEquals(77, copy.storeId());
    assertEquals(4, copy.generation());
    assertEquals(2, copy.generationOf(8));
  }

  @Test
  void shouldRefuseWhenRunsAreNone() {
    PageIdentity two = PageIdentity.create(1).withRun(5, 2);
    assertThrows(IllegalArgumentException.class, () -> two.withRun(9, 2));
    assertThrows(IllegalArgumentException.class, () -> two.withRun(-1, 3));
    long[][] pages = {{}, {1}, {0, 5, 5}, {0, 5, 4}, {0}, {0, 3}};
    int[][] generations = {{}, {1}, {1, 2, 3}, {1, 2, 3}, {0}, {2, 2}};
    for (int i = 0; i < pages.length; i++) {
      long[] firstPages = pages[i];
      int[] numbers = generations[i];
      assertThrows(IllegalArgumentException.class, () -> PageIdentity.of(1, firstPages, numbers));
    }
    assertThrows(
        IllegalArgumentException.class, () -> PageIdentity.of(1, new long[] {0, 1}, new int[] {1}));
  }
}
