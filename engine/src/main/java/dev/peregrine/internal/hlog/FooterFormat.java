package dev.peregrine.internal.hlog;

import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Checksum;

/**
 * The format of the store's pages: {@link PageImage}, sealed a block at a time, the footer last.
 */
final class FooterFormat implements PageFormat {
  private static final long MAX_WRITE_BYTES = 1L << 20;

  private final int pageBytes;
  private final int zoneOffset;
  private final int footerBytes;
  private final PageIdentity identity;
  private final ChecksumTables tables;

  /**
   * @param pageBytes the page size
   * @param identity what pages say that they are
   * @param tables take their block checksums
   */
  FooterFormat(int pageBytes, PageIdentity identity, ChecksumTables tables) {
    this.pageBytes = pageBytes;
    this.zoneOffset = PageImage.zoneOffset(pageBytes);
    this.footerBytes = PageImage.footerBytes(pageBytes);
    this.identity = identity;
    this.tables = tables;
  }

  @Override
  public int firstOffset() {
    return 0;
  }

  @Override
  public int usableBytes() {
    return PageImage.usableBytes(pageBytes);
  }

  @Override
  public boolean isCut(long logicalAddress) {
    return PageImage.isCut(logicalAddress, pageBytes);
  }

  /** The zone has one checksum, and is written as a whole. */
  @Override
  public long endOfWrite(long from, long most) {
    long end = Math.min(most, from + MAX_WRITE_BYTES);
    long zone = Alignment.down(from, pageBytes) + zoneOffset;
    return end > zone && end < zone - zoneOffset + pageBytes ? zone : end;
  }

  /** Puts checksums of what is going to be written in the footer, which nobody else writes. */
  @Override
  public void seal(long from, long end, long physicalFrom, Checksum checksum) {
    long page = Alignment.down(from, pageBytes);
    long frame = physicalFrom - (from - page);
    long footer = frame + pageBytes - footerBytes;
    long table = PageImage.tableAddress(footer);
    long zone = page + zoneOffset;
    for (long block = from; block < Math.min(end, zone); block += PageImage.BLOCK_BYTES) {
      int sum = checksum.of(frame + (block - page), PageImage.BLOCK_BYTES);
      PageImage.putBlockChecksum(table, (int) ((block - page) / PageImage.BLOCK_BYTES), sum);
    }
    if (end == page + pageBytes) {
      long number = page / pageBytes;
      PageImage.putIdentity(footer, identity.storeId(), number, identity.generationOf(number));
      int sum = checksum.of(frame + zoneOffset, PageImage.checkedZoneBytes(pageBytes));
      PageImage.putZoneChecksum(frame + pageBytes, sum);
      tables.put(number, table);
    }
  }
}
