package dev.peregrine.bench.logbench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** How fast one thread copies memory that no cache holds. */
final class MemoryCopy {
  private static final long BYTES = 128L << 20;
  private static final int TIMES = 8;
  private static final double NANOS_PER_SECOND = 1e9;

  private MemoryCopy() {}

  /** Bytes a second: the best of some. */
  static double bytesPerSecond() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocate(BYTES).fill((byte) 1);
      MemorySegment to = arena.allocate(BYTES).fill((byte) 2);
      double best = 0;
      for (int i = 0; i < TIMES; i++) {
        long begin = System.nanoTime();
        MemorySegment.copy(from, 0, to, 0, BYTES);
        best = Math.max(best, BYTES * NANOS_PER_SECOND / (System.nanoTime() - begin));
      }
      return best;
    }
  }
}
