package dev.peregrine;

import dev.peregrine.internal.checkpoint.CheckpointParts;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.index.HashIndex;
import dev.peregrine.internal.ops.StoreCore;
import dev.peregrine.memory.Alignment;

/** Divides a store's one budget: sessions and index first, the rest is the log's. */
final class MemoryPlan {
  private static final int INDEX_SHARE = 4;
  private static final int OVERFLOW_SHARE = 8;

  /** A small record lies in one block or in two. */
  private static final int IO_BUFFER_BLOCKS = 2;

  /** What the length of a region of native memory is rounded up to. */
  private static final int REGION_UNIT_BYTES = 4096;

  private static final long ALL_BITS = -1;
  private static final int CHUNK_SHARE = 256;
  private static final long MOST_CHUNK_BYTES = 1 << 20;

  private MemoryPlan() {}

  /**
   * The bounds of a store.
   *
   * @param config its settings
   * @param sectorBytes the device's sector
   * @throws IllegalArgumentException if the budget is too small, with what is needed
   */
  static StoreCore.Limits of(StoreConfig config, int sectorBytes) {
    return of(config, sectorBytes, ALL_BITS, null);
  }

  /**
   * As {@link #of(StoreConfig, int)}, with hashes cut down to force collisions, and with the index
   * of a store that was made before.
   *
   * @param shape that store, or null
   */
  static StoreCore.Limits of(
      StoreConfig config, int sectorBytes, long hashMask, Manifest.StoreShape shape) {
    if (PageImage.BLOCK_BYTES % sectorBytes != 0) {
      throw new IllegalArgumentException(
          "the log's blocks of "
              + PageImage.BLOCK_BYTES
              + " bytes are not multiples of the device's sector "
              + sectorBytes);
    }
    long buckets = bucketCount(config, shape);
    long overflow = shape != null ? shape.overflowCount() : Math.max(1, buckets / OVERFLOW_SHARE);
    StoreCore.Limits sessions = limits(config, buckets, overflow, 0, hashMask);
    long fixed =
        Alignment.up(HashIndex.bytesFor(buckets, overflow), REGION_UNIT_BYTES)
            + CheckpointParts.buffersBytes(chunkBytes(config))
            + config.maxSessions()
                * Alignment.up(StoreCore.sessionBytesFor(sessions), REGION_UNIT_BYTES);
    long frames = framesIn(config.memoryBytes() - fixed, config.pageBytes());
    if (frames < HybridLog.minFrames()) {
      throw new IllegalArgumentException(
          "memoryBytes "
              + config.memoryBytes()
              + " is too small: index, sessions and buffers take "
              + fixed
              + ", and the log needs "
              + HybridLog.minFrames()
              + " pages of "
              + config.pageBytes()
              + "; raise it to "
              + (fixed + HybridLog.bytesFor(config.pageBytes(), HybridLog.minFrames()))
              + ", or lower maxSessions, pendingDepth, maxRecordBytes, indexBytes or pageBytes");
    }
    return limits(config, buckets, overflow, frames, hashMask);
  }

  /** Chains in the log depend on the number of buckets, so that a store keeps what it has. */
  private static long bucketCount(StoreConfig config, Manifest.StoreShape shape) {
    long indexBytes =
        config.indexBytes() != 0 ? config.indexBytes() : config.memoryBytes() / INDEX_SHARE;
    long buckets = Long.highestOneBit(Math.max(1, indexBytes / HashIndex.bucketBytes()));
    if (shape == null) {
      return buckets;
    }
    if (config.indexBytes() != 0 && buckets != shape.bucketCount()) {
      throw new IllegalArgumentException(
          "indexBytes "
              + config.indexBytes()
              + " is not what the store was made with: use "
              + shape.bucketCount() * HashIndex.bucketBytes()
              + ", or leave it out");
    }
    return shape.bucketCount();
  }

  /** The unit in which checkpoints write images: a page, or more of them if memory is plenty. */
  static int chunkBytes(StoreConfig config) {
    long share = Long.highestOneBit(config.memoryBytes() / CHUNK_SHARE);
    long most = Math.min(MOST_CHUNK_BYTES, config.segmentBytes());
    return (int) Math.max(config.pageBytes(), Math.min(share, most));
  }

  /** The most pages that a log of so much memory has, with all that goes with them. */
  private static long framesIn(long bytes, int pageBytes) {
    long least = 0;
    long most = Math.max(0, bytes / pageBytes);
    while (least < most) {
      long frames = (least + most + 1) / 2;
      if (HybridLog.bytesFor(pageBytes, frames) <= bytes) {
        least = frames;
      } else {
        most = frames - 1;
      }
    }
    return least;
  }

  private static StoreCore.Limits limits(
      StoreConfig config, long buckets, long overflow, long frames, long hashMask) {
    int pageBits = Integer.numberOfTrailingZeros(config.pageBytes());
    return new StoreCore.Limits(
        buckets,
        overflow,
        new HybridLog.Shape(pageBits, frames, config.mutableFraction(), config.preTouch()),
        config.maxSessions(),
        config.pendingDepth(),
        Math.min(IO_BUFFER_BLOCKS * PageImage.BLOCK_BYTES, config.pageBytes()),
        config.maxRecordBytes(),
        hashMask);
  }
}
