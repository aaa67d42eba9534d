package dev.peregrine.internal.log;

import dev.peregrine.internal.hlog.BlankAhead;
import dev.peregrine.internal.hlog.HybridLog;

/**
 * The sizes of a log, checked by whoever made them.
 *
 * @param pageBits log2 of the page size
 * @param frameCount pages in memory
 * @param segmentBytes length of a segment file
 * @param maxEntryBytes the longest entry
 * @param commitBytes so many bytes are committed without being asked for; {@link Long#MAX_VALUE}
 *     for never
 * @param commitNanos so often what was appended is committed without being asked for; 0 for never
 */
public record LogShape(
    int pageBits,
    long frameCount,
    long segmentBytes,
    long maxEntryBytes,
    long commitBytes,
    long commitNanos) {
  /** The fewest frames. */
  public static int minFrames() {
    return HybridLog.minFrames();
  }

  /** Memory of the log's pages and what goes with them. */
  public static long logBytesFor(int pageBytes, long frameCount) {
    return HybridLog.bytesFor(pageBytes, frameCount);
  }

  /** Memory of one reader, at most. */
  public static long readerBytesFor(int pageBytes, long maxEntryBytes) {
    return EntryCursor.bytesFor(pageBytes)
        + (maxEntryBytes <= pieceBytes(pageBytes) ? 0 : EntryCursor.longBytesFor(maxEntryBytes));
  }

  /** Memory of what opening and truncation read with, of marks, and of zeros to write. */
  public static long ownBytesFor(int pageBytes) {
    return EntryCursor.bytesFor(pageBytes) + MarkSlot.BYTES + BlankAhead.bytesFor(pageBytes);
  }

  int pageBytes() {
    return 1 << pageBits;
  }

  /** The longest entry that is written in one piece, and the longest piece. */
  int pieceBytes() {
    return pieceBytes(pageBytes());
  }

  private static int pieceBytes(int pageBytes) {
    return pageBytes / 4;
  }

  /** The longest batch that is written at once. */
  int blockBytes() {
    return pageBytes() / 2;
  }
}
