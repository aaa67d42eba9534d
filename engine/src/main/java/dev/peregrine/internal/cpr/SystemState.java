package dev.peregrine.internal.cpr;

import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;

/**
 * The one word that every operation compares with what its session knows: in which version and
 * phase the store is, and whether it still takes changes.
 *
 * <pre>
 *   63      62       61 ............ 40   39 ...... 32   31 ............. 0
 *  +--------+--------+------------------+--------------+-----------------+
 *  | closed | failed |     reserved     |    phase     |     version     |
 *  +--------+--------+------------------+--------------+-----------------+
 * </pre>
 *
 * An operation loads it once, right after it entered the epoch. Unequal to what the session knows,
 * the session takes its slow path; so closing, failing and checkpoints cost the fast path nothing.
 * Beside it lies the cut of the checkpoint that is going on, stored before the phase that needs it.
 *
 * <p>Any thread may close, fail and read; one coordinator at a time moves. The memory lives as long
 * as this object.
 */
public final class SystemState {
  /** The version of an empty store. */
  public static final long FIRST_VERSION = 1;

  /** The greatest version. */
  public static final long LAST_VERSION = 0xFFFF_FFFFL;

  /** The memory that it takes. */
  static final long BYTES = 2L * CacheLine.STRIDE_BYTES;

  private static final long CLOSED = 1L << 63;
  private static final long FAILED = 1L << 62;
  private static final long VERSION_MASK = LAST_VERSION;
  private static final int PHASE_SHIFT = 32;
  private static final long PHASE_MASK = 0xFF;
  private static final long MOVE_MASK = VERSION_MASK | PHASE_MASK << PHASE_SHIFT;

  private final long word;
  private final long cut;

  /** In phase REST of the first version. */
  public SystemState() {
    this(FIRST_VERSION);
  }

  /** In phase REST of a version. */
  public SystemState(long version) {
    word = NativeRegion.reserveFor(this, BYTES);
    cut = word + CacheLine.STRIDE_BYTES;
    Memory.putLongVolatile(word, version);
  }

  /** As the other, in memory that somebody else owns. */
  SystemState(long version, long word) {
    this.word = word;
    this.cut = word + CacheLine.STRIDE_BYTES;
    Memory.putLongVolatile(word, version);
  }

  /** The word; pairs with the volatile changes below. */
  public long wordAcquire() {
    return Memory.getLongAcquire(word);
  }

  /**
   * Refuses every operation from now on.
   *
   * @return false if it was closed before
   */
  public boolean close() {
    return (Memory.getAndOrLong(word, CLOSED) & CLOSED) == 0;
  }

  /** Refuses every change from now on; reads go on. */
  public void fail() {
    Memory.getAndOrLong(word, FAILED);
  }

  /** Moves to a phase of a version; the coordinator only. A CAS loop, since others set bits. */
  public void move(Phase phase, long version) {
    long target = version | (long) phase.ordinal() << PHASE_SHIFT;
    long seen = Memory.getLongVolatile(word);
    while (!Memory.casLong(word, seen, seen & ~MOVE_MASK | target)) {
      seen = Memory.getLongVolatile(word);
    }
    Pauses.at(phase.pausePoint);
  }

  /** Sets the cut, before the move to {@link Phase#WAIT_FLUSH}, which publishes it. */
  public void cutRelease(long address) {
    Memory.putLongRelease(cut, address);
  }

  /** The cut of the checkpoint whose phase has been seen. */
  public long cutAcquire() {
    return Memory.getLongAcquire(cut);
  }

  /** Whether {@link #close} had been called. */
  public static boolean isClosed(long word) {
    return (word & CLOSED) != 0;
  }

  /** Whether {@link #fail} had been called. */
  public static boolean isFailed(long word) {
    return (word & FAILED) != 0;
  }

  /** The version that new records belong to. */
  public static long version(long word) {
    return word & VERSION_MASK;
  }

  /** The phase. */
  public static Phase phase(long word) {
    return Phase.of((int) (word >>> PHASE_SHIFT & PHASE_MASK));
  }
}
