package dev.peregrine.bench.compare;

import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.compare.peer.Residency;

/**
 * One thing to measure, on every engine that can do it.
 *
 * @param residency how much of the data may be in memory
 * @param valueBytes the length of each value
 * @param workload the mix of operations
 * @param distribution which records they ask for
 * @param threads how many workers
 */
public record Cell(
    Residency residency,
    int valueBytes,
    Workload workload,
    Distribution distribution,
    int threads) {
  /** The data that it works on. */
  public Stage stage() {
    return new Stage(residency, valueBytes);
  }

  /** For people. */
  public String title() {
    return "%s %s, %d %s, %d bytes, %s"
        .formatted(
            workload,
            distribution.label(),
            threads,
            threads == 1 ? "thread" : "threads",
            valueBytes,
            residency.title());
  }
}
