package dev.peregrine.bench.logbench;

import dev.peregrine.bench.logbench.LogBenchReport.Goal;
import dev.peregrine.bench.logbench.LogBenchReport.Result;
import java.util.ArrayList;
import java.util.List;

/** What the log should reach, of a report's results: ratios of medians. */
final class LogGoals {
  private static final double CHRONICLE_FACTOR = 1.5;
  private static final double BATCH_SHARE = 0.9;
  private static final double LATENCY_FACTOR = 1.3;
  private static final double SCAN_SHARE = 0.8;

  private final List<Result> results;
  private final List<Goal> goals = new ArrayList<>();

  private LogGoals(List<Result> results) {
    this.results = results;
  }

  /** All that there are figures for. */
  static List<Goal> of(List<Result> results) {
    LogGoals all = new LogGoals(results);
    for (Result result : results) {
      if (result.engine() == LogEngine.PEREGRINE && result.failure() == null) {
        all.add(result);
      }
    }
    return all.goals;
  }

  private void add(Result ours) {
    switch (ours.cell().durability()) {
      case NONE -> {
        rate(ours, LogEngine.CHRONICLE_QUEUE, CHRONICLE_FACTOR);
        rate(ours, LogEngine.FILECHANNEL, 1);
      }
      case PIPELINED -> rate(ours, LogEngine.AERON_ARCHIVE, 1);
      case BATCH -> rate(ours, LogEngine.FIO, BATCH_SHARE);
      case LATENCY -> latency(ours);
      case SCAN -> rate(ours, LogEngine.FIO, SCAN_SHARE);
    }
  }

  private Result other(Result ours, LogEngine engine) {
    return results.stream()
        .filter(result -> result.cell().equals(ours.cell()) && result.engine() == engine)
        .filter(result -> result.failure() == null)
        .findFirst()
        .orElse(null);
  }

  private void rate(Result ours, LogEngine engine, double bound) {
    Result other = other(ours, engine);
    if (other != null) {
      double ratio = ours.medianEntriesPerSecond() / other.medianEntriesPerSecond();
      goals.add(new Goal(ours.cell(), "rate to " + engine.title(), ratio, bound, true));
    }
  }

  private void latency(Result ours) {
    Result other = other(ours, LogEngine.FILECHANNEL);
    if (other != null) {
      double ratio = (double) ours.p50Nanos() / other.p50Nanos();
      String what = "p50 to write and force of " + LogEngine.FILECHANNEL.title();
      goals.add(new Goal(ours.cell(), what, ratio, LATENCY_FACTOR, false));
    }
  }
}
