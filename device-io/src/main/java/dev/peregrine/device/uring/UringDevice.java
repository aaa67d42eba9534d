package dev.peregrine.device.uring;

import dev.peregrine.device.QueueMode;
import dev.peregrine.device.segment.Poison;
import dev.peregrine.device.segment.SegmentFiles;
import dev.peregrine.device.segment.SegmentedDevice;
import dev.peregrine.device.segment.SegmentedQueue;
import dev.peregrine.posix.DirectFile;

/** Segment files read and written through io_uring, a ring for each queue. */
public final class UringDevice extends SegmentedDevice {
  private final SegmentFiles files;
  private final DirectFile held;

  /**
   * A device that owns the files. The {@linkplain UringProbe probe} must have passed.
   *
   * @param held a file that each ring keeps open, for as long as it has requests on their way; may
   *     be null
   */
  public UringDevice(SegmentFiles files, Poison poison, DirectFile held) {
    super(files, files.sectorBytes(), files.path(), poison);
    this.files = files;
    this.held = held;
  }

  @Override
  protected SegmentedQueue createQueue(int depth, QueueMode mode) {
    return new UringQueue(this, depth, mode, held);
  }

  @Override
  public String describe() {
    return "io_uring on " + files.path() + ", " + files.access();
  }
}
