package dev.peregrine.internal.log;

import dev.peregrine.internal.hlog.PageIdentity;
import java.util.List;

/**
 * What is known of a log beside the log: where it begins, up to where it is certainly durable,
 * whose bytes count. Written rarely; commits since then are found in the log itself.
 *
 * @param version of the log's format
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
    int version,
    long sequence,
    PageIdentity identity,
    int pageBits,
    long segmentBytes,
    long begin,
    long mark,
    long commit,
    VoidRanges voids,
    List<ConsumerPosition> consumers) {
  /** Page size. */
  public int pageBytes() {
    return 1 << pageBits;
  }

  /**
   * The next anchor of the same log, with all else as it is.
   *
   * @param nextIdentity of the run that begins, or as it was
   * @param nextMark a committed end
   * @param nextCommit the number of the commit that ended there
   * @param nextConsumers where they are
   */
  Anchor next(
      PageIdentity nextIdentity,
      long nextMark,
      long nextCommit,
      List<ConsumerPosition> nextConsumers) {
    return new Anchor(
        version,
        sequence + 1,
        nextIdentity,
        pageBits,
        segmentBytes,
        begin,
        nextMark,
        nextCommit,
        voids,
        nextConsumers);
  }

  /** The same anchor for a log that begins elsewhere, or has dropped other ranges. */
  Anchor with(long otherBegin, VoidRanges otherVoids) {
    return new Anchor(
        version,
        sequence,
        identity,
        pageBits,
        segmentBytes,
        otherBegin,
        mark,
        commit,
        otherVoids,
        consumers);
  }

  /** The same anchor in another version of the format. */
  Anchor in(int otherVersion) {
    return new Anchor(
        otherVersion,
        sequence,
        identity,
        pageBits,
        segmentBytes,
        begin,
        mark,
        commit,
        voids,
        consumers);
  }
}
