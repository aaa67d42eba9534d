package dev.peregrine.internal.ops;

import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.NativeRegion;

/**
 * A session's native buffers, in one region: one for the read of each pending operation, one for a
 * read that is larger than those, and one for values while they are computed. Memory is taken as it
 * is touched.
 */
final class SessionMemory {
  private final NativeRegion region;
  private final long ioBufferBytes;
  private final long largeOffset;
  private final long largeBytes;
  private final long scratchOffset;

  SessionMemory(StoreCore.Limits limits) {
    ioBufferBytes = limits.ioBufferBytes();
    largeOffset = limits.pendingDepth() * ioBufferBytes;
    largeBytes = largeBytes(limits);
    scratchOffset = largeOffset + largeBytes;
    region = NativeRegion.reserve(bytesFor(limits));
  }

  /** What a session takes. */
  static long bytesFor(StoreCore.Limits limits) {
    return (long) limits.pendingDepth() * limits.ioBufferBytes()
        + largeBytes(limits)
        + Alignment.up(limits.maxRecordBytes(), PageImage.BLOCK_BYTES);
  }

  /** The blocks of the longest record wherever it begins, with the zone if it ends there. */
  private static long largeBytes(StoreCore.Limits limits) {
    int pageBytes = 1 << limits.log().pageBits();
    long blocks =
        Alignment.up(limits.maxRecordBytes(), PageImage.BLOCK_BYTES) + PageImage.BLOCK_BYTES;
    return Math.min(pageBytes, blocks + PageImage.zoneBytes(pageBytes));
  }

  /** The read buffer of a pending operation. */
  long ioBuffer(int slot) {
    return region.address() + slot * ioBufferBytes;
  }

  /** Its length. */
  long ioBufferBytes() {
    return ioBufferBytes;
  }

  /** All read buffers together, for registration. */
  long ioBuffersBytes() {
    return largeOffset;
  }

  /** The buffer for one large read. */
  long largeBuffer() {
    return region.address() + largeOffset;
  }

  /** The length of {@link #largeBuffer}. */
  long largeBufferBytes() {
    return largeBytes;
  }

  /** Where a value is put together; as long as the largest record. */
  long scratch() {
    return region.address() + scratchOffset;
  }

  /** Where all buffers begin. */
  long address() {
    return region.address();
  }

  long bytes() {
    return region.bytes();
  }

  void close() {
    region.close();
  }
}
