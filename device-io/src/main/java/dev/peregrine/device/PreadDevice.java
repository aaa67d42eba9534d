package dev.peregrine.device;

import dev.peregrine.device.segment.Poison;
import dev.peregrine.device.segment.SegmentFiles;
import dev.peregrine.device.segment.SegmentedDevice;
import dev.peregrine.device.segment.SegmentedQueue;

/**
 * Segment files read and written by {@code pread} and {@code pwrite} on a few threads: the portable
 * fall-back, and what io_uring is measured against. Any thread may call any method.
 */
final class PreadDevice extends SegmentedDevice {
  private final SegmentFiles files;
  private final TransferThreads threads;
  private final String note;

  /**
   * A device that owns the files.
   *
   * @param note why it was chosen, for people, or empty
   */
  PreadDevice(SegmentFiles files, Poison poison, int threadCount, String note) {
    super(files, files.sectorBytes(), files.path(), poison);
    this.files = files;
    this.threads = new TransferThreads(threadCount, files.path());
    this.note = note;
  }

  @Override
  protected SegmentedQueue createQueue(int depth, QueueMode mode) {
    return new PreadQueue(this, threads, depth, mode);
  }

  @Override
  protected void release() {
    threads.close();
  }

  @Override
  public String describe() {
    return "pread/pwrite on "
        + threads.count()
        + " threads on "
        + files.path()
        + ", "
        + files.access()
        + note;
  }
}
