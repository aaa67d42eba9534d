package dev.peregrine.bench.logbench;

import dev.peregrine.bench.Figures;
import dev.peregrine.bench.Table;
import dev.peregrine.bench.compare.Json;
import dev.peregrine.bench.compare.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * All that came out, as in the JSON file: base units, names that stay.
 *
 * @param schema {@link #SCHEMA}
 * @param date when it began, ISO 8601 in UTC
 * @param command the arguments of the command
 * @param machine where it ran
 * @param plan what was done
 * @param engines who took part
 * @param copyBytesPerSecond of a memory copy by one thread
 * @param results a line for each cell and engine
 * @param goals what the log should reach, and does or does not
 * @param elapsedSeconds how long all took
 */
public record LogBenchReport(
    String schema,
    String date,
    List<String> command,
    Machine machine,
    LogBenchPlan plan,
    List<Participant> engines,
    double copyBytesPerSecond,
    List<Result> results,
    List<Goal> goals,
    double elapsedSeconds) {
  /** The name of this form. */
  public static final String SCHEMA = "peregrine-log-bench/1";

  private static final double MEGA = 1e6;

  /**
   * An engine.
   *
   * @param id its name in JSON
   * @param title its name for people
   * @param version of the engine
   * @param settings how it was set up
   * @param caveats what it does not do by design
   */
  public record Participant(
      String id, String title, String version, String settings, String caveats) {}

  /**
   * What one engine did in one cell.
   *
   * @param cell which cell
   * @param engine which engine
   * @param failure why it has no figures; null if it has
   * @param entriesPerSecond of each repetition
   * @param medianEntriesPerSecond of them
   * @param bytesPerSecond of entries, without anything around them, at the median
   * @param shareOfCopy that to what a memory copy does
   * @param p50Nanos the median wait for a commit; 0 where none is timed
   * @param p99Nanos the 99th percentile
   * @param allocatedBytesPerEntry heap bytes, by those who append or read
   * @param diskBytesPerEntry allocated on the disk, room for entries to come included; 0 if there
   *     is no disk
   */
  public record Result(
      LogCell cell,
      LogEngine engine,
      String failure,
      List<Double> entriesPerSecond,
      double medianEntriesPerSecond,
      double bytesPerSecond,
      double shareOfCopy,
      long p50Nanos,
      long p99Nanos,
      double allocatedBytesPerEntry,
      double diskBytesPerEntry) {
    static Result ofFailed(LogCell cell, LogEngine engine, String failure) {
      return new Result(cell, engine, failure, List.of(), 0, 0, 0, 0, 0, 0, 0);
    }

    private String spread() {
      double least = entriesPerSecond.stream().min(Double::compare).orElse(0.0);
      double most = entriesPerSecond.stream().max(Double::compare).orElse(0.0);
      return "[" + Figures.rate(least) + ", " + Figures.rate(most) + "]";
    }
  }

  /**
   * What the log should reach.
   *
   * @param cell where
   * @param what is compared with what
   * @param ratio of both
   * @param bound it should be at least this, or at most
   * @param isLeast whether the bound is the least
   */
  public record Goal(LogCell cell, String what, double ratio, double bound, boolean isLeast) {
    /** Whether it is reached. */
    public boolean isReached() {
      return isLeast ? ratio >= bound : ratio <= bound;
    }
  }

  /** Copies the lists. */
  public LogBenchReport {
    command = List.copyOf(command);
    engines = List.copyOf(engines);
    results = List.copyOf(results);
    goals = List.copyOf(goals);
  }

  /** Writes it, if a file was asked for. */
  void writeTo(Path file) throws IOException {
    if (file != null) {
      Files.writeString(file, Json.FILES.writeValueAsString(this) + System.lineSeparator());
    }
  }

  /** The tables for the terminal. */
  String toText() {
    Table table =
        new Table(
            "cell, engine",
            "entries",
            "[least, most]",
            "MB/s",
            "of memcpy",
            "p50",
            "p99",
            "heap B",
            "disk B");
    LogCell last = null;
    for (Result result : results) {
      if (!result.cell().equals(last)) {
        last = result.cell();
        table.row(last.title(), "", "", "", "", "", "", "", "");
      }
      table.row(line(result));
    }
    StringBuilder text = new StringBuilder(table.toString());
    if (!goals.isEmpty()) {
      text.append(System.lineSeparator()).append(goalTable());
    }
    return text.toString();
  }

  private static String[] line(Result result) {
    String name = "  " + result.engine().title();
    if (result.failure() != null) {
      return new String[] {name, "FAILED", "", "", "", "", "", "", ""};
    }
    return new String[] {
      name,
      Figures.rate(result.medianEntriesPerSecond()),
      result.spread(),
      Figures.decimal(result.bytesPerSecond() / MEGA, 0),
      Figures.decimal(result.shareOfCopy(), 2),
      Figures.time(result.p50Nanos()),
      Figures.time(result.p99Nanos()),
      result.engine().isJava() ? Figures.decimal(result.allocatedBytesPerEntry(), 2) : "-",
      result.diskBytesPerEntry() == 0 ? "-" : Figures.decimal(result.diskBytesPerEntry(), 0)
    };
  }

  private String goalTable() {
    Table table = new Table("should be", "bound", "is", "");
    for (Goal goal : goals) {
      table.row(
          goal.what() + ": " + goal.cell().title(),
          (goal.isLeast() ? ">= " : "<= ") + Figures.decimal(goal.bound(), 2),
          Figures.decimal(goal.ratio(), 2),
          goal.isReached() ? "reached" : "NOT REACHED");
    }
    return table.toString();
  }

  /** What went wrong, for people. */
  List<String> failures() {
    return results.stream()
        .filter(result -> result.failure() != null)
        .map(
            result ->
                result.engine().title() + ", " + result.cell().title() + ": " + result.failure())
        .toList();
  }
}
