package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class MainTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return line.execute(args);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fly",
        "--fly",
        "demo --fly",
        "demo --records many",
        "demo --records 0",
        "demo --records -5",
        "demo --seconds 0",
        "demo --seconds NaN",
        "demo --value-bytes 8",
        "demo --threads 0",
        "demo --threads 63",
        "demo --memory lots",
        "demo --device tape",
        "demo --device null",
        "demo --pending 0",
        "demo surplus",
        "ycsb --workload D",
        "ycsb --workload",
        "ycsb --distribution normal",
        "ycsb --value-bytes 7",
        "ycsb --store map",
        "ycsb --repetitions 0",
        "ycsb --batch 0",
        "ycsb --batch 1025",
        "ycsb --page 1k",
        "ycsb --device null --memory 1m",
        "ycsb --fio",
        "ycsb --checkpoint sometimes",
        "ycsb --checkpoint index",
        "ycsb --checkpoint snapshot --device memory",
        "ycsb --checkpoint snapshot --store both",
        "ycsb --fio --memory 1m --device memory",
        "latency --loads 0",
        "latency --loads 1.5",
        "latency --settings moon",
        "latency --threads 0",
        "device --mode sideways",
        "device --block 5000",
        "device --block 512",
        "device --depth 0",
        "device --bytes 1",
        "device --kind null",
        "device --kind memory --fio",
        "checkpoints",
        "checkpoints list",
        "checkpoints look .",
        "checkpoints list ./not-there",
        "checkpoints prune ./not-there",
        "checkpoints prune --keep 0 ./not-there",
        "checkpoints verify --token .. ./not-there",
        "kill-loop --cycles 0",
        "kill-loop --sessions 0",
        "kill-loop --kind bytes_to_bytes",
        "kill-loop --device memory",
        "compare --only chm",
        "compare --only chm-g1 --resident quarter",
        "compare --workloads D",
        "compare --records 1",
        "compare --records 90000000",
        "compare --value-bytes 4",
        "compare --threads 0",
        "compare --resident half",
        "compare --seconds 0",
        "crash-sim --seeds 0",
        "crash-sim --seed one",
        "crash-sim --threads 0",
        "crash-sim --sabotage nobody",
        "crash-sim --exhaustive --seed 1",
        "crash-sim --exhaustive --sabotage all"
      })
  void shouldSayInOneLineWhatIsWrongWhenArgumentsAreBad(String arguments) {
    int exit =
        run(Stream.of(arguments.split(" ")).filter(a -> !a.isEmpty()).toArray(String[]::new));
    assertEquals(Main.EXIT_USAGE, exit);
    String[] lines = err.toString().strip().split("\\R");
    assertEquals(2, lines.length, err.toString());
    assertTrue(lines[0].startsWith("error: "), lines[0]);
    assertTrue(lines[1].startsWith("try: peregrine"), lines[1]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "ycsb",
        "latency",
        "device",
        "compare",
        "jmh",
        "checkpoints",
        "kill-loop",
        "crash-sim"
      })
  void shouldExplainEachCommand(String command) {
    assertEquals(Main.EXIT_OK, run(command, "--help"));
    assertTrue(out.toString().contains("Usage: peregrine " + command), out.toString());
  }

  @Test
  void shouldListTheCommands() {
    assertEquals(Main.EXIT_OK, run("--help"));
    for (String command :
        new String[] {
          "demo",
          "ycsb",
          "latency",
          "device",
          "compare",
          "jmh",
          "checkpoints",
          "kill-loop",
          "crash-sim"
        }) {
      assertTrue(out.toString().contains("  " + command), out.toString());
    }
  }

  @Test
  void shouldFailWithoutAStackTraceWhenTheDirectoryCannotBeUsed() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertEquals(Main.EXIT_FAILED, run("demo", "--directory", file.toString()));
    assertTrue(err.toString().startsWith("error: "), err.toString());
    assertFalse(err.toString().contains("\tat "), err.toString());
  }

  @Test
  void shouldMeasureLatenciesInEachSettingWhenAsked() throws Exception {
    Path json = directory.resolve("latency.json");
    String[] args = {
      "latency",
      "--records",
      "20000",
      "--seconds",
      "0.3",
      "--warm-up",
      "0.1",
      "--loads",
      "0.5",
      "--directory",
      directory.toString(),
      "--json",
      json.toString()
    };
    assertEquals(Main.EXIT_OK, run(args), err.toString());
    JsonNode rows = new ObjectMapper().readTree(Files.readString(json)).path("facts").path("rows");
    assertEquals(9, rows.size());
    for (JsonNode row : rows) {
      assertTrue(row.path("opsPerSecond").asDouble() > 0);
      long before = 0;
      for (JsonNode nanos : row.path("nanos")) {
        assertTrue(nanos.asLong() >= before, row.toString());
        before = nanos.asLong();
      }
      assertTrue(before > 0, row.toString());
    }
  }

  @Test
  void shouldRunTheDemoAndLeaveNothingButTheReport() throws Exception {
    Path json = directory.resolve("demo.json");
    Path place = directory.resolve("place");
    String[] args = {
      "demo",
      "--records",
      "20000",
      "--seconds",
      "0.3",
      "--directory",
      place.toString(),
      "--json",
      json.toString()
    };
    assertEquals(Main.EXIT_OK, run(args), err.toString());
    JsonNode root = new ObjectMapper().readTree(Files.readString(json));
    assertEquals(5, root.path("results").size());
    for (JsonNode result : root.path("results")) {
      assertTrue(result.path("operations").asLong() > 0);
      assertTrue(result.path("memoryBytes").asLong() <= result.path("memoryBudgetBytes").asLong());
    }
    assertTrue(root.path("results").path(0).path("deviceBytesWritten").asLong() > 0);
    assertTrue(root.path("facts").path("killOperations").asLong() > 0);
    assertTrue(root.path("facts").path("logAcknowledgedEntries").asLong() > 0);
    try (Stream<Path> left = Files.list(place)) {
      assertEquals(0, left.count());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A 8 1",
        "B 100 1",
        "C 8 1",
        "C 100 1",
        "F 8 1",
        "F 100 1",
        "A 8 50",
        "B 100 7",
        "C 8 64",
        "C 100 1024",
        "F 8 33",
        "F 100 100"
      })
  void shouldRunEachWorkloadOnBothStores(String cell) throws Exception {
    String[] parts = cell.split(" ");
    Path json = directory.resolve("ycsb.json");
    String[] args = {
      "ycsb",
      "--workload",
      parts[0],
      "--value-bytes",
      parts[1],
      "--batch",
      parts[2],
      "--records",
      "20000",
      "--store",
      "both",
      "--seconds",
      "0.1",
      "--latency-seconds",
      "0.1",
      "--warm-up",
      "0.1",
      "--repetitions",
      "2",
      "--device",
      "memory",
      "--memory",
      "2m",
      "--json",
      json.toString()
    };
    assertEquals(Main.EXIT_OK, run(args), err.toString());
    JsonNode root = new ObjectMapper().readTree(Files.readString(json));
    assertEquals(4, root.path("results").size());
    assertEquals(2, root.path("facts").path("ratiosToChm").size());
    assertEquals(Integer.parseInt(parts[2]), root.path("facts").path("batch").asInt());
    for (JsonNode result : root.path("results")) {
      assertTrue(result.path("p99Nanos").asLong() > 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"randread", "seqread", "seqwrite"})
  void shouldMeasureADevice(String mode) {
    String[] args = {
      "device",
      "--mode",
      mode,
      "--kind",
      "memory",
      "--bytes",
      "1m",
      "--seconds",
      "0.1",
      "--depth",
      "4",
      "--threads",
      "2",
      "--repetitions",
      "1"
    };
    assertEquals(Main.EXIT_OK, run(args), err.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"FOLD_OVER", "SNAPSHOT", "INCREMENTAL", "LOG"})
  void shouldMeasureACheckpointAmongOperations(String kind) throws Exception {
    Path json = directory.resolve("ycsb.json");
    String[] args = {
      "ycsb",
      "--workload",
      "A",
      "--records",
      "20000",
      "--checkpoint",
      kind,
      "--seconds",
      "0.6",
      "--warm-up",
      "0.5",
      "--repetitions",
      "2",
      "--checkpoint-rate",
      "1g",
      "--json",
      json.toString()
    };
    assertEquals(Main.EXIT_OK, run(args), err.toString());
    JsonNode facts = new ObjectMapper().readTree(Files.readString(json)).path("facts");
    for (String figure :
        new String[] {
          "ratioSecondBefore",
          "ratioDuringBefore",
          "ratioQuietToFio",
          "ratioRecoveryToFio",
          "unchangedBytes"
        }) {
      assertTrue(facts.path(figure).asDouble() > 0, facts.toString());
    }
    if (kind.equals("FOLD_OVER") || kind.equals("LOG")) {
      assertTrue(facts.path("unchangedBytes").asLong() < 64 << 10, facts.toString());
    }
  }

  @Test
  void shouldRunSeedsAndReportThem() throws Exception {
    Path json = directory.resolve("crash.json");
    String[] args = {
      "crash-sim", "--seeds", "20", "--first-seed", "7", "--threads", "2", "--json", json.toString()
    };
    assertEquals(Main.EXIT_OK, run(args), out.toString());
    assertTrue(out.toString().contains("20 seeds run, 0 failed"), out.toString());
    JsonNode facts = new ObjectMapper().readTree(Files.readString(json)).path("facts");
    assertEquals(20, facts.path("lives").asInt());
    assertEquals(0, facts.path("failedSeeds").size());
    assertTrue(facts.path("figures").path("crashes").asInt() > 20, facts.toString());
    assertEquals(Main.EXIT_OK, run("crash-sim", "--seed", "7"));
  }

  @Test
  void shouldTellWhetherABrokenStoreWasCaught() {
    String[] caught = {"crash-sim", "--sabotage", "manifest-sync-skipped", "--seeds", "10"};
    assertEquals(Main.EXIT_OK, run(caught));
    assertTrue(out.toString().contains("of 10 seeds"), out.toString());
    String[] missed = {"crash-sim", "--sabotage", "cut_not_padded", "--seeds", "1"};
    assertEquals(Main.EXIT_FAILED, run(missed));
  }
}
