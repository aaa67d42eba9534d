package dev.peregrine.internal.ops;

import java.util.Arrays;

/**
 * The numbers of a session's changes that were pending and never took effect. The newest {@link
 * #MOST} are kept. Written by the session's thread or whoever took its slot, read by any: guarded
 * by this object.
 */
final class LostSerials {
  /** The most that are remembered. */
  static final int MOST = 4096;

  private static final long[] NONE = {};

  private long[] serials;
  private int count;

  LostSerials(long[] known) {
    serials = known.clone();
    count = known.length;
  }

  synchronized void add(long serial) {
    if (count == MOST) {
      System.arraycopy(serials, 1, serials, 0, --count);
    } else if (count == serials.length) {
      serials = Arrays.copyOf(serials, Math.clamp(2L * count, 8, MOST));
    }
    serials[count++] = serial;
  }

  /** Those up to a serial, ascending. */
  synchronized long[] upTo(long serial) {
    if (count == 0) {
      return NONE;
    }
    return Arrays.stream(serials, 0, count).filter(lost -> lost <= serial).sorted().toArray();
  }
}
