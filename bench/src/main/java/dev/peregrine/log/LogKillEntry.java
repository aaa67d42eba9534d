package dev.peregrine.log;

import dev.peregrine.ValueView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * An entry of a kill loop: the producer, its number, and bytes that follow from both, so that a
 * torn or foreign one is noticed.
 */
final class LogKillEntry {
  private static final int PRODUCER_OFFSET = 0;
  private static final int NUMBER_OFFSET = 8;
  private static final int HEAD_BYTES = 16;
  private static final int MOST_BYTES = 1200;
  private static final int LONG_EACH = 500;
  private static final int LONG_BYTES = 700_000;

  private LogKillEntry() {}

  static MemorySegment of(int producer, long number) {
    SplittableRandom random = new SplittableRandom(number * 64 + producer);
    int most = random.nextInt(LONG_EACH) == 0 ? LONG_BYTES : MOST_BYTES;
    byte[] bytes = new byte[HEAD_BYTES + random.nextInt(most)];
    random.nextBytes(bytes);
    MemorySegment segment = MemorySegment.ofArray(bytes);
    segment.set(ValueLayout.JAVA_LONG_UNALIGNED, PRODUCER_OFFSET, producer);
    segment.set(ValueLayout.JAVA_LONG_UNALIGNED, NUMBER_OFFSET, number);
    return segment;
  }

  static int producer(ValueView entry) {
    return (int) entry.getLong(PRODUCER_OFFSET);
  }

  static long number(ValueView entry) {
    return entry.getLong(NUMBER_OFFSET);
  }

  /** Whether an entry is what it says. */
  static boolean isWhole(ValueView entry) {
    if (entry.length() < HEAD_BYTES) {
      return false;
    }
    MemorySegment expected = of(producer(entry), number(entry));
    return MemorySegment.ofArray(entry.toByteArray()).mismatch(expected) < 0;
  }
}
