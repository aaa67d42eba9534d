package dev.peregrine.internal.log;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.Device;
import dev.peregrine.internal.hlog.PageIdentity;

/**
 * Reads pages of committed extents from the device and checks every byte before anybody looks at
 * it. One thread at a time.
 */
final class ExtentReader implements AutoCloseable {
  private final Device device;
  private final int pageBytes;
  private final int version;
  private final PageIdentity identity;
  private final PageReads reads;
  private long checkedPage = -1;
  private long checkedUntil;
  private long checkedAt;

  /**
   * @param device to read
   * @param pageBytes the page size
   * @param version of the log's format
   * @param identity what extents must say that they are
   */
  ExtentReader(Device device, int pageBytes, int version, PageIdentity identity) {
    this.device = device;
    this.pageBytes = pageBytes;
    this.version = version;
    this.identity = identity;
    this.reads = new PageReads(device, pageBytes);
  }

  /**
   * Reads a page up to the end of an extent in it.
   *
   * @param page its first address
   * @param until where to end: an extent does, or the page
   * @param aheadUntil up to where the log may be read ahead
   * @return where the page's first byte is; good until the next page is read
   * @throws CorruptionException naming the address of the extent that is damaged
   */
  long read(long page, long until, long aheadUntil) {
    if (checkedPage == page && checkedUntil >= until) {
      return checkedAt;
    }
    long at = reads.read(page, (int) (until - page));
    long next = page + pageBytes;
    if (next < aheadUntil) {
      reads.readAhead(next, (int) (Math.min(aheadUntil, next + pageBytes) - next));
    }
    check(at, page, until);
    checkedPage = page;
    checkedUntil = until;
    checkedAt = at;
    return at;
  }

  private void check(long at, long page, long until) {
    long address = page;
    while (address < until) {
      long header = at + (address - page);
      String problem =
          ExtentHeader.headerProblem(
              header, address, until - address, version, identity, reads.checksum());
      if (problem == null) {
        problem = ExtentHeader.bodyProblem(header, reads.checksum());
      }
      if (problem != null) {
        checkedPage = -1;
        reads.forget();
        throw new CorruptionException(
            "the log is damaged at address " + address + ", " + device.describe() + ": " + problem);
      }
      address += ExtentHeader.length(header);
    }
  }

  @Override
  public void close() {
    reads.close();
  }
}
