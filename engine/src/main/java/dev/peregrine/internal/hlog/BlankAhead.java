package dev.peregrine.internal.hlog;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.NativeRegion;

/**
 * Fills space with zeros ahead of a log that grows by small pieces, each of which is synced.
 *
 * <p>Space that a file system has allocated and that nobody has written is marked as such (ext4,
 * XFS: unwritten extents). The first write to it changes that, and the sync that follows has to
 * wait for the file system's journal; the next ones need not. So one sync in many pays for all.
 *
 * <p>Zeros are only written behind all that has been submitted, and what comes next waits while
 * zeros are on their way to where it goes ({@link #isInWayOf}): they can't come after it. A log
 * whose blocks are written for the first time or after zeros reads the same. Used by the log's
 * worker only.
 */
public final class BlankAhead {
  /** Hands the outcome of zeros to the sink; no chunk has this number. */
  static final long TOKEN = -1;

  /** The most requests on their way. */
  static final int REQUESTS = 8;

  /** A request is this part of a page. */
  private static final int PIECES_A_PAGE = 4;

  private final Device device;
  private final int pieceBytes;
  private NativeRegion zeros;

  /** Where the zeros on their way begin, and how many requests they are. */
  private long begin;

  private int inFlight;

  /** Where the zeros end, written and on their way. */
  private long until;

  /**
   * @param device to write them to
   * @param pageBytes of the log
   */
  BlankAhead(Device device, int pageBytes) {
    this.device = device;
    this.pieceBytes = bytesFor(pageBytes);
  }

  /** The memory that it takes. */
  public static int bytesFor(int pageBytes) {
    return Math.max(PageImage.BLOCK_BYTES, pageBytes / PIECES_A_PAGE);
  }

  /** The longest piece for which it pays: what is written once more takes its time, too. */
  static int mostForPiece(int pageBytes) {
    return Math.max(PageImage.BLOCK_BYTES, pageBytes / PIECES_A_PAGE / REQUESTS);
  }

  /** Whether what is written next, up to an address, has to wait for zeros. */
  boolean isInWayOf(long end) {
    return inFlight > 0 && end > begin;
  }

  /** Whether zeros are on their way. */
  boolean isBusy() {
    return inFlight > 0;
  }

  /** Zeros have been written. */
  void onCompletion() {
    inFlight--;
  }

  /**
   * Writes more zeros, unless there are enough; only where there is a segment already.
   *
   * @param queue to write them through, with room for {@link #REQUESTS}
   * @param writtenUntil where everything that was submitted ends
   */
  void fill(DeviceQueue queue, long writtenUntil) {
    long half = (long) REQUESTS / 2 * pieceBytes;
    if (inFlight > 0 || until - writtenUntil >= half) {
      return;
    }
    // Where there are none, the first half is left out: the log comes there soon.
    begin = until > writtenUntil ? until : Alignment.up(writtenUntil + half, pieceBytes);
    until = begin;
    long end = Math.min(begin + 2 * half, device.endOffset());
    while (until < end) {
      if (zeros == null) {
        zeros = NativeRegion.reserve(pieceBytes);
      }
      if (!queue.write(until, zeros.address(), pieceBytes, TOKEN)) {
        break;
      }
      inFlight++;
      until += pieceBytes;
    }
    if (inFlight > 0) {
      queue.submit();
    }
  }

  /** Frees its memory; nothing is on its way. */
  void close() {
    if (zeros != null) {
      zeros.close();
      zeros = null;
    }
  }
}
