package dev.peregrine.bench.compare;

import dev.peregrine.bench.Figures;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Collects the repetitions of one engine in one cell. One thread. */
final class CellRuns {
  /** A percentile is told if at least this many samples lie above it. */
  private static final int SAMPLES_ABOVE = 10;

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  private final List<Double> rates = new ArrayList<>();
  private final Histogram latencies = Histograms.empty();
  private long operations;
  private long allocatedBytes;
  private long elapsedNanos;
  private long gcMillis;
  private String failure;

  /** Adds a repetition. */
  void add(Reply.Run run) {
    rates.add(run.operations() * NANOS_PER_SECOND / run.elapsedNanos());
    Histograms.add(latencies, run.latencies());
    operations += run.operations();
    allocatedBytes += run.allocatedBytes();
    elapsedNanos += run.elapsedNanos();
    gcMillis += run.gcMillis();
  }

  /** There will be no more. */
  void fail(String reason) {
    failure = reason;
  }

  /**
   * What came out.
   *
   * @param ours the same cell of our engine; null if it takes no part
   */
  CompareReport.CellResult result(Cell cell, String engine, CellRuns ours) {
    if (failure != null || rates.isEmpty()) {
      return CompareReport.CellResult.ofFailed(
          cell, engine, failure == null ? "the engine had failed before" : failure);
    }
    return new CompareReport.CellResult(
        cell,
        engine,
        null,
        List.copyOf(rates),
        Figures.median(rates),
        ratio(ours),
        latency(),
        (double) allocatedBytes / operations,
        gcMillis * NANOS_PER_MILLI / elapsedNanos);
  }

  private double ratio(CellRuns ours) {
    if (ours == null || ours.rates.size() != rates.size()) {
      return 0;
    }
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < rates.size(); i++) {
      ratios.add(ours.rates.get(i) / rates.get(i));
    }
    return Figures.median(ratios);
  }

  private CompareReport.Latency latency() {
    return new CompareReport.Latency(
        latencies.getTotalCount(),
        (double) operations / Math.max(1, latencies.getTotalCount()),
        percentile(50),
        percentile(90),
        percentile(99),
        percentile(99.9),
        percentile(99.99),
        latencies.getMaxValue());
  }

  private long percentile(double which) {
    double above = latencies.getTotalCount() * (100 - which) / 100;
    return above < SAMPLES_ABOVE ? 0 : latencies.getValueAtPercentile(which);
  }
}
