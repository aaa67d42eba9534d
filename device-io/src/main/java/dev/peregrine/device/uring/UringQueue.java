package dev.peregrine.device.uring;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.QueueMode;
import dev.peregrine.device.segment.RequestTable;
import dev.peregrine.device.segment.SegmentFile;
import dev.peregrine.device.segment.SegmentedQueue;
import dev.peregrine.device.segment.TransferProgress;
import dev.peregrine.posix.DirectFile;
import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;

/**
 * A queue over a ring of its own: one system call a batch, none for a poll that finds completions
 * or finds that there can be none.
 *
 * <p>Threads as its {@link QueueMode} says.
 */
final class UringQueue extends SegmentedQueue {
  private final UringDevice device;
  private final RequestTable table;
  private final Ring ring;
  private final SubmissionQueue submissions;
  private final CompletionQueue completions;
  private final RegisteredFiles files;
  private final RegisteredBuffers buffers;
  private final long segmentMask;

  UringQueue(UringDevice device, int depth, QueueMode mode, DirectFile held) {
    super(device, depth, mode);
    this.device = device;
    table = table();
    segmentMask = device.segmentBytes() - 1;
    try {
      ring = Ring.open(depth, mode);
    } catch (ErrnoException e) {
      throw new DeviceException("open queue", device.path(), -1, e.errno(), e.getMessage());
    }
    submissions = ring.submissions();
    completions = ring.completions();
    files = new RegisteredFiles(ring, held);
    buffers = new RegisteredBuffers(ring);
  }

  @Override
  protected void stage(int slot) {
    SegmentFile segment = (SegmentFile) table.segment(slot);
    if (files.wouldEvict(segment) && submissions.pending() > 0) {
      start();
      if (submissions.pending() > 0) {
        pushUnregistered(slot, segment);
        return;
      }
    }
    int file = files.indexOf(segment);
    if (file == RegisteredFiles.NONE) {
      pushUnregistered(slot, segment);
    } else {
      push(slot, UringAbi.IOSQE_FIXED_FILE, file);
    }
  }

  private void pushUnregistered(int slot, SegmentFile segment) {
    push(slot, 0, segment.file().fd());
  }

  private void push(int slot, int flags, int fd) {
    int done = table.done(slot);
    long address = table.address(slot) + done;
    int bytes = table.bytes(slot) - done;
    int buffer = buffers.indexOf(address, bytes);
    boolean pinned = buffer != RegisteredBuffers.NONE;
    int opcode =
        table.isWrite(slot)
            ? pinned ? UringAbi.OP_WRITE_FIXED : UringAbi.OP_WRITE
            : pinned ? UringAbi.OP_READ_FIXED : UringAbi.OP_READ;
    submissions.push(
        opcode,
        flags,
        fd,
        (table.deviceOffset(slot) & segmentMask) + done,
        address,
        bytes,
        pinned ? buffer : 0,
        UserData.of(table.generation(slot), slot));
  }

  @Override
  protected int start() {
    int started = 0;
    int pending = submissions.pending();
    while (pending > 0) {
      int result = ring.submit(pending);
      if (result <= 0 && isPostponed(result)) {
        break;
      }
      started += Math.max(0, result);
      pending = submissions.pending();
    }
    return started;
  }

  /**
   * Whether the kernel has no room now (the next call tries again), as opposed to an interruption.
   *
   * @throws DeviceException for any other error
   */
  private boolean isPostponed(int result) {
    return switch (-result) {
      case Errno.EINTR -> false;
      case 0, Errno.EAGAIN, Errno.EBUSY, Errno.ETIME -> true;
      default ->
          throw new DeviceException("submit", device.path(), -1, -result, Errno.words(-result));
    };
  }

  @Override
  protected int collect(CompletionSink sink, int limit, long timeoutNanos) {
    long start = timeoutNanos > 0 ? System.nanoTime() : 0;
    long remaining = timeoutNanos;
    while (true) {
      enterIfUseful(remaining);
      int count = reap(sink, limit);
      if (count > 0 || remaining <= 0 || inFlight() == 0) {
        return count;
      }
      remaining = timeoutNanos - (System.nanoTime() - start);
    }
  }

  private void enterIfUseful(long timeoutNanos) {
    int pending = submissions.pending();
    boolean arrived = completions.hasNext();
    int result;
    if (!arrived && timeoutNanos > 0 && inFlight() > 0) {
      result = ring.submitAndWait(pending, timeoutNanos);
    } else if (pending > 0 || !arrived && submissions.needsEnter()) {
      result = ring.submitAndGetEvents(pending);
    } else {
      return;
    }
    if (result < 0) {
      isPostponed(result);
    }
  }

  private int reap(CompletionSink sink, int limit) {
    int count = 0;
    try {
      while (count < limit && completions.hasNext()) {
        long userData = completions.userData();
        int result = completions.result();
        completions.advance();
        int slot = requireCurrent(userData);
        if (TransferProgress.isFinished(table, slot, result, device.sectorBytes())) {
          count++;
          finish(slot, sink);
        } else {
          stage(slot);
        }
      }
    } finally {
      completions.release();
    }
    return count;
  }

  /** The ring, for tests that put something wrong into it. */
  Ring ring() {
    return ring;
  }

  private int requireCurrent(long userData) {
    int slot = UserData.slot(userData);
    if (slot < 0
        || slot >= table.depth()
        || table.segment(slot) == null
        || table.generation(slot) != UserData.generation(userData)) {
      throw new IllegalStateException(
          "completion 0x" + Long.toHexString(userData) + " belongs to no request in flight");
    }
    return slot;
  }

  @Override
  public boolean registerBuffer(long address, long bytes) {
    super.registerBuffer(address, bytes);
    return buffers.add(address, bytes);
  }

  @Override
  protected void release() {
    ring.close();
  }
}
