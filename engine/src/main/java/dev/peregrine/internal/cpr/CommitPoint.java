package dev.peregrine.internal.cpr;

import dev.peregrine.memory.Memory;

/**
 * Up to which serial number the operations of one session belong to a version: the words by which a
 * session tells the coordinator, without either waiting for the other.
 *
 * <pre>
 *   0             8            16            24                32      40
 *  +-------------+------------+-------------+-----------------+-------+
 *  | done serial | cut serial | cut version | pending changes | polls |
 *  +-------------+------------+-------------+-----------------+-------+
 * </pre>
 *
 * The session stores the done serial at the end of each operation. When it adopts a version, which
 * it does between operations or between two attempts of one, it stores the cut serial (what was
 * done by then) and after it the cut version. The coordinator asks when every session has left the
 * version before: it loads the done serial first and the cut version after it. Is that the new
 * version, the cut serial is right. Is it not, the session had adopted nothing when it was loaded,
 * so all it had done by then, which includes the done serial loaded before, belongs to the old
 * version; and as no operation of the old version is under way any more, there is none that was
 * missed. So it is right for sessions that are idle, and for one that wakes at that instant.
 *
 * <p>The writer is the session's one thread, the memory is in the line of its epoch slot.
 */
public final class CommitPoint {
  /** Length in bytes. */
  public static final int BYTES = 40;

  private static final int CUT_SERIAL = 8;
  private static final int CUT_VERSION = 16;
  private static final int PENDING_CHANGES = 24;
  private static final int POLLS = 32;

  private final long address;

  /**
   * @param address of {@link #BYTES}, aligned to 8
   * @param serial what has been done before
   */
  public CommitPoint(long address, long serial) {
    this.address = address;
    Memory.putLong(address + CUT_VERSION, 0);
    Memory.putLong(address + CUT_SERIAL, serial);
    Memory.putLong(address + PENDING_CHANGES, 0);
    Memory.putLong(address + POLLS, 0);
    Memory.putLongRelease(address, serial);
  }

  /** An operation has ended; pairs with {@link #serialBefore}. */
  public void doneRelease(long serial) {
    Memory.putLongRelease(address, serial);
  }

  /** What has been done; the session only. */
  public long done() {
    return Memory.getLong(address);
  }

  /** The session's next operation, or the one that is about to try again, is of this version. */
  public void adoptRelease(long version) {
    Memory.putLongRelease(address + CUT_SERIAL, Memory.getLong(address));
    Memory.putLongRelease(address + CUT_VERSION, version);
  }

  /** The greatest serial that belongs to versions before this one; see above for when to ask. */
  public long serialBefore(long version) {
    long done = Memory.getLongAcquire(address);
    if (Memory.getLongAcquire(address + CUT_VERSION) == version) {
      return Memory.getLongAcquire(address + CUT_SERIAL);
    }
    return done;
  }

  /** Sets how many changes wait for the device; whatever they changed is visible with it. */
  public void pendingChangesRelease(long count) {
    Memory.putLongRelease(address + PENDING_CHANGES, count);
  }

  /** The session has looked after its pending operations once more. */
  public void polledRelease() {
    Memory.putLongRelease(address + POLLS, Memory.getLong(address + POLLS) + 1);
  }

  /** Grows with every operation that ends and with every poll. */
  public long progressAcquire() {
    return Memory.getLongAcquire(address) + Memory.getLongAcquire(address + POLLS);
  }

  /** How many changes wait for the device. */
  public long pendingChangesAcquire() {
    return Memory.getLongAcquire(address + PENDING_CHANGES);
  }
}
