package dev.peregrine.bench.logbench;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.Keys;

/**
 * What entries hold: who appended it and as which, words that only its producer writes, and the
 * first word once more, inverted.
 *
 * <pre>
 *   first word:   63 ..... 48   47 ....................... 0
 *                +-------------+----------------------------+
 *                | producer    | number of the entry        |
 *                +-------------+----------------------------+
 * </pre>
 */
final class EntryPattern {
  /** The shortest entry. */
  static final int MIN_BYTES = 2 * Long.BYTES;

  private static final int PRODUCER_SHIFT = 48;
  private static final long NUMBER_MASK = (1L << PRODUCER_SHIFT) - 1;

  private EntryPattern() {}

  /** The first word. */
  static long first(int producer, long number) {
    return (long) producer << PRODUCER_SHIFT | number;
  }

  /** The last word. */
  static long last(long first) {
    return ~first;
  }

  /** A word between. */
  static long middle(int producer, int offset) {
    return Keys.of(first(producer, offset));
  }

  /** Checks what was read. One thread. */
  static final class Check {
    private final int entryBytes;
    private final long[] next;
    private final long[][] middles;
    private final boolean isThorough;
    private long count;

    /**
     * @param isThorough whether to look at every word
     */
    Check(int entryBytes, int producers, boolean isThorough) {
      this.entryBytes = entryBytes;
      this.isThorough = isThorough;
      this.next = new long[producers];
      this.middles = new long[producers][entryBytes / Long.BYTES];
      for (int i = 0; i < producers; i++) {
        for (int word = 0; word < middles[i].length; word++) {
          middles[i][word] = middle(i, word * Long.BYTES);
        }
      }
    }

    /**
     * Takes the next entry.
     *
     * @throws CheckFailedException if it is not the next of its producer, as it was appended
     */
    void accept(Words entry, long bytes) {
      long first = bytes == entryBytes ? entry.at(0) : -1;
      long producer = first >>> PRODUCER_SHIFT;
      if (producer >= next.length
          || (first & NUMBER_MASK) != next[(int) producer]
          || entry.at(entryBytes - Long.BYTES) != last(first)) {
        throw new CheckFailedException(
            "entry "
                + count
                + " has "
                + bytes
                + " bytes and begins with "
                + Long.toHexString(first));
      }
      if (isThorough) {
        requireMiddle(entry, middles[(int) producer]);
      }
      next[(int) producer]++;
      count++;
    }

    private void requireMiddle(Words entry, long[] expected) {
      for (int word = 1; word < expected.length - 1; word++) {
        if (entry.at(word * Long.BYTES) != expected[word]) {
          throw new CheckFailedException(
              "entry "
                  + count
                  + " is not what was appended, from byte "
                  + word * Long.BYTES
                  + " on");
        }
      }
    }

    /** How many it has seen. */
    long count() {
      return count;
    }

    /**
     * @throws CheckFailedException if a producer appended another number
     */
    void requireCounts(long[] appended) {
      for (int i = 0; i < next.length; i++) {
        if (next[i] != appended[i]) {
          throw new CheckFailedException(
              "of the "
                  + appended[i]
                  + " entries of producer "
                  + i
                  + ", "
                  + next[i]
                  + " are in the log");
        }
      }
    }
  }
}
