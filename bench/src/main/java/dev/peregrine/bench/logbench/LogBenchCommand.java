package dev.peregrine.bench.logbench;

import dev.peregrine.bench.ByteSize;
import dev.peregrine.bench.EnumIds;
import dev.peregrine.bench.Main;
import dev.peregrine.bench.Options;
import dev.peregrine.bench.TempDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The durable log against its peers, in one run. */
@Command(
    name = "log-bench",
    description = {
      "Measures the durable log and its peers in turn, each in a process of its own; after each run"
          + " a log is read back, and every entry of it checked.",
      "Prints entries a second, commit latencies, and whether the log reaches what it should.",
      "The exit code is 0 only if every engine ran and kept what was appended to it."
    },
    footer = {
      "",
      "Engines: peregrine, filechannel, chronicle-queue, aeron-archive, fio.",
      "Cells: none, pipelined, batch, latency, scan.",
      "The whole run takes about 15 minutes, --quick about two."
    })
public final class LogBenchCommand implements Callable<Integer> {
  /** Reads the name of an engine. */
  static final class EngineName implements ITypeConverter<LogEngine> {
    @Override
    public LogEngine convert(String text) {
      return EnumIds.parse(LogEngine.class, text);
    }
  }

  private static final int MAX_ENTRY_BYTES = 64 << 10;
  private static final int MAX_PRODUCERS = 62;
  private static final long MIN_BYTES = 1 << 20;
  private static final int SECONDS_PER_MINUTE = 60;
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  @Spec private CommandSpec spec;

  @Option(names = "--quick", description = "Shorter runs, and two repetitions.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "ENGINE",
      split = ",",
      converter = EngineName.class,
      description = "Leave out all other engines.")
  private List<LogEngine> only;

  @Option(
      names = "--cells",
      paramLabel = "CELL",
      split = ",",
      description = "${COMPLETION-CANDIDATES}: leave out all other cells.")
  private List<Durability> cells;

  @Option(
      names = "--entry-bytes",
      paramLabel = "N",
      split = ",",
      description = "Lengths of entries, multiples of 8. Default: 64,1024.")
  private List<Integer> entryBytes;

  @Option(
      names = "--producers",
      paramLabel = "N",
      split = ",",
      description = "Numbers of threads that append. Default: 1,2.")
  private List<Integer> producers;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long each run appends. Default: 1, or 0.4 with --quick.")
  private Double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      description = "How long an engine runs before a cell's first time. Default: 0.6, or 0.3.")
  private Double warmUpSeconds;

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description =
          "So much of entries a run at most, and so much is scanned. Default: 2g, or 512m with"
              + " --quick.")
  private Long bytes;

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      description = "How often each cell is measured. Default: 5, or 2 with --quick.")
  private Integer repetitions;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where to make the temporary directory for the logs. Default: the system's place for"
              + " temporary files.")
  private Path directory;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the report there, too.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    LogBenchPlan plan = plan();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%d cells, %d engines, about %.0f min%n",
        plan.cells().size(),
        plan.engines().size(),
        Math.ceil(plan.estimatedSeconds() / SECONDS_PER_MINUTE));
    List<String> command = spec.commandLine().getParseResult().originalArgs();
    boolean hasMemory = Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY);
    LogBenchReport report;
    try (TempDirectory place = TempDirectory.create(directory, plan.diskBytes());
        TempDirectory memory = TempDirectory.create(hasMemory ? SHARED_MEMORY : directory, 0);
        LogBench bench = new LogBench(plan, command, place.path(), memory.path(), out)) {
      report = bench.run();
    }
    report.writeTo(json);
    out.println();
    out.print(report.toText());
    List<String> failures = report.failures();
    failures.forEach(failure -> out.println("FAILED " + failure));
    out.flush();
    return failures.isEmpty() ? Main.EXIT_OK : Main.EXIT_FAILED;
  }

  /** What the options ask for. */
  private LogBenchPlan plan() {
    LogBenchPlan plan =
        new LogBenchPlan(
            Options.orElse(only, List.of(LogEngine.values())),
            Options.orElse(cells, List.of(Durability.values())),
            Options.orElse(entryBytes, List.of(64, 1024)),
            Options.orElse(producers, List.of(1, 2)),
            seconds != null ? seconds : quick ? 0.4 : 1,
            warmUpSeconds != null ? warmUpSeconds : quick ? 0.3 : 0.6,
            bytes != null ? bytes : quick ? 512L << 20 : 2L << 30,
            repetitions != null ? repetitions : quick ? 2 : 5);
    Options.requireRange(spec, "--repetitions", plan.repetitions(), 1, 1000);
    Options.requireSeconds(spec, plan.seconds());
    Options.requireSeconds(spec, plan.warmUpSeconds());
    Options.requireRange(spec, "--bytes", plan.mostBytes(), MIN_BYTES, 1L << 40);
    plan.producers().forEach(n -> Options.requireRange(spec, "--producers", n, 1, MAX_PRODUCERS));
    for (int length : plan.entryBytes()) {
      Options.requireRange(spec, "--entry-bytes", length, EntryPattern.MIN_BYTES, MAX_ENTRY_BYTES);
      Options.require(
          spec, length % Long.BYTES == 0, "--entry-bytes " + length + " is no multiple of 8");
    }
    return plan;
  }
}
