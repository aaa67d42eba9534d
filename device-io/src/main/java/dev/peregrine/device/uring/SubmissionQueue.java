package dev.peregrine.device.uring;

import dev.peregrine.memory.Memory;

/**
 * The submission side of a ring. Owned by the ring's user; makes no system call.
 *
 * <p>The kernel shares three words with us: it release-stores the head after it has read the
 * entries, we release-store the tail after we have written them, and it sets flags.
 */
final class SubmissionQueue {
  private static final int OPCODE_SHIFT = UringAbi.SQE_OPCODE_OFFSET * Byte.SIZE;
  private static final int FLAGS_SHIFT = UringAbi.SQE_FLAGS_OFFSET * Byte.SIZE;
  private static final int FD_SHIFT = UringAbi.SQE_FD_OFFSET * Byte.SIZE;

  private final long headAddress;
  private final long tailAddress;
  private final long flagsAddress;
  private final long sqes;
  private final int mask;

  /** The tail with the entries that the kernel has not been told of. */
  private int tail;

  /** Reads the pointers of a {@code struct io_uring}. */
  SubmissionQueue(long ring) {
    headAddress = Memory.getLong(ring + UringAbi.RING_SQ_HEAD_POINTER);
    tailAddress = Memory.getLong(ring + UringAbi.RING_SQ_TAIL_POINTER);
    flagsAddress = Memory.getLong(ring + UringAbi.RING_SQ_FLAGS_POINTER);
    sqes = Memory.getLong(ring + UringAbi.RING_SQES_POINTER);
    mask = Memory.getInt(Memory.getLong(ring + UringAbi.RING_SQ_MASK_POINTER));
    tail = Memory.getInt(tailAddress);
    long array = Memory.getLong(ring + UringAbi.RING_SQ_ARRAY_POINTER);
    for (int i = 0; i <= mask; i++) {
      Memory.putInt(array + (long) i * Integer.BYTES, i);
    }
  }

  /** Entries written and not yet taken by the kernel. */
  int pending() {
    // Pairs with the kernel's release: an entry it has passed may be overwritten.
    return tail - Memory.getIntAcquire(headAddress);
  }

  /** Writes an entry by plain stores; {@link #publish} shows it to the kernel. */
  void push(
      int opcode,
      int flags,
      int fd,
      long fileOffset,
      long address,
      int bytes,
      int bufferIndex,
      long userData) {
    if (pending() > mask) {
      throw new IllegalStateException("more entries than slots: the submission queue is full");
    }
    long sqe = sqes + (long) (tail & mask) * UringAbi.SQE_BYTES;
    long head = (long) opcode << OPCODE_SHIFT | (long) flags << FLAGS_SHIFT | (long) fd << FD_SHIFT;
    Memory.putLong(sqe + UringAbi.SQE_OPCODE_OFFSET, head);
    Memory.putLong(sqe + UringAbi.SQE_FILE_OFFSET_OFFSET, fileOffset);
    Memory.putLong(sqe + UringAbi.SQE_ADDRESS_OFFSET, address);
    Memory.putLong(sqe + UringAbi.SQE_LENGTH_OFFSET, bytes);
    Memory.putLong(sqe + UringAbi.SQE_USER_DATA_OFFSET, userData);
    Memory.putLong(sqe + UringAbi.SQE_BUFFER_INDEX_OFFSET, bufferIndex);
    Memory.putLong(sqe + UringAbi.SQE_RESERVED_OFFSET, 0);
    Memory.putLong(sqe + UringAbi.SQE_RESERVED_2_OFFSET, 0);
    tail++;
  }

  void publish() {
    // Pairs with the kernel's acquire: it sees the entries below the tail.
    Memory.putIntRelease(tailAddress, tail);
  }

  /** Whether completions wait for an enter that asks for events. */
  boolean needsEnter() {
    int flags = Memory.getIntAcquire(flagsAddress);
    return (flags & (UringAbi.SQ_TASKRUN | UringAbi.SQ_CQ_OVERFLOW)) != 0;
  }
}
