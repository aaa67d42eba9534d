package dev.peregrine.bench.logbench;

import dev.peregrine.bench.Figures;
import dev.peregrine.bench.compare.Histograms;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Collects the repetitions of one engine in one cell. One thread. */
final class LogRuns {
  private static final double NANOS_PER_SECOND = 1e9;

  private final List<Double> rates = new ArrayList<>();
  private final Histogram latencies = Histograms.empty();
  private long entries;
  private long allocatedBytes;
  private long diskBytes;
  private String failure;

  /** Adds a repetition. */
  void add(LogReply run) {
    rates.add(run.entries() * NANOS_PER_SECOND / run.elapsedNanos());
    entries += run.entries();
    allocatedBytes += run.allocatedBytes();
    diskBytes += run.diskBytes();
    if (run.latencies() != null) {
      Histograms.add(latencies, run.latencies());
    }
  }

  /** There will be no more. */
  void fail(String reason) {
    failure = reason;
  }

  boolean isFailed() {
    return failure != null;
  }

  /**
   * What came out.
   *
   * @param copyBytesPerSecond of a memory copy
   * @param isDisk whether the files are on a disk
   */
  LogBenchReport.Result result(
      LogCell cell, LogEngine engine, double copyBytesPerSecond, boolean isDisk) {
    if (failure != null || rates.isEmpty()) {
      return LogBenchReport.Result.ofFailed(
          cell, engine, failure == null ? "did not run" : failure);
    }
    double median = Figures.median(rates);
    return new LogBenchReport.Result(
        cell,
        engine,
        null,
        List.copyOf(rates),
        median,
        median * cell.entryBytes(),
        median * cell.entryBytes() / copyBytesPerSecond,
        percentile(50),
        percentile(99),
        engine.isJava() ? (double) allocatedBytes / entries : 0,
        isDisk ? (double) diskBytes / entries : 0);
  }

  private long percentile(double which) {
    return latencies.getTotalCount() == 0 ? 0 : latencies.getValueAtPercentile(which);
  }
}
