package dev.peregrine.internal.hlog;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.memory.Alignment;

/**
 * Writes frozen pages to the device, several chunks at once, and moves {@code flushedUntil} over
 * the contiguous prefix that has been written. The first failure ends it for good: nothing behind
 * the failed chunk ever counts as written. Used by the log's worker only.
 */
final class PageFlusher implements CompletionSink {
  private static final int DEPTH = 8;
  private static final long MAX_CHUNK_BYTES = 1L << 20;
  private static final long WAIT_NANOS = 200_000;

  private final Device device;
  private final QueueMode queueMode;
  private final PageFrames frames;
  private final LogRegions regions;
  private final long pageBytes;

  /** Chunk {@code n} ends at {@code chunkEnd[n % DEPTH]}; chunks from oldest to newest are out. */
  private final long[] chunkEnd = new long[DEPTH];

  private final boolean[] written = new boolean[DEPTH];
  private long oldestChunk;
  private long nextChunk;
  private long submittedUntil;
  private DeviceQueue queue;
  private DeviceException failure;

  PageFlusher(
      Device device, QueueMode queueMode, PageFrames frames, LogRegions regions, long pageBytes) {
    this.device = device;
    this.queueMode = queueMode;
    this.frames = frames;
    this.regions = regions;
    this.pageBytes = pageBytes;
    this.submittedUntil =
        Alignment.down(regions.getAcquire(LogRegions.Marker.FLUSHED_UNTIL), pageBytes);
  }

  /**
   * Starts what can be started and takes what has completed, waiting for it shortly.
   *
   * @return how much was done
   * @throws DeviceException the first failure, each time
   */
  int doWork() {
    if (failure != null) {
      throw failure;
    }
    // Whole pages only: before the first page is frozen, the marker is where the log begins.
    int work = submit(Alignment.down(regions.safeReadOnlyAcquire(), pageBytes));
    if (queue != null && queue.inFlight() > 0) {
      work += queue.await(this, DEPTH, WAIT_NANOS);
    }
    if (failure != null) {
      throw failure;
    }
    return work;
  }

  /** Whether writes are out. */
  boolean isBusy() {
    return oldestChunk != nextChunk;
  }

  @Override
  public void onCompletion(long chunk, int bytes) {
    written[(int) (chunk % DEPTH)] = true;
    while (oldestChunk != nextChunk && written[(int) (oldestChunk % DEPTH)]) {
      long end = chunkEnd[(int) (oldestChunk % DEPTH)];
      oldestChunk++;
      regions.advanceRelease(LogRegions.Marker.FLUSHED_UNTIL, end);
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
  }

  private int submit(long until) {
    int started = 0;
    while (submittedUntil < until && nextChunk - oldestChunk < DEPTH) {
      if (queue == null) {
        queue = device.openQueue(DEPTH, queueMode);
      }
      long pageEnd = Alignment.down(submittedUntil, pageBytes) + pageBytes;
      long end = Math.min(Math.min(until, pageEnd), submittedUntil + MAX_CHUNK_BYTES);
      device.ensureCapacity(end);
      int slot = (int) (nextChunk % DEPTH);
      chunkEnd[slot] = end;
      written[slot] = false;
      long physical = frames.physical(submittedUntil);
      if (!queue.write(submittedUntil, physical, (int) (end - submittedUntil), nextChunk)) {
        throw new IllegalStateException("the flusher's queue is full");
      }
      nextChunk++;
      submittedUntil = end;
      started++;
    }
    if (started > 0) {
      queue.submit();
    }
    return started;
  }
}
