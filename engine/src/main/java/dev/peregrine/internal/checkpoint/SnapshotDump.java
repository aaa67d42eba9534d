package dev.peregrine.internal.checkpoint;

import dev.peregrine.CheckpointToken;
import dev.peregrine.device.Device;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.memory.Checksum;

/**
 * Writes images of pages that are in memory, as far as they lie below the cut. Nobody changes them
 * there, and the log's head is pinned, so that they stay. One thread.
 */
final class SnapshotDump implements AutoCloseable {
  private final HybridLog log;
  private final CheckpointToken base;
  private final long[] pages;
  private final int[] checksums;
  private final long cut;
  private final ImageWriter writer;
  private final Checksum checksum;
  private final Throttle throttle;
  private final int pageBytes;
  private final int pagesPerChunk;
  private int copied;

  SnapshotDump(CheckpointToken base, long[] pages, long cut, Device device, CheckpointParts parts) {
    this.log = parts.log();
    this.base = base;
    this.pages = pages;
    this.checksums = new int[pages.length];
    this.cut = cut;
    this.throttle = parts.throttle();
    this.checksum = new Checksum(parts.buffers(), CheckpointParts.buffersBytes(parts.chunkBytes()));
    this.pageBytes = parts.shape().pageBytes();
    this.pagesPerChunk = parts.chunkBytes() / pageBytes;
    this.writer = new ImageWriter(device, parts.buffers(), parts.chunkBytes());
  }

  /**
   * Copies and writes what buffers and throttle allow.
   *
   * @return how much was done
   */
  int doWork() {
    int work = writer.poll();
    long buffer = writer.freeBuffer();
    while (buffer != 0 && copied < pages.length) {
      int count = Math.min(pagesPerChunk, pages.length - copied);
      if (!throttle.tryTake((long) count * pageBytes)) {
        break;
      }
      Pauses.at(PausePoint.PAGE_COPYING);
      for (int i = 0; i < count; i++) {
        long image = buffer + (long) i * pageBytes;
        log.copyPageImage(pages[copied + i], cut, image, checksum);
        checksums[copied + i] = PageImage.pageChecksum(image, pageBytes);
      }
      writer.write(buffer, count * pageBytes);
      copied += count;
      // What has been copied may leave memory.
      log.pinHead(copied < pages.length ? pages[copied] * pageBytes : cut);
      work++;
      buffer = writer.freeBuffer();
    }
    return work;
  }

  /** Whether all of it has been written. */
  boolean isDone() {
    return copied == pages.length && writer.isIdle();
  }

  /** Makes it durable. */
  void sync() {
    writer.sync();
  }

  long copiedBytes() {
    return (long) copied * pageBytes;
  }

  long bytes() {
    return (long) pages.length * pageBytes;
  }

  /** What the manifest says of it. */
  Manifest.SnapshotPart part() {
    return new Manifest.SnapshotPart(base, pages, checksums);
  }

  @Override
  public void close() {
    writer.close();
  }
}
