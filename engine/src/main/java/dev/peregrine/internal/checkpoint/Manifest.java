package dev.peregrine.internal.checkpoint;

import dev.peregrine.CheckpointKind;
import dev.peregrine.CheckpointToken;
import dev.peregrine.internal.cpr.SessionCut;
import java.util.List;

/**
 * What a checkpoint says of itself: written last, so that a checkpoint with a manifest is complete.
 * {@link ManifestCodec} has its bytes.
 *
 * @param token its name
 * @param kind what it wrote
 * @param createdMillis when, by the machine's clock; for people only
 * @param store what can't change while a store lives
 * @param indexToken the checkpoint whose image of the index goes with it, or null
 * @param index the image that it wrote, or null
 * @param log the log, or null for an index alone
 * @param snapshot the pages that it wrote, or null
 * @param sessions the commit points; of the same version and cut as the log
 */
public record Manifest(
    CheckpointToken token,
    CheckpointKind kind,
    long createdMillis,
    StoreShape store,
    CheckpointToken indexToken,
    IndexPart index,
    LogPart log,
    SnapshotPart snapshot,
    SessionPart sessions) {

  /**
   * What a store is made with.
   *
   * @param storeId random, in every page
   * @param storeKind the ordinal of the kind of store
   * @param hashId which hash functions the index was built with
   * @param pageBytes the log's page
   * @param segmentBytes length of a segment file
   * @param bucketCount buckets of the index
   * @param overflowCount buckets of its pool
   */
  public record StoreShape(
      long storeId,
      int storeKind,
      int hashId,
      int pageBytes,
      long segmentBytes,
      long bucketCount,
      long overflowCount) {}

  /**
   * The image of an index. An entry that changed while it was copied may be in it as it was before
   * or after: the log from {@code notedTail} on tells.
   *
   * @param version of the store when it was copied
   * @param notedTail all records below it were linked before the copy began
   * @param endTail no entry points to it or above
   * @param bytes length of the image
   * @param overflowUsed overflow buckets in it
   * @param checksums CRC32C of each block of 4 KiB, the last one padded with zeros
   */
  public record IndexPart(
      long version, long notedTail, long endTail, long bytes, long overflowUsed, int[] checksums) {}

  /**
   * The log.
   *
   * @param version the version that ended with the cut
   * @param begin the first address
   * @param flushedUntil below it the log's own segments hold everything
   * @param cut all records below it belong to the version or earlier ones, none above; a multiple
   *     of the block, or the first address of an empty log
   * @param firstPages from which page on a generation has written, ascending
   * @param generations the generations
   * @param tailChecksums CRC32C of the blocks below the cut of a page that it divides and that is
   *     in the log's own segments
   */
  public record LogPart(
      long version,
      long begin,
      long flushedUntil,
      long cut,
      long[] firstPages,
      int[] generations,
      int[] tailChecksums) {}

  /**
   * Pages in a file of their own, one after the other.
   *
   * @param base the snapshot to look in for pages that are not in this one, or null
   * @param pages their numbers, ascending
   * @param checksums what each page's zone says that its checksum is: it proves the whole page, and
   *     that it is not an older image of it
   */
  public record SnapshotPart(CheckpointToken base, long[] pages, int[] checksums) {}

  /**
   * The sessions.
   *
   * @param version as the log's
   * @param cut as the log's
   * @param cuts their commit points, by ascending name
   */
  public record SessionPart(long version, long cut, List<SessionCut> cuts) {}
}
