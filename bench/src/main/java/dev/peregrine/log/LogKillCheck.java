package dev.peregrine.log;

import dev.peregrine.ValueView;
import java.util.Arrays;

/**
 * Takes a log's entries and checks that each producer's are whole, in order, once, without a gap.
 */
final class LogKillCheck implements EntryVisitor {
  private static final long NONE = -1;

  private final long[] last;
  private final long[] first;
  private long entries;

  LogKillCheck(int producers) {
    last = new long[producers];
    first = new long[producers];
    Arrays.fill(last, NONE);
    Arrays.fill(first, NONE);
  }

  @Override
  public void onEntry(long address, ValueView entry) {
    if (!LogKillEntry.isWhole(entry)) {
      throw new LogCrashViolation("the entry at address " + address + " is torn");
    }
    int producer = LogKillEntry.producer(entry);
    long number = LogKillEntry.number(entry);
    if (last[producer] != NONE && number != last[producer] + 1) {
      throw new LogCrashViolation(
          "entry " + number + " of producer " + producer + " follows " + last[producer]);
    }
    if (first[producer] == NONE) {
      first[producer] = number;
    }
    last[producer] = number;
    entries++;
  }

  /** The number of a producer's first entry, −1 without one. */
  long first(int producer) {
    return first[producer];
  }

  /** The number of a producer's last entry, −1 without one. */
  long last(int producer) {
    return last[producer];
  }

  long entries() {
    return entries;
  }
}
