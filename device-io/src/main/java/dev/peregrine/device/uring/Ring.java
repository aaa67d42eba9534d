package dev.peregrine.device.uring;

import dev.peregrine.device.QueueMode;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;

/**
 * One io_uring: its two queues, the system call between them, and what is registered with it.
 *
 * <p>One thread uses it at a time; in {@link QueueMode#SINGLE_THREAD} always the one that made it.
 * It must be drained before {@link #close()}: the kernel goes on writing to the buffers of requests
 * in flight.
 */
final class Ring implements AutoCloseable {
  private static final int[] SINGLE_THREAD_FLAGS = {
    UringAbi.SETUP_SINGLE_ISSUER | UringAbi.SETUP_DEFER_TASKRUN | UringAbi.SETUP_TASKRUN_FLAG,
    UringAbi.SETUP_COOP_TASKRUN | UringAbi.SETUP_TASKRUN_FLAG,
    0
  };
  private static final int[] MOVABLE_FLAGS = {
    UringAbi.SETUP_COOP_TASKRUN | UringAbi.SETUP_TASKRUN_FLAG, 0
  };
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** The longest single wait: the caller looks at the clock again after it. */
  private static final long MAX_WAIT_NANOS = 60 * NANOS_PER_SECOND;

  // Our own native block: the struct, the parameters, and arguments of calls.
  private static final int STRUCT_OFFSET = 0;
  private static final int PARAMS_OFFSET = 256;
  private static final int WAIT_ARGUMENT_OFFSET = 384;
  private static final int TIMESPEC_OFFSET = 416;
  private static final int SCRATCH_OFFSET = 448;
  private static final int BLOCK_BYTES = 512;

  private final NativeRegion block;
  private final long struct;
  private final int fd;
  private final int features;
  private final int setupFlags;
  private final long[] mappings = new long[3];
  private int mappingCount;
  private final SubmissionQueue submissions;
  private final CompletionQueue completions;
  private boolean closed;

  private Ring(NativeRegion block, int setupFlags) {
    this.block = block;
    this.setupFlags = setupFlags;
    struct = block.address() + STRUCT_OFFSET;
    fd = Memory.getInt(struct + UringAbi.RING_FD);
    features = Memory.getInt(block.address() + PARAMS_OFFSET + UringAbi.PARAMS_FEATURES_OFFSET);
    registerMappings();
    submissions = new SubmissionQueue(struct);
    completions = new CompletionQueue(struct);
    long argument = block.address() + WAIT_ARGUMENT_OFFSET;
    Memory.putLong(
        argument + UringAbi.WAIT_ARGUMENT_TIMESPEC_POINTER, block.address() + TIMESPEC_OFFSET);
  }

  /**
   * Sets a ring up, with the fastest flags that the mode allows and the kernel knows.
   *
   * @param entries how many requests it holds
   */
  static Ring open(int entries, QueueMode mode) throws ErrnoException {
    // A virtual thread is the same Thread on another carrier, and the kernel knows carriers only.
    boolean single = mode == QueueMode.SINGLE_THREAD && !Thread.currentThread().isVirtual();
    NativeRegion block = NativeRegion.reserve(BLOCK_BYTES);
    int result = -Errno.EINVAL;
    for (int flags : single ? SINGLE_THREAD_FLAGS : MOVABLE_FLAGS) {
      Memory.zero(block.address(), BLOCK_BYTES);
      long params = block.address() + PARAMS_OFFSET;
      Memory.putInt(params + UringAbi.PARAMS_FLAGS_OFFSET, flags);
      result = LibUring.queueInitParams(entries, block.address() + STRUCT_OFFSET, params);
      if (result >= 0) {
        return new Ring(block, flags);
      }
      if (result != -Errno.EINVAL) {
        break;
      }
    }
    block.close();
    throw new ErrnoException(-result);
  }

  private void registerMappings() {
    long sq = Memory.getLong(struct + UringAbi.RING_SQ_MAPPED_POINTER);
    long cq = Memory.getLong(struct + UringAbi.RING_CQ_MAPPED_POINTER);
    register(sq, Memory.getLong(struct + UringAbi.RING_SQ_MAPPED_BYTES));
    if (cq != sq) {
      register(cq, Memory.getLong(struct + UringAbi.RING_CQ_MAPPED_BYTES));
    }
    long entries = Memory.getInt(Memory.getLong(struct + UringAbi.RING_SQ_ENTRIES_POINTER));
    register(Memory.getLong(struct + UringAbi.RING_SQES_POINTER), entries * UringAbi.SQE_BYTES);
  }

  private void register(long address, long bytes) {
    NativeRegion.register(address, bytes);
    mappings[mappingCount++] = address;
  }

  SubmissionQueue submissions() {
    return submissions;
  }

  CompletionQueue completions() {
    return completions;
  }

  boolean hasFeature(int feature) {
    return (features & feature) != 0;
  }

  boolean hasSetupFlag(int flag) {
    return (setupFlags & flag) != 0;
  }

  /** Hands entries over without asking for events; a count or {@code -errno}. */
  int submit(int count) {
    submissions.publish();
    return LibUring.enter(fd, count, 0, 0, 0, 0);
  }

  /** Hands entries over and lets completions in, without waiting; a count or {@code -errno}. */
  int submitAndGetEvents(int count) {
    submissions.publish();
    return LibUring.enter(fd, count, 0, UringAbi.ENTER_GETEVENTS, 0, 0);
  }

  /** As {@link #submitAndGetEvents}, but waits for a completion. */
  int submitAndWait(int count, long timeoutNanos) {
    submissions.publish();
    long nanos = Math.min(timeoutNanos, MAX_WAIT_NANOS);
    long timespec = block.address() + TIMESPEC_OFFSET;
    Memory.putLong(timespec + UringAbi.TIMESPEC_SECONDS_OFFSET, nanos / NANOS_PER_SECOND);
    Memory.putLong(timespec + UringAbi.TIMESPEC_NANOS_OFFSET, nanos % NANOS_PER_SECOND);
    return LibUring.enter(
        fd,
        count,
        1,
        UringAbi.ENTER_GETEVENTS | UringAbi.ENTER_EXT_ARG,
        block.address() + WAIT_ARGUMENT_OFFSET,
        UringAbi.WAIT_ARGUMENT_BYTES);
  }

  /** Makes an empty table for registered files; whether the kernel has it. */
  boolean registerFileTable(int count) {
    return LibUring.registerFilesSparse(struct, count) >= 0;
  }

  /** Puts a file into the table of registered files; whether the kernel took it. */
  boolean registerFile(int index, int fileDescriptor) {
    long fds = block.address() + SCRATCH_OFFSET;
    Memory.putInt(fds, fileDescriptor);
    return LibUring.registerFilesUpdate(struct, index, fds, 1) >= 0;
  }

  /** Makes an empty table for registered buffers; whether the kernel has it. */
  boolean registerBufferTable(int count) {
    return LibUring.registerBuffersSparse(struct, count) >= 0;
  }

  /** Pins a range of memory; whether the kernel took it. */
  boolean registerBuffer(int index, long address, long bytes) {
    long iovec = block.address() + SCRATCH_OFFSET;
    Memory.putLong(iovec + UringAbi.IOVEC_ADDRESS_OFFSET, address);
    Memory.putLong(iovec + UringAbi.IOVEC_LENGTH_OFFSET, bytes);
    return LibUring.registerBuffersUpdate(struct, index, iovec, 1) >= 0;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      while (mappingCount > 0) {
        NativeRegion.unregister(mappings[--mappingCount]);
      }
      LibUring.queueExit(struct);
      block.close();
    }
  }
}
