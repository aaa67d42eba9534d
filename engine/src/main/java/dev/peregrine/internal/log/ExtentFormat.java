package dev.peregrine.internal.log;

import dev.peregrine.internal.hlog.PageFormat;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Checksum;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Pages of extents: one ends at each cut, and with each page. */
final class ExtentFormat implements PageFormat {
  private final int pageBytes;
  private final int version;
  private final PageIdentity identity;
  private final Cuts cuts;
  private final LongSupplier committed;
  private final LongConsumer onFlushed;

  /**
   * @param pageBytes the page size
   * @param version of the log's format
   * @param identity what extents say that they are
   * @param cuts where they end
   * @param committed up to where the log is committed
   * @param onFlushed hears how far it has been written
   */
  ExtentFormat(
      int pageBytes,
      int version,
      PageIdentity identity,
      Cuts cuts,
      LongSupplier committed,
      LongConsumer onFlushed) {
    this.pageBytes = pageBytes;
    this.version = version;
    this.identity = identity;
    this.cuts = cuts;
    this.committed = committed;
    this.onFlushed = onFlushed;
  }

  @Override
  public int firstOffset() {
    return ExtentHeader.BYTES;
  }

  @Override
  public int usableBytes() {
    return pageBytes;
  }

  @Override
  public boolean isCut(long logicalAddress) {
    return Alignment.isAligned(logicalAddress, PageImage.BLOCK_BYTES);
  }

  @Override
  public long endOfWrite(long from, long most) {
    long cut = cuts.firstAbove(from);
    if (cut >= 0 && cut <= most) {
      return cut;
    }
    return Alignment.isAligned(most, pageBytes) ? most : from;
  }

  @Override
  public void seal(long from, long end, long physicalFrom, Checksum checksum) {
    ExtentHeader.seal(
        physicalFrom,
        from,
        (int) (end - from),
        version,
        identity,
        committed.getAsLong(),
        cuts.numberAt(end),
        checksum);
  }

  @Override
  public boolean isBlankedAhead() {
    return true;
  }

  @Override
  public void onFlushed(long until) {
    onFlushed.accept(until);
  }
}
