package dev.peregrine.internal.log;

import dev.peregrine.internal.hlog.PageIdentity;
import java.util.List;

/**
 * What is known of a log beside the log: where it begins, up to where it is certainly durable,
 * whose bytes count. Written rarely; commits since then are found in the log itself.
 *
 * @param sequence of the anchor; the greatest counts
 * @param identity the log's number, and from which block on which generation of extents counts
 * @param pageBits log2 of the page size
 * @param segmentBytes length of a segment file
 * @param begin the first address that is readable
 * @param mark a committed end of the log, 0 if nothing was: damage below it is damage
 * @param commit the number of the commit that ended there
 * @param voids what has been dropped
 * @param consumers where they were
 */
public record Anchor(
    long sequence,
    PageIdentity identity,
    int pageBits,
    long segmentBytes,
    long begin,
    long mark,
    long commit,
    VoidRanges voids,
    List<ConsumerPosition> consumers) {
  /** The version of the log's format. */
  public int formatVersion() {
    return ExtentHeader.VERSION;
  }

  /** Page size. */
  public int pageBytes() {
    return 1 << pageBits;
  }
}
