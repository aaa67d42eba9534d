package dev.peregrine.device.uring;

import dev.peregrine.device.QueueMode;
import dev.peregrine.device.segment.Poison;
import dev.peregrine.device.segment.SegmentFiles;
import dev.peregrine.device.segment.SegmentedDevice;
import dev.peregrine.device.segment.SegmentedQueue;

/** Segment files read and written through io_uring, a ring for each queue. */
public final class UringDevice extends SegmentedDevice {
  private final SegmentFiles files;

  /** A device that owns the files. The {@linkplain UringProbe probe} must have passed. */
  public UringDevice(SegmentFiles files, Poison poison) {
    super(files, files.sectorBytes(), files.path(), poison);
    this.files = files;
  }

  @Override
  protected SegmentedQueue createQueue(int depth, QueueMode mode) {
    return new UringQueue(this, depth, mode);
  }

  @Override
  public String describe() {
    return "io_uring on " + files.path() + ", " + files.access();
  }
}
