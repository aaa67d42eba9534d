package dev.peregrine.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Blocks that tell where they belong: the first and the last word follow from the block's offset,
 * what lies between cannot be compressed away.
 */
final class BlockStamp {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private BlockStamp() {}

  /** Fills a buffer once, so that later only the stamps change. */
  static void fill(MemorySegment buffer, long seed) {
    Choices choices = new Choices(seed);
    for (long at = 0; at < buffer.byteSize(); at += Long.BYTES) {
      buffer.set(LONG, at, choices.next());
    }
  }

  /** Stamps the block that a part of a buffer will be written to. */
  static void stamp(MemorySegment buffer, long at, int blockBytes, long deviceOffset) {
    buffer.set(LONG, at, Keys.of(deviceOffset));
    buffer.set(LONG, at + blockBytes - Long.BYTES, Keys.of(~deviceOffset));
  }

  /** Whether a part of a buffer is the block of this offset. */
  static boolean isRight(MemorySegment buffer, long at, int blockBytes, long deviceOffset) {
    return buffer.get(LONG, at) == Keys.of(deviceOffset)
        && buffer.get(LONG, at + blockBytes - Long.BYTES) == Keys.of(~deviceOffset);
  }
}
