package dev.peregrine.device;

import dev.peregrine.device.segment.RequestTable;
import dev.peregrine.device.segment.SegmentFile;
import dev.peregrine.device.segment.SegmentedQueue;
import dev.peregrine.device.segment.TransferProgress;
import dev.peregrine.posix.DirectFile;
import java.lang.foreign.MemorySegment;

/**
 * A queue whose requests are carried out by the device's {@link TransferThreads}.
 *
 * <p>Slots go to the threads through {@link #submitted}, guarded by the monitor of the threads, and
 * come back through {@link #completed}, guarded by that object's own. Monitors, because they are
 * the one way to block in Java that allocates nothing.
 */
final class PreadQueue extends SegmentedQueue {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final TransferThreads threads;
  private final RequestTable table;
  private final int sectorBytes;
  private final long segmentMask;
  private final int[] staged;
  private int stagedCount;
  private final SlotRing completed;

  /** For {@link TransferThreads}, which guards them. */
  final SlotRing submitted;

  PreadQueue nextWithWork;
  boolean listed;

  PreadQueue(PreadDevice device, TransferThreads threads, int depth, QueueMode mode) {
    super(device, depth, mode);
    this.threads = threads;
    table = table();
    sectorBytes = device.sectorBytes();
    segmentMask = device.segmentBytes() - 1;
    staged = new int[depth];
    submitted = new SlotRing(depth);
    completed = new SlotRing(depth);
  }

  @Override
  protected void stage(int slot) {
    staged[stagedCount++] = slot;
  }

  @Override
  protected int start() {
    int started = stagedCount;
    if (started > 0) {
      stagedCount = 0;
      threads.submit(this, staged, started);
    }
    return started;
  }

  @Override
  protected int collect(CompletionSink sink, int limit, long timeoutNanos) {
    start();
    int count = 0;
    int slot = inFlight() > 0 ? takeCompleted(timeoutNanos) : SlotRing.NONE;
    while (slot != SlotRing.NONE) {
      count++;
      finish(slot, sink);
      slot = count < limit ? takeCompleted(0) : SlotRing.NONE;
    }
    return count;
  }

  /** Waits through interrupts, as a wait in the kernel does, and keeps the thread's mark. */
  private int takeCompleted(long timeoutNanos) {
    boolean interrupted = false;
    synchronized (completed) {
      if (timeoutNanos > 0 && completed.isEmpty()) {
        long deadline = System.nanoTime() + timeoutNanos;
        long remaining = timeoutNanos;
        while (completed.isEmpty() && remaining > 0) {
          try {
            completed.wait(remaining / NANOS_PER_MILLI + 1);
          } catch (InterruptedException e) {
            interrupted = true;
          }
          remaining = deadline - System.nanoTime();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return completed.isEmpty() ? SlotRing.NONE : completed.pop();
    }
  }

  /** Carries a request out; called by a transfer thread. */
  void carryOut(int slot, MemorySegment errno) {
    DirectFile file = ((SegmentFile) table.segment(slot)).file();
    boolean write = table.isWrite(slot);
    long result;
    do {
      int done = table.done(slot);
      long address = table.address(slot) + done;
      long bytes = table.bytes(slot) - done;
      long fileOffset = (table.deviceOffset(slot) & segmentMask) + done;
      result =
          write
              ? file.pwrite(errno, address, bytes, fileOffset)
              : file.pread(errno, address, bytes, fileOffset);
    } while (!TransferProgress.isFinished(table, slot, (int) result, sectorBytes));
    synchronized (completed) {
      completed.push(slot);
      completed.notify();
    }
  }

  @Override
  protected void release() {}
}
