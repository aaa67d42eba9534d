package dev.peregrine.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.bench.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole command, on engines that start fast. */
class CompareCommandTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... arguments) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return line.execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
  }

  @Test
  void shouldWriteAReportThatCanBeRenderedAndComparedWith() throws Exception {
    Path place = directory.resolve("place");
    Path first = directory.resolve("first");
    int exit =
        run(
            "compare",
            "--only",
            "peregrine,mvstore",
            "--workloads",
            "C,F",
            "--distributions",
            "uniform",
            "--value-bytes",
            100,
            "--threads",
            2,
            "--records",
            20_000,
            "--repetitions",
            2,
            "--seconds",
            0.1,
            "--warm-up",
            0.1,
            "--directory",
            place,
            "--out",
            first);
    assertEquals(Main.EXIT_OK, exit, out + "\n" + err);
    CompareReport report = CompareReport.read(first.resolve("compare.json"));
    assertEquals(8, report.cells().size());
    for (CompareReport.CellResult cell : report.cells()) {
      assertEquals(2, cell.opsPerSecond().size());
      assertTrue(cell.ratio() > 0);
      assertTrue(cell.latency().samples() > 0);
    }
    assertTrue(report.stages().getLast().loads().getFirst().diskBytesPerRecord() > 60);
    try (Stream<Path> left = Files.list(place)) {
      assertEquals(List.of(), left.toList());
    }
    Path json = first.resolve("compare.json");
    Path second = directory.resolve("second");
    assertEquals(
        Main.EXIT_OK, run("compare", "--render", json, "--against", json, "--out", second));
    assertTrue(out.toString().contains("on the same machine and JDK"), out.toString());
    assertTrue(Files.readString(second.resolve("compare.html")).contains("Now and then"));
    assertTrue(Files.readString(second.resolve("compare.svg")).startsWith("<svg"));
  }

  @Test
  void shouldFailInOneLineWhenTheEarlierReportIsNone() throws Exception {
    Path file = Files.writeString(directory.resolve("none.json"), "{}");
    assertEquals(Main.EXIT_FAILED, run("compare", "--against", file));
    assertTrue(err.toString().startsWith("error: "), err.toString());
    assertEquals(1, err.toString().strip().lines().count(), err.toString());
  }

  @Test
  void shouldFailWhenAnEngineFailed() throws Exception {
    CompareReport report = Samples.report(1);
    CompareReport.CellResult cell = report.cells().getFirst();
    CompareReport failed =
        new CompareReport(
            report.schema(),
            report.date(),
            report.version(),
            report.command(),
            report.machine(),
            report.plan(),
            report.engines(),
            report.stages(),
            List.of(CompareReport.CellResult.ofFailed(cell.cell(), cell.engine(), "wrong value")),
            1);
    Path file = Files.writeString(directory.resolve("failed.json"), failed.toJson());
    Path target = directory.resolve("rendered");
    assertEquals(Main.EXIT_FAILED, run("compare", "--render", file, "--out", target));
    assertTrue(out.toString().contains("wrong value"), out.toString());
    assertTrue(Files.readString(target.resolve("compare.html")).contains("wrong value"));
  }
}
