package dev.peregrine.bench.compare;

import dev.peregrine.bench.ByteSize;
import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.EnumIds;
import dev.peregrine.bench.Figures;
import dev.peregrine.bench.Main;
import dev.peregrine.bench.Options;
import dev.peregrine.bench.TempDirectory;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.Residency;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The engine against its peers, in one run, with a report. */
@Command(
    name = "compare",
    description = {
      "Measures Peregrine and its peers in turn: YCSB A, B, C and F on the same keys, each engine"
          + " in a process of its own, every value that is read checked.",
      "Writes compare.json, compare.html (with charts, needs no network) and compare.svg.",
      "The exit code is 0 only if every engine did everything and every value was right."
    },
    footer = {
      "",
      "Engines: peregrine, peregrine-blocking, peregrine-batch, chm-g1, chm-parallel, nbhml,",
      "  caffeine, chronicle, mapdb, mvstore, rocksdb, lmdb, berkeley.",
      "The whole run takes less than an hour, --quick about 6 minutes:",
      "  compare --quick --out before",
      "  compare --quick --out after --against before/compare.json"
    })
public final class CompareCommand implements Callable<Integer> {
  /** Reads the name of an engine. */
  static final class EngineName implements ITypeConverter<Engine> {
    @Override
    public Engine convert(String text) {
      return EnumIds.parse(Engine.class, text);
    }
  }

  private static final int MAX_RECORDS = 100_000_000;
  private static final int MAX_VALUE_BYTES = 1 << 13;
  private static final int MAX_THREADS = 64;
  private static final int LONG_VALUE_BYTES = 100;
  private static final int PENDING_DEPTH = 64;
  private static final double MEMORY_SHARE = 0.85;
  private static final int SECONDS_PER_MINUTE = 60;

  @Spec private CommandSpec spec;

  @Option(
      names = "--quick",
      description =
          "Fewer cells and records: zipf, 2 threads, 2 repetitions; a quarter in memory only for"
              + " 100-byte values.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "ENGINE",
      split = ",",
      converter = EngineName.class,
      description = "Leave out all other engines.")
  private List<Engine> only;

  @Option(
      names = "--workloads",
      paramLabel = "A|B|C|F",
      split = ",",
      description = "Leave out all other workloads. Default: A,B,C,F.")
  private List<Workload> workloads;

  @Option(
      names = "--distributions",
      paramLabel = "zipf|uniform",
      split = ",",
      description = "Which records are asked for. Default: zipf,uniform; zipf is 0.99, scrambled.")
  private List<Distribution> distributions;

