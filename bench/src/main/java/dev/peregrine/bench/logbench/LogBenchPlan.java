package dev.peregrine.bench.logbench;

import java.util.ArrayList;
import java.util.List;

/**
 * What to measure.
 *
 * @param engines in this order
 * @param durabilities in this order
 * @param entryBytes lengths of entries
 * @param producers numbers of threads that append
 * @param seconds how long each run
 * @param warmUpSeconds how long an engine runs before a cell's first time
 * @param mostBytes so much of entries a run at most, and so much in a log that is scanned
 * @param repetitions how often each cell
 */
public record LogBenchPlan(
    List<LogEngine> engines,
    List<Durability> durabilities,
    List<Integer> entryBytes,
    List<Integer> producers,
    double seconds,
    double warmUpSeconds,
    long mostBytes,
    int repetitions) {
  private static final double RATE = 1.2e9;
  private static final double OPEN_SECONDS = 0.4;

  /** Copies the lists. */
  public LogBenchPlan {
    engines = List.copyOf(engines);
    durabilities = List.copyOf(durabilities);
    entryBytes = List.copyOf(entryBytes);
    producers = List.copyOf(producers);
  }

  /** All cells; latencies and scans are of one thread. */
  List<LogCell> cells() {
    List<LogCell> cells = new ArrayList<>();
    for (Durability durability : durabilities) {
      for (int bytes : entryBytes) {
        if (durability == Durability.LATENCY || durability == Durability.SCAN) {
          cells.add(new LogCell(durability, bytes, 1));
        } else {
          producers.forEach(count -> cells.add(new LogCell(durability, bytes, count)));
        }
      }
    }
    return cells;
  }

  /** How long it may take. */
  double estimatedSeconds() {
    double run = Math.max(seconds, 1.5 * Math.min(seconds, mostBytes / RATE)) + OPEN_SECONDS;
    return cells().size() * engines.size() * (repetitions * run + warmUpSeconds + OPEN_SECONDS);
  }

  /**
   * What must fit on the disk: the log of one run, whose files may be longer than what they hold.
   */
  long diskBytes() {
    return 2 * mostBytes + (1L << 30);
  }
}
