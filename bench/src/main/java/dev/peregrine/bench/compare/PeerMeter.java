package dev.peregrine.bench.compare;

import dev.peregrine.bench.Allocation;
import dev.peregrine.bench.Choices;
import dev.peregrine.bench.Gang;
import dev.peregrine.bench.KeySequence;
import dev.peregrine.bench.Measure;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.compare.peer.Keystream;
import dev.peregrine.bench.compare.peer.Peer;
import dev.peregrine.bench.compare.peer.PeerSession;
import java.lang.foreign.MemorySegment;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Measures the engine of this process: throughput, and the latency of some of the same operations.
 *
 * <p>One operation of so many is timed that reading the clock takes about 1 % of the time; how many
 * that is follows the mean time of an operation so far.
 */
final class PeerMeter {
  private static final int CLOCK_READS = 1 << 14;
  private static final int MAX_INTERVAL = 128;
  private static final int CLOCK_SHARE = 100;

  private final Peer peer;
  private final MemorySegment keys;
  private final double clockNanos = clockNanos();

  PeerMeter(Peer peer, MemorySegment keys) {
    this.peer = peer;
    this.keys = keys;
  }

  private static double clockNanos() {
    long begin = System.nanoTime();
    long end = begin;
    for (int i = 0; i < CLOCK_READS; i++) {
      end = System.nanoTime();
    }
    return (double) (end - begin) / CLOCK_READS;
  }

  /** Warms up and measures. */
  Reply.Run measure(Cell cell, double warmUpSeconds, double seconds) {
    run(cell, warmUpSeconds);
    long gcBefore = gcMillis();
    Shares measured = run(cell, seconds);
    return new Reply.Run(
        measured.operations(),
        measured.elapsedNanos(),
        measured.allocatedBytes(),
        gcMillis() - gcBefore,
        Histograms.encode(measured.latencies()));
  }

  private static long gcMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  private Shares run(Cell cell, double seconds) {
    List<Share> shares =
        new Gang<Share>(cell.threads())
            .runFor(seconds, (worker, gang) -> work(cell, worker, gang), passed -> {});
    return Shares.of(shares);
  }

  /** One of how many operations is to be timed, if one takes this long. */
  private int interval(double operationNanos) {
    return (int) Math.clamp(2 * clockNanos * CLOCK_SHARE / operationNanos, 1, MAX_INTERVAL);
  }

  private Share work(Cell cell, int worker, Gang<?> gang) throws InterruptedException {
    Histogram latencies = Histograms.empty();
    int length = Math.toIntExact(keys.byteSize() / Long.BYTES);
    Keystream stream = Keystream.over(keys, KeySequence.offset(length, worker, cell.threads()));
    try (PeerSession session = peer.newSession()) {
      session.recordTo(latencies);
      Loop loop = new Loop(session, stream, cell.workload(), latencies, worker);
      gang.awaitStart();
      long operations = 0;
      long allocated = Allocation.bytes();
      long begin = System.nanoTime();
      int interval = 1;
      do {
        long now = loop.run(interval);
        operations += interval;
        interval = interval((double) (now - begin) / operations);
      } while (!gang.isStopped());
      session.finish();
      long end = System.nanoTime();
      allocated = Allocation.bytes() - allocated;
      return new Share(operations, begin, end, allocated, latencies);
    }
  }

  /** One worker's operations. */
  private static final class Loop {
    private final PeerSession session;
    private final Keystream keys;
    private final Workload workload;
    private final long readBound;
    private final Choices choices;
    private final Histogram latencies;
    private long written;

    Loop(PeerSession session, Keystream keys, Workload workload, Histogram latencies, int worker) {
      this.session = session;
      this.keys = keys;
      this.workload = workload;
      this.readBound = workload.readBound();
      this.choices = new Choices(worker);
      this.latencies = latencies;
    }

    /** Some operations, of which the last is timed; returns when it returned. */
    long run(int interval) {
      if (workload.isReadOnly()) {
        session.read(keys, interval - 1);
      } else if (workload.modifies()) {
        session.mix(keys, interval - 1, choices, readBound, -1);
      } else {
        session.mix(keys, interval - 1, choices, readBound, written);
        written += interval;
      }
      return timed();
    }

    private long timed() {
      long key = keys.next();
      boolean isRead = Workload.isRead(choices.next(), readBound);
      long begin = System.nanoTime();
      session.beginAt(begin);
      boolean isDone =
          isRead
              ? session.read(key)
              : workload.modifies() ? session.increment(key) : session.write(key, ++written);
      long end = System.nanoTime();
      if (isDone) {
        Measure.record(latencies, end - begin);
      }
      session.beginAt(0);
      return end;
    }
  }

  private record Share(
      long operations, long beginNanos, long endNanos, long allocatedBytes, Histogram latencies) {}

  private record Shares(
      long operations, long elapsedNanos, long allocatedBytes, Histogram latencies) {
    static Shares of(List<Share> shares) {
      Histogram latencies = Histograms.empty();
      shares.forEach(share -> latencies.add(share.latencies()));
      long begin = shares.stream().mapToLong(Share::beginNanos).min().orElseThrow();
      long end = shares.stream().mapToLong(Share::endNanos).max().orElseThrow();
      return new Shares(
          shares.stream().mapToLong(Share::operations).sum(),
          Math.max(1, end - begin),
          shares.stream().mapToLong(Share::allocatedBytes).sum(),
          latencies);
    }
  }
}
