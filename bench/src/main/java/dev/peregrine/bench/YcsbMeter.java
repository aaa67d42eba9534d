package dev.peregrine.bench;

import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/**
 * Measures one store once: a phase for latency, then one for throughput without any clock in it.
 */
final class YcsbMeter {
  private final YcsbPlan plan;
  private final long[] keys;
  private long checksum;

  YcsbMeter(YcsbPlan plan, long[] keys) {
    this.plan = plan;
    this.keys = keys;
  }

  /** Runs without recording, so that code is compiled and memory touched. */
  void warmUp(YcsbTarget target, double seconds) {
    run(target, seconds, null, target.begin(), progress -> {});
  }

  /** Measures. */
  Measurement measure(YcsbTarget target, LongConsumer progress) {
    long latencyMillis = Math.round(plan.latencySeconds() * 1000);
    Histogram latencies = Measure.latencies();
    run(target, plan.latencySeconds(), latencies, target.begin(), progress);
    System.gc();
    Measure measure = target.begin();
    measure.add(latencies);
    run(target, plan.seconds(), null, measure, passed -> progress.accept(latencyMillis + passed));
    return target.end(measure);
  }

  private void run(
      YcsbTarget target,
      double seconds,
      Histogram latencies,
      Measure measure,
      LongConsumer progress) {
    new Gang<Measure.WorkerResult>(plan.threads())
        .runFor(seconds, (worker, gang) -> work(target, worker, gang, latencies), progress)
        .forEach(measure::add);
  }

  private Measure.WorkerResult work(
      YcsbTarget target, int worker, Gang<?> gang, Histogram latencies)
      throws InterruptedException {
    Histogram own = Measure.latencies();
    try (OperationLoop loop = target.newLoop(plan.workload(), keys, worker)) {
      gang.awaitStart();
      long operations = 0;
      long allocated = Allocation.bytes();
      long begin = System.nanoTime();
      while (!gang.isStopped()) {
        if (latencies == null) {
          loop.chunk();
        } else {
          loop.timedChunk(own);
        }
        operations += OperationLoop.CHUNK;
      }
      loop.finish();
      long end = System.nanoTime();
      allocated = Allocation.bytes() - allocated;
      if (loop.failures() != 0) {
        throw new CheckFailedException(
            loop.failures() + " operations on " + target.name() + " failed or found no value");
      }
      synchronized (this) {
        checksum += loop.checksum();
        if (latencies != null) {
          latencies.add(own);
        }
      }
      return new Measure.WorkerResult(operations, begin, end, allocated);
    }
  }

  /** Of all that was read; printed, so that no read is in vain. */
  synchronized long checksum() {
    return checksum;
  }
}
