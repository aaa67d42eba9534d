package dev.peregrine.bench;

import dev.peregrine.device.DeviceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how long single operations take, from when they were due. */
@Command(
    name = "latency",
    showDefaultValues = true,
    description = {
      "Prints how long operations take: one after the other, as fast as they go (closed loop), and"
          + " at fixed rates, counted from when each was due (open loop): an operation that waits"
          + " behind a slow one counts as slow, too.",
      "The rates are parts of what the closed loop does. At each rate the same loop runs without an"
          + " operation, too: what it shows is the machine's."
    })
final class LatencyCommand implements Callable<Integer> {
  private static final int MAX_RECORDS = 100_000_000;
  private static final int MAX_VALUE_BYTES = 1 << 15;
  private static final int MAX_THREADS = 64;

  @Spec private CommandSpec spec;

  @Option(names = "--workload", paramLabel = "A|B|C|F", description = "The mix of operations.")
  private Workload workload = Workload.A;

  @Option(
      names = "--distribution",
      paramLabel = "zipf|uniform",
      description = "Which records are asked for; zipf is scrambled, with the constant 0.99.")
  private Distribution distribution = Distribution.ZIPF;

  @Option(names = "--records", paramLabel = "N", description = "Records to load.")
  private long records = 1_000_000;

  @Option(
      names = "--value-bytes",
      paramLabel = "N",
      description = "Length of each value: 8 for a store of longs, more for one of bytes.")
  private int valueBytes = 100;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Workers; each keeps a processor busy, and the engine's own threads want one.")
  private int threads = 1;

  @Option(
      names = "--settings",
      split = ",",
      paramLabel = "SETTING",
      description = "Some of ${COMPLETION-CANDIDATES}. Default: all.")
  private List<LatencySetting> settings;

  @Option(
      names = "--loads",
      split = ",",
      paramLabel = "PART",
      description = "The rates, as parts of the closed loop's. Default: 0.2,0.5,0.8.")
  private List<Double> loads;

  @Option(names = "--seconds", paramLabel = "S", description = "How long each loop runs.")
  private double seconds = 5;

  @Option(names = "--warm-up", paramLabel = "S", description = "How long each store runs before.")
  private double warmUpSeconds = 3;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where to make the temporary directory for the log. Default: the system's place for"
              + " temporary files.")
  private Path directory;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there, too.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    Options.requireRange(spec, "--records", records, 1000, MAX_RECORDS);
    Options.requireRange(spec, "--value-bytes", valueBytes, Long.BYTES, MAX_VALUE_BYTES);
    Options.requireRange(spec, "--threads", threads, 1, MAX_THREADS);
    Options.requireSeconds(spec, seconds);
    Options.requireSeconds(spec, warmUpSeconds);
    List<Double> parts = Options.orElse(loads, List.of(0.2, 0.5, 0.8));
    for (double part : parts) {
      Options.require(
          spec, part > 0 && part <= 1, "--loads " + part + " is not above 0 and at most 1");
    }
    List<LatencySetting> asked = Options.orElse(settings, List.of(LatencySetting.values()));
    YcsbPlan plan =
        new YcsbPlan(
            workload,
            distribution,
            records,
            valueBytes,
            threads,
            1,
            128,
            0,
            0,
            0,
            DeviceKind.AUTO,
            0,
            seconds,
            seconds,
            1);
    LatencyBench bench =
        new LatencyBench(plan, asked, parts, warmUpSeconds, spec.commandLine().getOut());
    try (TempDirectory place = TempDirectory.create(directory, bench.diskBytes())) {
      bench.run(place.path()).writeTo(json);
    }
    return Main.EXIT_OK;
  }
}
