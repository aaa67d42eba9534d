package dev.peregrine.internal.cpr;

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
 *  | closed | failed |     reserved     | phase (REST) |     version     |
 *  +--------+--------+------------------+--------------+-----------------+
 * </pre>
 *
 * An operation loads it once, right after it entered the epoch. Unequal to what the session knows,
 * the session takes its slow path; so closing and failing cost the fast path nothing. Any thread
 * may call any method; the memory lives as long as this object.
 */
public final class SystemState {
  private static final long CLOSED = 1L << 63;
  private static final long FAILED = 1L << 62;
  private static final long VERSION_MASK = 0xFFFF_FFFFL;
  private static final long FIRST_VERSION = 1;

  private final long word;

  /** In phase REST of the first version. */
  public SystemState() {
    word = NativeRegion.reserveFor(this, CacheLine.STRIDE_BYTES);
    Memory.putLongVolatile(word, FIRST_VERSION);
  }

  /** As the other, in memory that somebody else owns. */
  SystemState(long word) {
    this.word = word;
    Memory.putLongVolatile(word, FIRST_VERSION);
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
}
