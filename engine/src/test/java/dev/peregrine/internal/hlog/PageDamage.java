package dev.peregrine.internal.hlog;

import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.NativeRegion;

/** Makes pages that prove themselves, but are not what they should be. */
public final class PageDamage {
  private static final long FAR_PAGE = 1L << 40;
  private static final int MOST_SLOTS = 1000;

  private PageDamage() {}

  /** Mends all checksums of a page in a buffer. */
  public static void reseal(long physicalPage, int pageBytes) {
    Checksum checksum = new Checksum(physicalPage, pageBytes);
    long end = physicalPage + pageBytes;
    long table = PageImage.tableAddress(end - PageImage.footerBytes(pageBytes));
    for (int block = 0; block < PageImage.dataBlocks(pageBytes); block++) {
      long address = physicalPage + (long) block * PageImage.BLOCK_BYTES;
      PageImage.putBlockChecksum(table, block, checksum.of(address, PageImage.BLOCK_BYTES));
    }
    long zone = physicalPage + PageImage.zoneOffset(pageBytes);
    PageImage.putZoneChecksum(end, checksum.of(zone, PageImage.checkedZoneBytes(pageBytes)));
  }

  /** Makes it one of another store. */
  public static void changeStore(long physicalPage, int pageBytes) {
    long footer = footer(physicalPage, pageBytes);
    PageImage.putIdentity(
        footer,
        PageImage.storeId(footer) + 1,
        PageImage.page(footer),
        PageImage.generation(footer));
    reseal(physicalPage, pageBytes);
  }

  /** Makes it one of an earlier run. */
  public static void changeGeneration(long physicalPage, int pageBytes) {
    long footer = footer(physicalPage, pageBytes);
    PageImage.putIdentity(
        footer,
        PageImage.storeId(footer),
        PageImage.page(footer),
        PageImage.generation(footer) - 1);
    reseal(physicalPage, pageBytes);
  }

  /** Makes the log forget the checksums of all pages: each slot gets those of a page far away. */
  public static void forgetChecksums(HybridLog log, int pageBytes) {
    try (NativeRegion table = NativeRegion.reserve(pageBytes)) {
      for (long page = FAR_PAGE; page < FAR_PAGE + MOST_SLOTS; page++) {
        log.tables.put(page, table.address());
      }
    }
  }

  private static long footer(long physicalPage, int pageBytes) {
    return physicalPage + pageBytes - PageImage.footerBytes(pageBytes);
  }
}
