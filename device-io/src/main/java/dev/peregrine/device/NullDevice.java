package dev.peregrine.device;

import dev.peregrine.device.segment.Poison;
import dev.peregrine.device.segment.RequestTable;
import dev.peregrine.device.segment.Segment;
import dev.peregrine.device.segment.SegmentTable;
import dev.peregrine.device.segment.SegmentedDevice;
import dev.peregrine.device.segment.SegmentedQueue;
import dev.peregrine.device.segment.TransferChecks;

/**
 * A device that drops what is written and fails reads: for stores that stay in memory, and to
 * measure what a device costs. Any thread may call any method.
 */
final class NullDevice extends SegmentedDevice {
  private static final String PATH_PREFIX = "null:";
  private static final String REASON = "null device keeps nothing";

  NullDevice(String name, long segmentBytes) {
    super(
        new Blanks(PATH_PREFIX + name, segmentBytes),
        TransferChecks.MIN_SECTOR_BYTES,
        PATH_PREFIX + name,
        new Poison());
  }

  @Override
  protected SegmentedQueue createQueue(int depth, QueueMode mode) {
    return new DropQueue(depth, mode);
  }

  @Override
  public boolean keepsData() {
    return false;
  }

  @Override
  public String describe() {
    return path() + ", keeps nothing";
  }

  private final class DropQueue extends ImmediateQueue {
    private final RequestTable table = table();

    DropQueue(int depth, QueueMode mode) {
      super(NullDevice.this, depth, mode);
    }

    @Override
    void carryOut(int slot) {
      if (table.isWrite(slot)) {
        table.setDone(slot, table.bytes(slot));
      } else {
        fail(slot, failure(slot, 0, REASON));
      }
    }
  }

  private static final class Blank extends Segment {
    private final String path;

    Blank(long number, String path) {
      super(number);
      this.path = path;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    protected void dispose() {}
  }

  private static final class Blanks extends SegmentTable {
    private final String path;

    Blanks(String path, long segmentBytes) {
      super(segmentBytes);
      this.path = path;
    }

    @Override
    protected Segment create(long number) {
      return new Blank(number, path);
    }

    @Override
    protected void publishCreated() {}

    @Override
    protected void remove(Segment[] segments) {}
  }
}
