package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.bench.Allocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appending and reading allocate nothing on the heap. */
class LogAllocationTest {
  private static final int COUNT = 100_000;
  private static final int TRIES = 20;

  @TempDir Path directory;

  @FunctionalInterface
  private interface Work {
    void run();
  }

  /** The least that a run allocates, once the code is compiled. */
  private static long leastBytes(Work work) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < TRIES && least > 0; i++) {
      long before = Allocation.bytes();
      work.run();
      least = Math.min(least, Allocation.bytes() - before);
    }
    return least;
  }

  @Test
  void shouldAllocateNothingWhenAppendingAndReading() {
    try (DurableLog log = DurableLog.open(LogConfig.builder(directory).build());
        LogBatch batch = log.newBatch();
        Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(40);
      EntryWriter writer = target -> target.putLong(0, 1);
      for (int i = 0; i < 10; i++) {
        batch.add(entry);
      }
      assertZero(
          leastBytes(
              () -> {
                for (int i = 0; i < COUNT; i++) {
                  log.append(entry);
                }
              }),
          "append");
      assertZero(
          leastBytes(
              () -> {
                for (int i = 0; i < COUNT; i++) {
                  log.append(16, writer);
                }
              }),
          "append in place");
      assertZero(
          leastBytes(
              () -> {
                for (int i = 0; i < COUNT / 10; i++) {
                  log.append(batch);
                }
              }),
          "append of a batch");
      log.commitAndWait();
      try (LogReader reader = log.openReader()) {
        long[] sum = new long[1];
        EntryVisitor visitor = (address, view) -> sum[0] += view.getLong(0);
        assertZero(
            leastBytes(
                () -> {
                  reader.seek(log.beginAddress());
                  assertEquals(COUNT, reader.poll(visitor, COUNT));
                }),
            "read");
        assertTrue(reader.position() > COUNT);
      }
    }
  }

  /** Waiting for space may count as a few bytes of the scheduler's. */
  private static void assertZero(long bytes, String what) {
    assertTrue(bytes < COUNT / 100, what + " allocated " + bytes + " bytes");
  }
}
