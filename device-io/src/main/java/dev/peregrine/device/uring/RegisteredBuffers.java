package dev.peregrine.device.uring;

/**
 * The memory ranges that one ring has pinned. Owned by the ring's user.
 *
 * <p>A bounded table that is only added to: the ring's end unpins. The kernel pins pages, not
 * addresses, so that a range must be neither unmapped nor discarded before.
 */
final class RegisteredBuffers {
  /** The answer for a range that is not pinned. */
  static final int NONE = -1;

  /** The kernel's limit for one entry. */
  private static final long MAX_ENTRY_BYTES = 1L << 30;

  private static final int ENTRY_COUNT = 64;

  private final Ring ring;
  private final long[] starts = new long[ENTRY_COUNT];
  private final long[] ends = new long[ENTRY_COUNT];
  private int count;
  private boolean tableMade;

  RegisteredBuffers(Ring ring) {
    this.ring = ring;
  }

  /** Pins a range; false if the kernel or a limit refuses, which changes nothing. */
  boolean add(long address, long bytes) {
    long entries = (bytes + MAX_ENTRY_BYTES - 1) / MAX_ENTRY_BYTES;
    if (entries > ENTRY_COUNT - count) {
      return false;
    }
    if (!tableMade) {
      tableMade = ring.registerBufferTable(ENTRY_COUNT);
      if (!tableMade) {
        return false;
      }
    }
    for (long done = 0; done < bytes; done += MAX_ENTRY_BYTES) {
      long length = Math.min(MAX_ENTRY_BYTES, bytes - done);
      if (!ring.registerBuffer(count, address + done, length)) {
        return false;
      }
      starts[count] = address + done;
      ends[count] = address + done + length;
      count++;
    }
    return true;
  }

  /** The index of the entry that a request lies in, or {@link #NONE}. */
  int indexOf(long address, int bytes) {
    for (int i = 0; i < count; i++) {
      if (address >= starts[i] && address + bytes <= ends[i]) {
        return i;
      }
    }
    return NONE;
  }
}
