package dev.peregrine.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.compare.peer.Residency;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CompareReportTest {
  @TempDir private Path directory;

  private static List<String> lines(String text) {
    return text.lines().map(line -> line.strip().replaceAll("\\s+", " ")).toList();
  }

  @Test
  void shouldComeBackTheSameWhenWrittenAndRead() throws Exception {
    CompareReport report = Samples.report(2);
    Path file = directory.resolve("compare.json");
    Files.writeString(file, report.toJson());
    assertEquals(report, CompareReport.read(file));
  }

  @Test
  void shouldKeepItsFieldNames() {
    JsonNode root = Json.FILES.readTree(Samples.report(2).toJson());
    assertEquals("peregrine-compare/1", root.path("schema").asString());
    assertEquals(
        Set.of(
            "schema",
            "date",
            "version",
            "command",
            "machine",
            "plan",
            "engines",
            "stages",
            "cells",
            "elapsedSeconds"),
        Set.copyOf(root.propertyNames()));
    JsonNode cell = root.path("cells").path(0);
    assertEquals(
        Set.of(
            "cell",
            "engine",
            "failure",
            "opsPerSecond",
            "medianOpsPerSecond",
            "ratio",
            "latency",
            "allocatedBytesPerOp",
            "gcShare"),
        Set.copyOf(cell.propertyNames()));
    assertEquals("all", cell.path("cell").path("residency").asString());
    assertEquals("zipf", cell.path("cell").path("distribution").asString());
    assertEquals("peregrine", cell.path("engine").asString());
    assertEquals(
        Set.of("samples", "sampleInterval", "p50", "p90", "p99", "p999", "p9999", "max"),
        Set.copyOf(cell.path("latency").propertyNames()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "null", "[1]", "{\"schema\": \"peregrine-compare/0\"}", "no"})
  void shouldRefuseAFileThatIsNoReport(String text) throws Exception {
    Path file = directory.resolve("other.json");
    Files.writeString(file, text);
    assertThrows(CheckFailedException.class, () -> CompareReport.read(file));
  }

  @Test
  void shouldTakeTheFasterCollectorOfTheMap() {
    Findings findings = new Findings(Samples.report(2));
    assertEquals(List.of("peregrine", "chm-g1", "lmdb"), findings.families());
    assertEquals("ConcurrentHashMap", findings.title("chm-g1"));
    List<Double> ratios = findings.ratios("chm-g1", Residency.ALL);
    assertEquals(List.of(4.0, 4.0), ratios);
    assertEquals(4, Findings.mean(ratios), 1e-9);
    assertTrue(findings.ratios("chm-g1", Residency.QUARTER).isEmpty());
    assertEquals(List.of(20.0, 20.0), findings.ratios("lmdb", Residency.QUARTER));
  }

  @Test
  void shouldSummarizeEachEngine() {
    List<String> lines = lines(new Summary(Samples.report(2)).toText());
    assertTrue(lines.contains("Peregrine – – 30 30"), lines.toString());
    assertTrue(lines.contains("ConcurrentHashMap 4.00 [4.00, 4.00] – 30 –"), lines.toString());
    assertTrue(lines.contains("LMDB 20.0 [20.0, 20.0] 20.0 [20.0, 20.0] 30 30"), lines.toString());
  }

  @Test
  void shouldTellWhatIsFasterThanBefore() {
    Against against = new Against(Samples.report(3), Samples.report(2));
    List<String> lines = lines(against.toText());
    assertTrue(lines.contains("Peregrine 4 1.50 1.50 1.50"), lines.toString());
    assertTrue(lines.contains("LMDB 4 1.00 1.00 1.00"), lines.toString());
    assertTrue(
        lines.contains("Peregrine, C zipf, 2 threads, 8 bytes, in memory 3.00 M/s 2.00 M/s 1.50"),
        lines.toString());
    assertTrue(against.head().contains("on the same machine"), against.head());
  }

  @Test
  void shouldTellPercentilesOnlyWhenThereAreEnoughSamples() {
    Histogram latencies = Histograms.empty();
    for (int i = 0; i < 1000; i++) {
      latencies.recordValue(100);
    }
    CellRuns runs = new CellRuns();
    runs.add(new Reply.Run(8000, 1_000_000_000, 0, 100, Histograms.encode(latencies)));
    Cell cell = Samples.report(1).cells().getFirst().cell();
    CompareReport.CellResult result = runs.result(cell, "lmdb", null);
    assertEquals(8000, result.medianOpsPerSecond(), 1e-6);
    assertEquals(0.1, result.gcShare(), 1e-9);
    assertEquals(8, result.latency().sampleInterval());
    assertEquals(100, result.latency().p99());
    assertEquals(0, result.latency().p999());
    assertEquals(0, result.ratio());
  }
}
