package dev.peregrine.internal.hlog;

import dev.peregrine.internal.record.LogAddress;

/**
 * What a log has in it when it is opened.
 *
 * <p>The caller fills the frames of {@code headAddress} to {@code tailAddress} through {@link
 * HybridLog#physical}, and the block checksums of a tail page that is cut by {@link
 * HybridLog#restoreBlockChecksum}, before {@link HybridLog#start}.
 *
 * @param identity what its pages say that they are, this run included
 * @param beginAddress its first address
 * @param headAddress the start of the first page that will be in memory; all are from the one that
 *     holds the tail on
 * @param tailAddress its end: all below is on the device, whole or as a page that is cut there
 */
public record LogContents(
    PageIdentity identity, long beginAddress, long headAddress, long tailAddress) {

  /**
   * Nothing.
   *
   * @param storeId a random number, which the pages will carry
   */
  public static LogContents empty(long storeId) {
    return new LogContents(PageIdentity.create(storeId), LogAddress.FIRST, 0, LogAddress.FIRST);
  }

  /** Throws if a log of this shape can't begin so. */
  void requireFits(int pageBits, PageFormat format, long frameCount) {
    int pageBytes = 1 << pageBits;
    if (tailAddress != LogAddress.FIRST && !format.isCut(tailAddress)) {
      throw new IllegalArgumentException(
          "the tail " + tailAddress + " is not where a page of " + pageBytes + " can be cut");
    }
    long headPage = headAddress >>> pageBits;
    boolean ordered =
        beginAddress >= LogAddress.FIRST
            && beginAddress <= tailAddress
            && headAddress >= 0
            && headPage << pageBits == headAddress
            && headPage <= tailAddress >>> pageBits;
    if (!ordered || (tailAddress - 1 >>> pageBits) - headPage >= frameCount) {
      throw new IllegalArgumentException(
          "begin "
              + beginAddress
              + ", head "
              + headAddress
              + " and tail "
              + tailAddress
              + " are none of a log with "
              + frameCount
              + " pages of "
              + pageBytes
              + " bytes in memory");
    }
  }
}
