package dev.peregrine.device.uring;

import dev.peregrine.memory.Memory;

/**
 * The completion side of a ring. Owned by the ring's user; makes no system call.
 *
 * <p>The kernel release-stores the tail after it has written the entries; we release-store the head
 * after we have read them.
 */
final class CompletionQueue {
  private final long headAddress;
  private final long tailAddress;
  private final long cqes;
  private final int mask;

  /** The head with the entries taken and not yet given back. */
  private int head;

  /** The tail when it was last looked at. */
  private int tail;

  /** Reads the pointers of a {@code struct io_uring}. */
  CompletionQueue(long ring) {
    headAddress = Memory.getLong(ring + UringAbi.RING_CQ_HEAD_POINTER);
    tailAddress = Memory.getLong(ring + UringAbi.RING_CQ_TAIL_POINTER);
    cqes = Memory.getLong(ring + UringAbi.RING_CQES_POINTER);
    mask = Memory.getInt(Memory.getLong(ring + UringAbi.RING_CQ_MASK_POINTER));
    head = Memory.getInt(headAddress);
    tail = head;
  }

  /** Whether there is an entry to take. */
  boolean hasNext() {
    if (head != tail) {
      return true;
    }
    // Pairs with the kernel's release: the entries below the tail are whole.
    tail = Memory.getIntAcquire(tailAddress);
    return head != tail;
  }

  /** The user data of the next entry. */
  long userData() {
    return Memory.getLong(next() + UringAbi.CQE_USER_DATA_OFFSET);
  }

  /** The result of the next entry: a count or {@code -errno}. */
  int result() {
    return Memory.getInt(next() + UringAbi.CQE_RESULT_OFFSET);
  }

  /** Takes the next entry; {@link #release} gives its place back. */
  void advance() {
    head++;
  }

  void release() {
    // Pairs with the kernel's acquire: it may overwrite what is below the head.
    Memory.putIntRelease(headAddress, head);
  }

  private long next() {
    return cqes + (long) (head & mask) * UringAbi.CQE_BYTES;
  }
}
