package dev.peregrine.internal.recovery;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.Device;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.index.HashIndex;
import dev.peregrine.internal.index.IndexImage;
import dev.peregrine.memory.Alignment;

/** Loads the image of an index. One thread. */
final class IndexLoader {
  private final CheckpointFiles files;
  private final RecoveryBuffers buffers;

  IndexLoader(CheckpointFiles files, RecoveryBuffers buffers) {
    this.files = files;
    this.buffers = buffers;
  }

  /**
   * Loads and checks it.
   *
   * @param index empty
   * @param image the checkpoint that wrote the image
   * @param begin the first address of the log
   * @param meter hears what has been read
   */
  void load(HashIndex index, Manifest image, long begin, ProgressMeter meter) {
    Manifest.IndexPart part = image.index();
    String path = CheckpointFiles.indexPath(image.token());
    IndexImage target = target(index, part, path);
    read(
        image,
        meter,
        (offset, address, length) -> {
          int useful = (int) Math.min(length, part.bytes() - offset);
          target.copyIn(offset, address, useful);
        });
    target.adopt(begin, part.endTail(), path);
  }

  /** Checks that its bytes are those that were written, and loads nothing. */
  void verify(Manifest image, ProgressMeter meter) {
    read(image, meter, (offset, address, length) -> {});
  }

  /** Takes what has been read and checked. */
  private interface Sink {
    void take(long offset, long address, int length);
  }

  private void read(Manifest image, ProgressMeter meter, Sink sink) {
    Manifest.IndexPart part = image.index();
    String path = CheckpointFiles.indexPath(image.token());
    long padded = Alignment.up(part.bytes(), PageImage.BLOCK_BYTES);
    try (Device device = files.openIndex(image.token(), padded, image.store().segmentBytes());
        ChunkReader reader =
            new ChunkReader(device, 0, padded, buffers.address(), buffers.chunkBytes(), path)) {
      while (reader.next()) {
        for (int at = 0; at < reader.length(); at += PageImage.BLOCK_BYTES) {
          requireBlock(part, reader.offset() + at, reader.address() + at, path);
        }
        sink.take(reader.offset(), reader.address(), reader.length());
        meter.add(reader.length());
      }
    }
  }

  private static IndexImage target(HashIndex index, Manifest.IndexPart part, String path) {
    try {
      IndexImage target = IndexImage.to(index, part.overflowUsed());
      if (target.bytes() == part.bytes()) {
        return target;
      }
      throw new IllegalArgumentException("it would have " + target.bytes() + " bytes");
    } catch (IllegalArgumentException e) {
      throw new CorruptionException(
          path + " is refused: it has " + part.bytes() + " bytes, but " + e.getMessage());
    }
  }

  private void requireBlock(Manifest.IndexPart part, long offset, long address, String path) {
    int sum = buffers.checksum().of(address, PageImage.BLOCK_BYTES);
    int expected = part.checksums()[(int) (offset / PageImage.BLOCK_BYTES)];
    if (sum != expected) {
      throw new CorruptionException(
          String.format(
              "%s is damaged in the block at offset %d: its checksum is %08x, and was %08x",
              path, offset, sum, expected));
    }
  }
}
