package dev.peregrine.internal.checkpoint;

import dev.peregrine.device.Device;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.index.IndexImage;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;

/** Writes the image of an index, a chunk at a time. One thread. */
final class IndexDump implements AutoCloseable {
  private final IndexImage image;
  private final ImageWriter writer;
  private final Throttle throttle;
  private final int chunkBytes;
  private final Checksum checksum;
  private final int[] checksums;
  private long copied;

  IndexDump(IndexImage image, Device device, CheckpointParts parts) {
    this.image = image;
    this.throttle = parts.throttle();
    this.chunkBytes = parts.chunkBytes();
    this.writer = new ImageWriter(device, parts.buffers(), chunkBytes);
    this.checksum = new Checksum(parts.buffers(), CheckpointParts.buffersBytes(chunkBytes));
    long padded = Alignment.up(image.bytes(), PageImage.BLOCK_BYTES);
    this.checksums = new int[Math.toIntExact(padded / PageImage.BLOCK_BYTES)];
  }

  /**
   * Copies and writes what buffers and throttle allow.
   *
   * @return how much was done
   */
  int doWork() {
    int work = writer.poll();
    long buffer = writer.freeBuffer();
    while (buffer != 0 && copied < image.bytes()) {
      int length = (int) Math.min(chunkBytes, image.bytes() - copied);
      if (!throttle.tryTake(length)) {
        break;
      }
      Pauses.at(PausePoint.INDEX_COPYING);
      image.copyOut(copied, buffer, length);
      int padded = (int) Alignment.up(length, PageImage.BLOCK_BYTES);
      Memory.zero(buffer + length, padded - length);
      for (int at = 0; at < padded; at += PageImage.BLOCK_BYTES) {
        checksums[(int) ((copied + at) / PageImage.BLOCK_BYTES)] =
            checksum.of(buffer + at, PageImage.BLOCK_BYTES);
      }
      writer.write(buffer, padded);
      copied += length;
      work++;
      buffer = writer.freeBuffer();
    }
    return work;
  }

  /** Whether all of it has been written. */
  boolean isDone() {
    return copied == image.bytes() && writer.isIdle();
  }

  /** Makes it durable. */
  void sync() {
    writer.sync();
  }

  long copiedBytes() {
    return copied;
  }

  long bytes() {
    return image.bytes();
  }

  /** What the manifest says of it. */
  Manifest.IndexPart part(long version, long notedTail, long endTail) {
    return new Manifest.IndexPart(
        version, notedTail, endTail, image.bytes(), image.overflowUsed(), checksums);
  }

  @Override
  public void close() {
    writer.close();
  }
}
