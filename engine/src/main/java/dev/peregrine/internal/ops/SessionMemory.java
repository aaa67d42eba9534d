package dev.peregrine.internal.ops;

import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.NativeRegion;

/**
 * A session's native buffers, in one region: one for the read of each pending operation, one for a
 * read that is larger than those, and one for values while they are computed. Memory is taken as it
 * is touched.
 */
final class SessionMemory {
  /** Room around a record for the sectors that it begins and ends in. */
  private static final int EDGE_SECTORS = 2;

  private final NativeRegion region;
  private final long ioBufferBytes;
  private final long largeOffset;
  private final long largeBytes;
  private final long scratchOffset;

  SessionMemory(StoreCore.Limits limits, int sectorBytes) {
    ioBufferBytes = limits.ioBufferBytes();
    largeOffset = limits.pendingDepth() * ioBufferBytes;
    largeBytes = largeBytes(limits.maxRecordBytes(), sectorBytes);
    scratchOffset = largeOffset + largeBytes;
    region = NativeRegion.reserve(bytesFor(limits, sectorBytes));
  }

  /** What a session takes. */
  static long bytesFor(StoreCore.Limits limits, int sectorBytes) {
    return (long) limits.pendingDepth() * limits.ioBufferBytes()
        + largeBytes(limits.maxRecordBytes(), sectorBytes)
        + Alignment.up(limits.maxRecordBytes(), sectorBytes);
  }

  private static long largeBytes(int maxRecordBytes, int sectorBytes) {
    return Alignment.up(maxRecordBytes, sectorBytes) + (long) EDGE_SECTORS * sectorBytes;
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

  long bytes() {
    return region.bytes();
  }

  void close() {
    region.close();
  }
}
