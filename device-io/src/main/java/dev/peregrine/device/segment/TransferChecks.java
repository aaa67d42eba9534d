package dev.peregrine.device.segment;

import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Checks;
import dev.peregrine.memory.Memory;

/** The rules that every transfer of every device obeys, and one wording for each breach. */
public final class TransferChecks {
  /** The most one request may transfer: 1 GiB. */
  public static final int MAX_TRANSFER_BYTES = 1 << 30;

  /** The most requests a queue may have outstanding. */
  public static final int MAX_DEPTH = 4096;

  /** The least unit of alignment that a device may have. */
  public static final int MIN_SECTOR_BYTES = 512;

  /** The shortest segment. */
  public static final long MIN_SEGMENT_BYTES = 4096;

  /** The longest segment: 1 TiB. */
  public static final long MAX_SEGMENT_BYTES = 1L << 40;

  private TransferChecks() {}

  /**
   * Refuses a transfer that is negative, empty, unaligned, too long, or crosses a segment's edge.
   *
   * @throws IllegalArgumentException naming the value
   */
  public static void requireTransfer(
      long deviceOffset, long address, int bytes, int sectorBytes, long segmentBytes) {
    if (deviceOffset < 0) {
      throw new IllegalArgumentException("offset " + deviceOffset + " must not be negative");
    }
    if (bytes <= 0) {
      throw new IllegalArgumentException("length " + bytes + " must be positive");
    }
    if (bytes > MAX_TRANSFER_BYTES) {
      throw new IllegalArgumentException(
          "length " + bytes + " exceeds the longest transfer, " + MAX_TRANSFER_BYTES + " bytes");
    }
    if (address <= 0) {
      throw new IllegalArgumentException("address " + address + " must be positive");
    }
    if (!Alignment.isAligned(deviceOffset | address | bytes, sectorBytes)) {
      throw unaligned(deviceOffset, address, bytes, sectorBytes);
    }
    if ((deviceOffset & (segmentBytes - 1)) + bytes > segmentBytes) {
      throw new IllegalArgumentException(
          "range "
              + deviceOffset
              + "+"
              + bytes
              + " crosses the edge of a segment of "
              + segmentBytes
              + " bytes");
    }
    if (Checks.ENABLED) {
      Memory.getByte(address);
      Memory.getByte(address + bytes - 1);
    }
  }

  private static IllegalArgumentException unaligned(
      long deviceOffset, long address, int bytes, int sectorBytes) {
    String what =
        !Alignment.isAligned(deviceOffset, sectorBytes)
            ? "offset " + deviceOffset
            : !Alignment.isAligned(bytes, sectorBytes)
                ? "length " + bytes
                : "address 0x" + Long.toHexString(address);
    return new IllegalArgumentException(
        what + " is not aligned: it must be a multiple of the sector, " + sectorBytes + " bytes");
  }

  /** Refuses a queue depth that is not 1 to {@link #MAX_DEPTH}. */
  public static void requireDepth(int depth) {
    if (depth < 1 || depth > MAX_DEPTH) {
      throw new IllegalArgumentException("depth " + depth + " is not 1 to " + MAX_DEPTH);
    }
  }

  /** Refuses a segment length that is no power of two from 4 KiB to 1 TiB. */
  public static void requireSegmentBytes(long segmentBytes) {
    if (!Alignment.isPowerOfTwo(segmentBytes)
        || segmentBytes < MIN_SEGMENT_BYTES
        || segmentBytes > MAX_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "segmentBytes "
              + segmentBytes
              + " is not a power of two from "
              + MIN_SEGMENT_BYTES
              + " to "
              + MAX_SEGMENT_BYTES);
    }
  }
}
