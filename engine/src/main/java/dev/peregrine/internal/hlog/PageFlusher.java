package dev.peregrine.internal.hlog;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Checksum;

/**
 * Writes frozen pages to the device, several chunks at once, and moves {@code flushedUntil} over
 * the contiguous prefix that has been written. Each block is written once, sealed by the log's
 * {@link PageFormat} before; where the frozen part ends inside a page, the rest of it is written
 * when that is frozen. The first failure ends it for good: nothing behind the failed chunk ever
 * counts as written. Used by the log's worker only.
 */
final class PageFlusher implements CompletionSink {
  private static final int DEPTH = 16;
  private static final long WAIT_NANOS = 200_000;

  private final Device device;
  private final QueueMode queueMode;
  private final PageFrames frames;
  private final LogRegions regions;
  private final PageFormat format;
  private final FlushLimit limit;
  private final Checksum checksum;
  private final int pageBytes;

  /** Chunk {@code n} ends at {@code chunkEnd[n % DEPTH]}; chunks from oldest to newest are out. */
  private final long[] chunkEnd = new long[DEPTH];

  private final boolean[] written = new boolean[DEPTH];
  private long oldestChunk;
  private long nextChunk;
  private long submittedUntil;

  /** What the limit has allowed and has not been written yet. */
  private long allowedBytes;

  private boolean heldBack;

  /** Where the log was written to when there was nothing more to write, the last time. */
  private long restedAt;

  /** Whether what was written before that was little. */
  private boolean wasLittle;

  /** Null where no zeros are written. */
  private final BlankAhead blanks;

  private DeviceQueue queue;
  private DeviceException failure;

  /**
   * @param device where pages go
   * @param queueMode which threads run the worker
   * @param frames where they are
   * @param regions whose {@code flushedUntil} says where to begin
   * @param format where writes end, and what seals them
   * @param limit how fast
   */
  PageFlusher(
      Device device,
      QueueMode queueMode,
      PageFrames frames,
      LogRegions regions,
      PageFormat format,
      FlushLimit limit) {
    this.device = device;
    this.queueMode = queueMode;
    this.frames = frames;
    this.regions = regions;
    this.format = format;
    this.limit = limit;
    this.checksum = frames.newChecksum();
    this.pageBytes = frames.pageBytes();
    this.submittedUntil =
        Alignment.down(regions.getAcquire(LogRegions.Marker.FLUSHED_UNTIL), PageImage.BLOCK_BYTES);
    this.restedAt = submittedUntil;
    this.blanks = format.isBlankedAhead() ? new BlankAhead(device, pageBytes) : null;
  }

  /**
   * Starts what can be started and takes what has completed, waiting for it shortly.
   *
   * @return how much was done
   * @throws DeviceException the first failure, each time
   */
  int doWork() {
    int work = start();
    if (isBusy() || heldBack && isBlanking()) {
      work += queue.await(this, DEPTH, WAIT_NANOS);
    } else if (isBlanking()) {
      // Not waiting for it: a chunk may come.
      work += queue.poll(this, DEPTH);
    }
    if (failure != null) {
      throw failure;
    }
    if (!isBusy()) {
      rest();
    }
    return work;
  }

  /**
   * Starts what can be started.
   *
   * @return how much it was
   * @throws DeviceException as {@link #doWork}
   */
  int start() {
    if (failure != null) {
      throw failure;
    }
    // A cut, but for the marker of a log that nothing is frozen of: that is where it begins.
    return submit(Alignment.down(regions.safeReadOnlyAcquire(), PageImage.BLOCK_BYTES));
  }

  /**
   * Everything frozen has been written. If that was little twice in a row, there will be a sync,
   * and more; once, it may be the rest of something long that went over the end of a page.
   */
  private void rest() {
    long piece = submittedUntil - restedAt;
    if (blanks == null || piece == 0) {
      return;
    }
    restedAt = submittedUntil;
    boolean isLittle = piece <= BlankAhead.mostForPiece(pageBytes);
    if (isLittle && wasLittle) {
      blanks.fill(queue, submittedUntil);
    }
    wasLittle = isLittle;
  }

  /** Whether writes are out. */
  boolean isBusy() {
    return oldestChunk != nextChunk;
  }

  /** Whether zeros are on their way. */
  boolean isBlanking() {
    return blanks != null && blanks.isBusy();
  }

  /** Whether something could be written, but for the limit, or for zeros on their way. */
  boolean isHeldBack() {
    return heldBack;
  }

  @Override
  public void onCompletion(long chunk, int bytes) {
    if (chunk == BlankAhead.TOKEN) {
      blanks.onCompletion();
      return;
    }
    Pauses.at(PausePoint.CHUNK_WRITTEN);
    written[(int) (chunk % DEPTH)] = true;
    while (oldestChunk != nextChunk && written[(int) (oldestChunk % DEPTH)]) {
      long end = chunkEnd[(int) (oldestChunk % DEPTH)];
      oldestChunk++;
      regions.advanceRelease(LogRegions.Marker.FLUSHED_UNTIL, end);
      format.onFlushed(end);
    }
  }

  @Override
  public void onFailure(long chunk, DeviceException cause) {
    if (failure == null) {
      failure = cause;
    }
  }

  void close() {
    if (queue != null) {
      queue.close();
    }
    if (blanks != null) {
      blanks.close();
    }
  }

  private int submit(long until) {
    int started = 0;
    heldBack = false;
    while (submittedUntil < until && nextChunk - oldestChunk < DEPTH) {
      long end = endOfChunk(until);
      if (end == submittedUntil || blanks != null && blanks.isInWayOf(end)) {
        heldBack = true;
        break;
      }
      if (queue == null) {
        int more = blanks == null ? 0 : BlankAhead.REQUESTS;
        queue = device.openQueue(DEPTH + more, queueMode);
      }
      device.ensureCapacity(end);
      int slot = (int) (nextChunk % DEPTH);
      chunkEnd[slot] = end;
      written[slot] = false;
      long physical = frames.physical(submittedUntil);
      format.seal(submittedUntil, end, physical, checksum);
      Pauses.at(PausePoint.CHUNK_SEALED);
      if (!queue.write(submittedUntil, physical, (int) (end - submittedUntil), nextChunk)) {
        throw new IllegalStateException("the flusher's queue is full");
      }
      // One by one, so that the device writes this one while the next is sealed.
      queue.submit();
      nextChunk++;
      allowedBytes -= end - submittedUntil;
      submittedUntil = end;
      started++;
    }
    return started;
  }

  /** Where a chunk ends that begins at {@code submittedUntil}: there, if the limit allows none. */
  private long endOfChunk(long until) {
    long pageEnd = Alignment.down(submittedUntil, pageBytes) + pageBytes;
    long wantedBytes = format.endOfWrite(submittedUntil, Math.min(until, pageEnd)) - submittedUntil;
    if (allowedBytes < wantedBytes) {
      allowedBytes += limit.permit(wantedBytes - allowedBytes);
    }
    long allowed = Alignment.down(submittedUntil + allowedBytes, PageImage.BLOCK_BYTES);
    return format.endOfWrite(submittedUntil, Math.min(submittedUntil + wantedBytes, allowed));
  }
}
