package dev.peregrine.internal.hlog;

import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;

/**
 * The ring of page frames: an address maps to memory by its low bits.
 *
 * <p>The ring's length is a power of two of address space; of it, {@code frameCount} pages at most
 * have memory at a time. Where that is the whole ring, a page that is closed is zeroed for its
 * successor; else its memory goes back to the system, which zeroes it, and the budget is kept
 * although it is no power of two.
 *
 * <p>Memory comes from the system when it is touched first, a page fault each time. Frames that are
 * {@code preTouched} have theirs before a thread with work to do meets them.
 */
final class PageFrames {
  private final NativeRegion region;
  private final long base;
  private final long ringMask;
  private final int pageBits;
  private final long frameCount;
  private final boolean discards;
  private final boolean preTouched;

  /**
   * @param pageBits log2 of the page size
   * @param frameCount pages that can be in memory at once
   * @param preTouched whether all of those have memory at any time
   * @param firstPage the first that will be in memory
   */
  PageFrames(int pageBits, long frameCount, boolean preTouched, long firstPage) {
    this.pageBits = pageBits;
    this.frameCount = frameCount;
    long ringFrames = Alignment.nextPowerOfTwo(frameCount);
    long ringBytes = ringFrames << pageBits;
    this.discards = ringFrames != frameCount;
    this.region = NativeRegion.reserve(ringBytes);
    this.base = region.address();
    this.ringMask = ringBytes - 1;
    this.preTouched = preTouched;
    for (long page = firstPage; preTouched && page < firstPage + frameCount; page++) {
      zero(page);
    }
  }

  /** Where a logical address is in memory, as long as it is there at all. */
  long physical(long logicalAddress) {
    return base + (logicalAddress & ringMask);
  }

  /** The bits of an address by which it maps to memory. */
  long ringMask() {
    return ringMask;
  }

  /** Length of a frame. */
  int pageBytes() {
    return 1 << pageBits;
  }

  /** Pages that can be in memory at once. */
  long frameCount() {
    return frameCount;
  }

  /** Checksums of what is in the frames, for one thread. */
  Checksum newChecksum() {
    return new Checksum(base, ringMask + 1);
  }

  /** Makes a closed page's frame zero again, for the page that is {@code frameCount} later. */
  void recycle(long page) {
    if (!discards) {
      zero(page);
      return;
    }
    region.discard(physical(page << pageBits) - base, 1L << pageBits);
    if (preTouched) {
      zero(page + frameCount);
    }
  }

  /** Makes a frame zero, which gives it memory if it has none. */
  private void zero(long page) {
    Memory.zero(physical(page << pageBits), 1L << pageBits);
  }

  void close() {
    region.close();
  }
}
