package dev.peregrine.internal.hlog;

import dev.peregrine.CorruptionException;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Memory;

/**
 * Steps over the records of a page in memory, valid or not. A zero word where a header should be
 * leads to the next block: a cut is padded to one, and so is the rest of a page.
 *
 * <p>Any thread; nobody may change the page meanwhile.
 */
public final class PageScan {
  /** Knows how long a record is. */
  @FunctionalInterface
  public interface RecordSizer {
    /**
     * The size of the record at {@code physicalAddress}, padding included.
     *
     * @param physicalAddress where its header is, which is no zero word
     * @param availableBytes what may be looked at, at least a header; if that does not tell the
     *     size, any number above it
     * @return a multiple of 8
     */
    long sizeBytes(long physicalAddress, long availableBytes);
  }

  /** Takes the records. */
  @FunctionalInterface
  public interface RecordVisitor {
    /**
     * A record.
     *
     * @param logicalAddress its address
     * @param physicalAddress where it is
     * @param sizeBytes its size
     */
    void onRecord(long logicalAddress, long physicalAddress, long sizeBytes);
  }

  private PageScan() {}

  /**
   * Visits the records between two addresses of one page, in order.
   *
   * @param physicalPage where the page's first byte is
   * @param fromAddress where a record begins, or the padding before a block
   * @param untilAddress where the last one ends: at most the end of the page
   * @param pageBytes the log's page
   * @param sizer knows their sizes
   * @param visitor takes them
   * @throws CorruptionException naming the address, if a record can't be one, or ends behind {@code
   *     untilAddress} or in the footer
   */
  public static void scan(
      long physicalPage,
      long fromAddress,
      long untilAddress,
      int pageBytes,
      RecordSizer sizer,
      RecordVisitor visitor) {
    long page = Alignment.down(fromAddress, pageBytes);
    if (untilAddress - page > pageBytes) {
      throw new IllegalArgumentException(
          "addresses " + fromAddress + " to " + untilAddress + " are not of one page");
    }
    long end = Math.min(untilAddress, page + PageImage.usableBytes(pageBytes));
    long address = fromAddress;
    while (address < end) {
      long physicalAddress = physicalPage + (address - page);
      long header = end - address < RecordHeader.BYTES ? -1 : Memory.getLong(physicalAddress);
      if (header == 0) {
        address = Alignment.up(address + 1, PageImage.BLOCK_BYTES);
        continue;
      }
      long size = requireSize(address, end, header, physicalAddress, sizer);
      visitor.onRecord(address, physicalAddress, size);
      address += size;
    }
  }

  private static long requireSize(
      long address, long end, long header, long physicalAddress, RecordSizer sizer) {
    long available = end - address;
    if (available < RecordHeader.BYTES || !RecordHeader.isPresent(header)) {
      throw new CorruptionException("there is no record at address " + address);
    }
    long size = sizer.sizeBytes(physicalAddress, available);
    if (size < RecordHeader.BYTES
        || size > available
        || !Alignment.isAligned(size, RecordHeader.BYTES)) {
      throw new CorruptionException(
          "the record at address "
              + address
              + " says that it has "
              + size
              + " bytes, and there are "
              + available);
    }
    return size;
  }
}
