package dev.peregrine.device;

import dev.peregrine.device.segment.Poison;
import dev.peregrine.device.segment.RequestTable;
import dev.peregrine.device.segment.Segment;
import dev.peregrine.device.segment.SegmentTable;
import dev.peregrine.device.segment.SegmentedDevice;
import dev.peregrine.device.segment.SegmentedQueue;
import dev.peregrine.device.segment.TransferChecks;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import dev.peregrine.posix.Errno;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A device that keeps its bytes in native memory, and loses them when it is closed.
 *
 * <p>Any thread may call any method. Physical memory is taken when a segment is written to. {@link
 * #sync()} succeeds and means nothing.
 */
final class MemoryDevice extends SegmentedDevice {
  private static final String PATH_PREFIX = "memory:";

  /** The end of what was ever written: only grows. */
  private final AtomicLong writtenEnd = new AtomicLong();

  private final long segmentMask;

  MemoryDevice(String name, long segmentBytes) {
    super(
        new Pieces(PATH_PREFIX + name, segmentBytes),
        TransferChecks.MIN_SECTOR_BYTES,
        PATH_PREFIX + name,
        new Poison());
    segmentMask = segmentBytes - 1;
  }

  @Override
  protected SegmentedQueue createQueue(int depth, QueueMode mode) {
    return new CopyQueue(depth, mode);
  }

  @Override
  public String describe() {
    return path() + ", native memory that is lost on close";
  }

  private final class CopyQueue extends ImmediateQueue {
    private final RequestTable table = table();

    CopyQueue(int depth, QueueMode mode) {
      super(MemoryDevice.this, depth, mode);
    }

    @Override
    void carryOut(int slot) {
      long deviceOffset = table.deviceOffset(slot);
      Piece piece = (Piece) table.segment(slot);
      long stored = piece.region.address() + (deviceOffset & segmentMask);
      int bytes = table.bytes(slot);
      if (table.isWrite(slot)) {
        Memory.copy(table.address(slot), stored, bytes);
        extendTo(deviceOffset + bytes);
      } else {
        bytes = (int) Math.clamp(writtenEnd.get() - deviceOffset, 0L, (long) bytes);
        Memory.copy(stored, table.address(slot), bytes);
      }
      table.setDone(slot, bytes);
    }

    private void extendTo(long end) {
      long now = writtenEnd.get();
      while (end > now && !writtenEnd.compareAndSet(now, end)) {
        now = writtenEnd.get();
      }
    }
  }

  private static final class Piece extends Segment {
    private final NativeRegion region;
    private final String path;

    Piece(long number, NativeRegion region, String path) {
      super(number);
      this.region = region;
      this.path = path;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    protected void dispose() {
      region.close();
    }
  }

  private static final class Pieces extends SegmentTable {
    private final String path;

    Pieces(String path, long segmentBytes) {
      super(segmentBytes);
      this.path = path;
    }

    @Override
    protected Segment create(long number) {
      try {
        return new Piece(number, NativeRegion.reserve(segmentBytes()), path);
      } catch (OutOfMemoryError e) {
        throw new DeviceException(
            "create", path, number * segmentBytes(), Errno.ENOMEM, e.getMessage());
      }
    }

    @Override
    protected void publishCreated() {}

    @Override
    protected void remove(Segment[] segments) {}
  }
}
