package dev.peregrine.internal.log;

import dev.peregrine.internal.hlog.PageFormat;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Checksum;

/** Pages of extents: one ends at each cut, and with each page. */
final class ExtentFormat implements PageFormat {
  private final int pageBytes;
  private final int version;
  private final PageIdentity identity;
  private final Commits commits;

  /**
   * @param pageBytes the page size
   * @param version of the log's format
   * @param identity what extents say that they are
   * @param commits where they end; hears how far the log has been written
   */
  ExtentFormat(int pageBytes, int version, PageIdentity identity, Commits commits) {
    this.pageBytes = pageBytes;
    this.version = version;
    this.identity = identity;
    this.commits = commits;
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
    long cut = commits.cuts().firstAbove(from);
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
        commits.committed(),
        commits.cuts().numberAt(end),
        checksum);
  }

  @Override
  public boolean isBlankedAhead() {
    return true;
  }

  @Override
  public void onFlushed(long until) {
    commits.onFlushed();
  }
}
