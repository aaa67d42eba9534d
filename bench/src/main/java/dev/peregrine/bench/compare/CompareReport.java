package dev.peregrine.bench.compare;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.compare.peer.Residency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;

/**
 * All that came out, as in the JSON file: base units, names that stay.
 *
 * @param schema {@link #SCHEMA}
 * @param date when it began, ISO 8601 in UTC
 * @param version of this project
 * @param command the arguments of the command
 * @param machine where it ran
 * @param plan what was done
 * @param engines who took part
 * @param stages what loading took
 * @param cells what was measured
 * @param elapsedSeconds how long all took
 */
public record CompareReport(
    String schema,
    String date,
    String version,
    List<String> command,
    Machine machine,
    ComparePlan plan,
    List<Participant> engines,
    List<StageResult> stages,
    List<CellResult> cells,
    double elapsedSeconds) {
  /** The name of this form. */
  public static final String SCHEMA = "peregrine-compare/1";

  /**
   * An engine.
   *
   * @param id its name in JSON
   * @param family the id under which its best figures are shown
   * @param title its name for people
   * @param version of the engine
   * @param settings how it was set up
   * @param caveats what it does not do by design
   */
  public record Participant(
      String id, String family, String title, String version, String settings, String caveats) {}

  /**
   * What loading one set of data took.
   *
   * @param residency how much of it may be in memory
   * @param valueBytes the length of each value
   * @param records how many
   * @param budgetBytes what caches and indexes may take; 0 for enough
   * @param loads one of each engine, those that took no part included
   */
  public record StageResult(
      Residency residency, int valueBytes, long records, long budgetBytes, List<LoadResult> loads) {
    Stage stage() {
      return new Stage(residency, valueBytes);
    }
  }

  /**
   * What loading took.
   *
   * @param engine which one
   * @param skipped why it took no part; null if it did
   * @param failure why it could not; null if it could
   * @param description what it says of itself
   * @param jvmArguments of its process
   * @param processLimitBytes what a control group allowed the process; 0 for anything
   * @param seconds until the last record was in
   * @param settleSeconds until the engine had done what it does in the background
   * @param recordsPerSecond while loading
   * @param heapBytesPerRecord on the heap, after a collection
   * @param nativeBytesPerRecord resident elsewhere in the process, mapped files included
   * @param diskBytesPerRecord allocated on disk
   */
  public record LoadResult(
      String engine,
      String skipped,
      String failure,
      String description,
      List<String> jvmArguments,
      long processLimitBytes,
      double seconds,
      double settleSeconds,
      double recordsPerSecond,
      double heapBytesPerRecord,
      double nativeBytesPerRecord,
      double diskBytesPerRecord) {
    static LoadResult ofSkipped(String engine, String reason) {
      return new LoadResult(engine, reason, null, null, List.of(), 0, 0, 0, 0, 0, 0, 0);
    }

    static LoadResult ofFailed(String engine, String failure) {
      return new LoadResult(engine, null, failure, null, List.of(), 0, 0, 0, 0, 0, 0, 0);
    }

    /** Heap and other memory. */
    double memoryBytesPerRecord() {
      return heapBytesPerRecord + nativeBytesPerRecord;
    }

    boolean isLoaded() {
      return skipped == null && failure == null;
    }
  }

  /**
   * What one engine did in one cell.
   *
   * @param cell which cell
   * @param engine which engine
   * @param failure why it has no figures; null if it has
   * @param opsPerSecond of each repetition
   * @param medianOpsPerSecond of them
   * @param ratio the median, over the repetitions, of our operations to this engine's; 0 for none
   * @param latency of all repetitions
   * @param allocatedBytesPerOp heap bytes that the workers allocated
   * @param gcShare the part of the time in which the collector ran
   */
  public record CellResult(
      Cell cell,
      String engine,
      String failure,
      List<Double> opsPerSecond,
      double medianOpsPerSecond,
      double ratio,
      Latency latency,
      double allocatedBytesPerOp,
      double gcShare) {
    static CellResult ofFailed(Cell cell, String engine, String failure) {
      return new CellResult(cell, engine, failure, List.of(), 0, 0, null, 0, 0);
    }

    double leastOpsPerSecond() {
      return opsPerSecond.stream().min(Double::compare).orElse(0.0);
    }

    double mostOpsPerSecond() {
      return opsPerSecond.stream().max(Double::compare).orElse(0.0);
    }
  }

  /**
   * Latencies in nanoseconds, of the operations that were timed.
   *
   * @param samples how many were
   * @param sampleInterval one of so many, on average
   * @param p50 the median
   * @param p9999 0, as any, if there are too few samples to tell
   * @param max of the samples
   */
  public record Latency(
      long samples,
      double sampleInterval,
      long p50,
      long p90,
      long p99,
      long p999,
      long p9999,
      long max) {}

  /** Copies the lists. */
  public CompareReport {
    command = List.copyOf(command);
    engines = List.copyOf(engines);
    stages = List.copyOf(stages);
    cells = List.copyOf(cells);
  }

  /** The report as JSON. */
  public String toJson() {
    return Json.FILES.writeValueAsString(this) + System.lineSeparator();
  }

  /**
   * Reads a report.
   *
   * @throws CheckFailedException if it is none
   */
  public static CompareReport read(Path file) throws IOException {
    try {
      CompareReport report = Json.FILES.readValue(Files.readString(file), CompareReport.class);
      if (report == null || !SCHEMA.equals(report.schema())) {
        throw new CheckFailedException(file + " has no schema " + SCHEMA);
      }
      return report;
    } catch (JacksonException cause) {
      throw new CheckFailedException(
          file + " is no report of compare: " + cause.getOriginalMessage());
    }
  }

  /** What went wrong, for people; empty if nothing did. */
  public List<String> failures() {
    List<String> failures = new ArrayList<>();
    for (StageResult stage : stages) {
      stage.loads().stream()
          .filter(load -> load.failure() != null)
          .forEach(load -> failures.add(stage.stage().title() + ": " + load.failure()));
    }
    for (CellResult cell : cells) {
      if (cell.failure() != null) {
        failures.add(cell.cell().title() + ": " + cell.failure());
      }
    }
    return failures;
  }

  /** Who an engine is. */
  Participant participant(String id) {
    return engines.stream()
        .filter(engine -> engine.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new CheckFailedException("the report has no engine " + id));
  }
}
