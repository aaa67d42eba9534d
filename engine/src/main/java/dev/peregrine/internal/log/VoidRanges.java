package dev.peregrine.internal.log;

import java.util.Arrays;

/**
 * Ranges of addresses whose entries have been dropped by {@code truncateAfter}: they are there on
 * the device, and nobody is shown them. Each ends where appending went on. Immutable, ascending,
 * apart from each other.
 */
public final class VoidRanges {
  /** None. */
  public static final VoidRanges NONE = new VoidRanges(new long[0], new long[0]);

  /** The most that are kept. */
  public static final int MOST = 1 << 16;

  private final long[] starts;
  private final long[] ends;

  private VoidRanges(long[] starts, long[] ends) {
    this.starts = starts;
    this.ends = ends;
  }

  /**
   * The ranges that were kept.
   *
   * @throws IllegalArgumentException if they are not ascending and apart
   */
  static VoidRanges of(long[] starts, long[] ends) {
    boolean good = starts.length == ends.length;
    long before = 0;
    for (int i = 0; good && i < starts.length; i++) {
      good = starts[i] > before && ends[i] > starts[i];
      before = ends[i];
    }
    if (!good) {
      throw new IllegalArgumentException(
          "no ranges: " + Arrays.toString(starts) + " to " + Arrays.toString(ends));
    }
    return new VoidRanges(starts.clone(), ends.clone());
  }

  /** Where to go on from an address: the end of the range that it is in, or itself. */
  long skip(long address) {
    if (starts.length == 0) {
      return address;
    }
    int at = Arrays.binarySearch(starts, address);
    int index = at >= 0 ? at : -at - 2;
    return index >= 0 && address < ends[index] ? ends[index] : address;
  }

  /** With another range at the end of all, which takes in those that it covers or touches. */
  VoidRanges with(long start, long end) {
    int kept = 0;
    while (kept < starts.length && ends[kept] < start) {
      kept++;
    }
    long first = kept < starts.length ? Math.min(start, starts[kept]) : start;
    long[] newStarts = Arrays.copyOf(starts, kept + 1);
    long[] newEnds = Arrays.copyOf(ends, kept + 1);
    newStarts[kept] = first;
    newEnds[kept] = end;
    return new VoidRanges(newStarts, newEnds);
  }

  /** Without those that end at an address or below. */
  VoidRanges from(long begin) {
    int dropped = 0;
    while (dropped < ends.length && ends[dropped] <= begin) {
      dropped++;
    }
    return dropped == 0
        ? this
        : new VoidRanges(
            Arrays.copyOfRange(starts, dropped, starts.length),
            Arrays.copyOfRange(ends, dropped, ends.length));
  }

  /** Without what lies behind an address. */
  VoidRanges until(long end) {
    int kept = 0;
    while (kept < starts.length && starts[kept] < end) {
      kept++;
    }
    long[] newEnds = Arrays.copyOf(ends, kept);
    if (kept > 0) {
      newEnds[kept - 1] = Math.min(newEnds[kept - 1], end);
    }
    return new VoidRanges(Arrays.copyOf(starts, kept), newEnds);
  }

  /** How many there are. */
  public int count() {
    return starts.length;
  }

  /** Where each begins. */
  public long[] starts() {
    return starts.clone();
  }

  /** Where each ends. */
  public long[] ends() {
    return ends.clone();
  }
}
