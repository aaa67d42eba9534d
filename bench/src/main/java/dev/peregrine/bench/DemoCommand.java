package dev.peregrine.bench;

import dev.peregrine.device.DeviceKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job: a store larger than its memory, real workloads on it, every value checked. */
@Command(
    name = "demo",
    showDefaultValues = true,
    description = {
      "Loads a store whose log memory is a quarter of the data, runs the YCSB workloads A, B, C and"
          + " F on it (zipfian 0.99, 8-byte keys), and verifies every value it reads. Then lets a"
          + " child process work and take checkpoints, kills it by SIGKILL, recovers, and checks"
          + " that exactly each session's prefix is there. Last, it kills a child whose two"
          + " producers append to a durable log while a consumer follows, and checks that every"
          + " acknowledged entry is there, whole, once.",
      "The exit code is 0 only if every check passed."
    })
final class DemoCommand implements Callable<Integer> {
  /** Updates append to the log: this many times the data must fit on the disk. */
  private static final int SPACE_FACTOR = 3;

  private static final int MAX_RECORDS = 1_000_000_000;
  private static final int MAX_DEPTH = 4096;

  @Spec private CommandSpec spec;

  @Option(names = "--records", paramLabel = "N", description = "Records to load.")
  private long records = 5_000_000;

  @Option(names = "--seconds", paramLabel = "S", description = "How long each workload runs.")
  private double seconds = 8;

  @Option(names = "--value-bytes", paramLabel = "N", description = "Length of each value.")
  private int valueBytes = 100;

  @Option(names = "--threads", paramLabel = "N", description = "Workers, a session each.")
  private int threads = 2;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description =
          "The store's whole memory budget, for instance 512m. Default: a quarter of the data for"
              + " the log, and the index.")
  private Long memory;

  @Option(
      names = "--pending",
      paramLabel = "N",
      description = "Operations that a session can have pending.")
  private int pending = 128;

  @Option(
      names = "--device",
      paramLabel = "KIND",
      description = "${COMPLETION-CANDIDATES}: where the log spills to.")
  private DeviceKind device = DeviceKind.AUTO;

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
  public Integer call() throws IOException, InterruptedException {
    Options.requireRange(spec, "--records", records, 1000, MAX_RECORDS);
    Options.requireRange(spec, "--value-bytes", valueBytes, ValuePattern.MIN_BYTES, 1 << 15);
    Options.requireRange(spec, "--threads", threads, 1, Version.MAX_WORKERS);
    Options.requireRange(spec, "--pending", pending, 1, MAX_DEPTH);
    Options.requireSeconds(spec, seconds);
    Options.require(
        spec, device != DeviceKind.NULL, "--device NULL gives nothing back, so nothing to check");
    DemoPlan plan =
        new DemoPlan(
            records, valueBytes, threads, seconds, pending, memory == null ? 0 : memory, device);
    try (TempDirectory place = TempDirectory.create(directory, SPACE_FACTOR * plan.dataBytes())) {
      PrintWriter out = spec.commandLine().getOut();
      Report report =
          new Demo(plan, Files.createDirectory(place.path().resolve("store")), out).run();
      if (device.hasFiles()) {
        Path killed = Files.createDirectory(place.path().resolve("killed"));
        new DemoKill(records, seconds, device, killed, out).run(report);
        Path log = Files.createDirectory(place.path().resolve("log"));
        new DemoLog(seconds, device, log, out).run(report);
      }
      report.writeTo(json);
    }
    return Main.EXIT_OK;
  }
}