  @Option(
      names = "--value-bytes",
      paramLabel = "N",
      split = ",",
      description = "Lengths of values. Default: 8,100.")
  private List<Integer> valueBytes;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "Numbers of workers. Default: 1,2.")
  private List<Integer> threads;

  @Option(
      names = "--resident",
      paramLabel = "all|quarter",
      split = ",",
      description = "How much of the data may be in memory. Default: all,quarter.")
  private List<Residency> residencies;

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "Records to load. Default: 3500000, or 1000000 with --quick.")
  private Long records;

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      description = "How often each cell is measured. Default: 3, or 2 with --quick.")
  private Integer repetitions;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long each time. Default: 0.8, or 0.5 with --quick.")
  private Double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      description =
          "How long an engine runs before a cell's first time. Default: 0.6, or 0.4 with --quick.")
  private Double warmUpSeconds;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where to make the temporary directory for the data. Default: the system's place for"
              + " temporary files.")
  private Path directory;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to put the report. Default: ${DEFAULT-VALUE}.")
  private Path target = Path.of("compare-report");

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description = "Print how each figure compares with that of an earlier compare.json.")
  private Path against;

  @Option(
      names = "--render",
      paramLabel = "FILE",
      description = "Measure nothing: write the page and the picture of an earlier compare.json.")
  private Path render;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    CompareReport earlier = against == null ? null : CompareReport.read(against);
    ReportFiles files = new ReportFiles(target, earlier);
    CompareReport report = render == null ? measure(files, out) : CompareReport.read(render);
    files.write(report);
    out.println();
    out.print(new Summary(report).toText());
    if (earlier != null) {
      out.println();
      out.print(new Against(report, earlier).toText());
    }
    report.failures().forEach(failure -> out.println("FAILED " + failure));
    out.println("report: " + files.page());
    out.flush();
    return report.failures().isEmpty() ? Main.EXIT_OK : Main.EXIT_FAILED;
  }

  private CompareReport measure(ReportFiles files, PrintWriter out) throws IOException {
    ComparePlan plan = plan();
    requireMemory(plan);
    long disk = plan.stages().stream().mapToLong(plan::diskBytes).max().orElse(0);
    out.printf(
        "%s records, %d engines, about %.0f min%n",
        Figures.count(plan.records()),
        plan.engines().size(),
        Math.ceil(plan.estimatedSeconds() / SECONDS_PER_MINUTE));
    Files.createDirectories(target);
    List<String> command = spec.commandLine().getParseResult().originalArgs();
    try (TempDirectory place = TempDirectory.create(directory, disk)) {
      return new CompareBench(plan, command, place.path(), out).run(files::writeJson);
    }
  }

  /** What the options ask for. */
  ComparePlan plan() {
    ComparePlan plan =
        new ComparePlan(
            Options.orElse(only, List.of(Engine.values())),
            stages(),
            Options.orElse(workloads, List.of(Workload.values())),
            Options.orElse(
                distributions, quick ? List.of(Distribution.ZIPF) : List.of(Distribution.values())),
            Options.orElse(threads, quick ? List.of(2) : List.of(1, 2)),
            records != null ? records : quick ? 1_000_000 : 3_500_000,
            repetitions != null ? repetitions : quick ? 2 : 3,
            seconds != null ? seconds : quick ? 0.5 : 0.8,
            warmUpSeconds != null ? warmUpSeconds : quick ? 0.4 : 0.6,
            PENDING_DEPTH);
    Options.requireRange(spec, "--records", plan.records(), 1000, MAX_RECORDS);
    Options.requireRange(spec, "--repetitions", plan.repetitions(), 1, 1000);
    Options.requireSeconds(spec, plan.seconds());
    Options.requireSeconds(spec, plan.warmUpSeconds());
    plan.threads().forEach(n -> Options.requireRange(spec, "--threads", n, 1, MAX_THREADS));
    for (Stage stage : plan.stages()) {
      int bytes = stage.valueBytes();
      Options.requireRange(spec, "--value-bytes", bytes, Long.BYTES, MAX_VALUE_BYTES);
    }
    Options.require(
        spec, !plan.stages().isEmpty(), "none of these engines takes part with this --resident");
    return plan;
  }

  /** All that some engine takes part in. */
  private List<Stage> stages() {
    boolean isShort = quick && residencies == null && valueBytes == null;
    List<Engine> engines = Options.orElse(only, List.of(Engine.values()));
    List<Stage> stages = new ArrayList<>();
    for (Residency residency : Options.orElse(residencies, List.of(Residency.values()))) {
      for (int bytes : Options.orElse(valueBytes, List.of(Long.BYTES, LONG_VALUE_BYTES))) {
        boolean isAsked = !(isShort && residency.isLimited() && bytes == Long.BYTES);
        if (isAsked && engines.stream().anyMatch(e -> e.reasonToSkip(residency) == null)) {
          stages.add(new Stage(residency, bytes));
        }
      }
    }
    return stages;
  }

  private void requireMemory(ComparePlan plan) throws IOException {
    long available = Machine.availableBytes();
    long needed = plan.stages().stream().mapToLong(plan::memoryBytes).max().orElse(0);
    long fitting = (long) (plan.records() * MEMORY_SHARE * available / needed);
    Options.require(
        spec,
        needed <= available * MEMORY_SHARE,
        ("all engines together need about %s, more than %.0f %% of the %s that are available:"
                + " use --only, or --records %d")
            .formatted(
                ByteSize.format(needed),
                MEMORY_SHARE * 100,
                ByteSize.format(available),
                fitting / 100_000 * 100_000));
  }
}
