package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Seeds;
import dev.peregrine.Threads;
import dev.peregrine.ValueView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several threads append to a log on files, in little memory, while others read. */
class DurableLogThreadsTest {
  private static final int PRODUCERS = 3;
  private static final int COUNT = 1500;
  private static final int HEAD_BYTES = 24;

  @TempDir Path directory;

  /** An entry: producer, number, its length, and bytes that follow from these. */
  private static MemorySegment entry(int producer, long number, int length) {
    byte[] bytes = new byte[Math.max(HEAD_BYTES, length)];
    new SplittableRandom(producer * 1_000_003L + number).nextBytes(bytes);
    MemorySegment segment = MemorySegment.ofArray(bytes);
    segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, producer);
    segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, number);
    segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 16, length);
    return segment;
  }

  /** Takes entries and checks that each producer's come whole, in order and once. */
  private static final class Checker implements EntryVisitor {
    private final long[] next = new long[PRODUCERS];
    private long lastAddress;

    @Override
    public void onEntry(long address, ValueView view) {
      int producer = (int) view.getLong(0);
      long number = view.getLong(8);
      assertTrue(address > lastAddress);
      lastAddress = address;
      assertEquals(next[producer], number, "entry of producer " + producer);
      next[producer]++;
      MemorySegment expected = entry(producer, number, (int) view.getLong(16));
      assertEquals(-1, MemorySegment.ofArray(view.toByteArray()).mismatch(expected));
    }

    long seen() {
      long sum = 0;
      for (long each : next) {
        sum += each;
      }
      return sum;
    }
  }

  @Test
  void shouldShowEveryEntryOnceWhenManyAppend() {
    Seeds.run(
        2,
        seed -> {
          LogConfig config =
              TestLogs.small()
                  .maxReaders(4)
                  .commitEachBytes(64 << 10)
                  .commitEach(Duration.ofMillis(5))
                  .build();
          Path log = directory.resolve("log" + seed);
          run(seed, on(config, log));
          try (DurableLog again = DurableLog.open(on(config, log));
              LogReader reader = again.openReader()) {
            Checker checker = new Checker();
            reader.poll(checker, Integer.MAX_VALUE);
            assertEquals(PRODUCERS * COUNT, checker.seen());
          }
        });
  }

  private static LogConfig on(LogConfig config, Path directory) {
    return new LogConfig(
        directory,
        config.device(),
        config.memoryBytes(),
        config.pageBytes(),
        config.segmentBytes(),
        config.maxEntryBytes(),
        config.maxReaders(),
        config.commitBytes(),
        config.commitNanos(),
        config.commitBatches());
  }

  private static void run(long seed, LogConfig config) throws Exception {
    try (DurableLog log = DurableLog.open(config)) {
      AtomicLongArray acknowledged = new AtomicLongArray(PRODUCERS);
      AtomicLong done = new AtomicLong();
      Threads.run(
          PRODUCERS + 2,
          thread -> {
            if (thread < PRODUCERS) {
              produce(log, thread, new SplittableRandom(seed * 31 + thread), acknowledged);
              if (done.incrementAndGet() == PRODUCERS) {
                log.commitAndWait();
              }
            } else {
              boolean uncommitted = thread == PRODUCERS;
              try (LogReader reader =
                  uncommitted ? log.openTailReader(64) : log.openConsumer("c", true)) {
                consume(reader, new SplittableRandom(seed + thread), acknowledged);
              }
            }
          });
    }
  }

  private static void produce(
      DurableLog log, int producer, SplittableRandom random, AtomicLongArray acknowledged) {
    try (LogBatch batch = log.newBatch()) {
      long number = 0;
      while (number < COUNT) {
        int length = random.nextInt(random.nextInt(30) == 0 ? 40_000 : 400);
        switch (random.nextInt(5)) {
          case 0 -> {
            batch.clear();
            long end = Math.min(COUNT, number + 1 + random.nextInt(8));
            while (number < end) {
              batch.add(entry(producer, number++, length / 2));
            }
            log.append(batch);
          }
          case 1 -> {
            MemorySegment bytes = entry(producer, number++, Math.min(4000, length));
            log.append(
                (int) bytes.byteSize(),
                target -> target.copyFrom(0, bytes, 0, (int) bytes.byteSize()));
          }
          case 2 -> {
            MemorySegment bytes = entry(producer, number++, Math.min(4000, length));
            while (log.tryAppend(bytes) == DurableLog.BACK_PRESSURED) {
              Thread.onSpinWait();
            }
          }
          default -> log.append(entry(producer, number++, length));
        }
        if (random.nextInt(100) == 0) {
          log.commitAndWait();
          acknowledged.set(producer, number);
        }
      }
    }
  }

  private static void consume(
      LogReader reader, SplittableRandom random, AtomicLongArray acknowledged)
      throws InterruptedException {
    Checker checker = new Checker();
    while (checker.seen() < PRODUCERS * COUNT) {
      long[] least = new long[PRODUCERS];
      for (int i = 0; i < PRODUCERS; i++) {
        least[i] = acknowledged.get(i);
      }
      int asked = random.nextInt(1000);
      if (reader.poll(checker, asked) < asked) {
        for (int i = 0; i < PRODUCERS; i++) {
          assertTrue(checker.next[i] >= least[i], "an acknowledged entry is not shown");
        }
        if (reader instanceof LogConsumer consumer) {
          consumer.acknowledge();
        }
        reader.await(10, TimeUnit.SECONDS);
      }
    }
  }
}
