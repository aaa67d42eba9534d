package dev.peregrine.bench.logbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.Fio;
import dev.peregrine.bench.Main;
import dev.peregrine.bench.compare.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole command, on little data. */
class LogBenchCommandTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... arguments) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return line.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
  }

  private LogBenchReport report(Object... more) throws Exception {
    Path place = directory.resolve("place");
    Path json = directory.resolve("report.json");
    List<Object> arguments =
        List.of(
            "log-bench",
            "--seconds",
            0.05,
            "--warm-up",
            0.02,
            "--bytes",
            "2m",
            "--repetitions",
            2,
            "--entry-bytes",
            64,
            "--directory",
            place,
            "--json",
            json);
    int exit = run(Stream.concat(arguments.stream(), Stream.of(more)).toArray());
    assertEquals(Main.EXIT_OK, exit, out + "\n" + err);
    try (Stream<Path> left = Files.list(place)) {
      assertEquals(List.of(), left.toList());
    }
    return Json.FILES.readValue(Files.readString(json), LogBenchReport.class);
  }

  @Test
  void shouldMeasureEveryCellOfEveryLog() throws Exception {
    LogBenchReport report =
        report("--only", "peregrine,filechannel,chronicle-queue,aeron-archive", "--producers", 2);
    assertEquals(4 * Durability.values().length, report.results().size());
    for (LogBenchReport.Result result : report.results()) {
      assertNull(result.failure());
      assertEquals(2, result.entriesPerSecond().size());
      assertTrue(result.medianEntriesPerSecond() > 0);
      assertEquals(result.cell().durability().waits(), result.p50Nanos() > 0);
      assertTrue(result.diskBytesPerEntry() == 0 || result.diskBytesPerEntry() >= 64);
    }
    assertEquals(4, report.goals().size());
    assertTrue(report.copyBytesPerSecond() > 0);
    report.engines().stream()
        .filter(engine -> !engine.id().equals("filechannel"))
        .forEach(engine -> assertFalse(engine.version().isEmpty(), engine.id()));
  }

  @Test
  void shouldMeasureFioBesideWhatItCanDo() throws Exception {
    try {
      Fio.requireInstalled();
    } catch (CheckFailedException missing) {
      assumeTrue(false, missing.getMessage());
    }
    LogBenchReport report =
        report("--only", "peregrine,fio", "--cells", "batch,scan", "--producers", 1);
    assertEquals(4, report.results().size());
    assertEquals(
        List.of("rate to fio", "rate to fio"),
        report.goals().stream().map(LogBenchReport.Goal::what).toList());
  }

  @Test
  void shouldTellWhatEngineThereIsNot() {
    assertEquals(Main.EXIT_USAGE, run("log-bench", "--only", "kafka"));
    assertTrue(err.toString().contains("aeron-archive"), err.toString());
  }

  @Test
  void shouldRefuseEntriesThatAreNoWords() {
    assertEquals(Main.EXIT_USAGE, run("log-bench", "--entry-bytes", 65));
    assertTrue(err.toString().contains("no multiple of 8"), err.toString());
  }

  @Test
  void shouldReportAPeerThatCannotRun() {
    LogCell cell = new LogCell(Durability.NONE, 64, 1);
    LogRuns runs = new LogRuns();
    runs.fail("no such thing here");
    LogBenchReport.Result result = runs.result(cell, LogEngine.AERON_ARCHIVE, 1e9, true);
    assertNotNull(result.failure());
    LogBenchReport report =
        new LogBenchReport(
            LogBenchReport.SCHEMA,
            "",
            List.of(),
            null,
            null,
            List.of(),
            1e9,
            List.of(result),
            LogGoals.of(List.of(result)),
            1);
    assertTrue(report.toText().contains("FAILED"), report.toText());
    assertEquals(
        List.of("Aeron Archive, no sync, 64 B, 1T: no such thing here"), report.failures());
    assertEquals(List.of(), report.goals());
  }
}
