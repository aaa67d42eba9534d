package dev.peregrine.bench;

import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.DeviceOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the device alone, and fio beside it. */
@Command(
    name = "device",
    showDefaultValues = true,
    description = {
      "Prints the raw rate of our own device: requests/s, bytes/s, and latencies. Every block that"
          + " is read is checked.",
      "With --fio, fio does the same on files of the same size that were written at the same time"
          + " through the same device; both are measured in turn."
    })
final class DeviceCommand implements Callable<Integer> {
  private static final int MAX_DEPTH = 4096;
  private static final int SECTOR = 4096;
  private static final int MAX_BLOCK = 16 << 20;
  private static final int MAX_THREADS = 256;

  @Spec private CommandSpec spec;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "${COMPLETION-CANDIDATES}: the pattern of access.")
  private DevicePlan.Mode mode = DevicePlan.Mode.RANDREAD;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "${COMPLETION-CANDIDATES}: which device. AUTO is URING where it works.")
  private DeviceKind kind = DeviceKind.AUTO;

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "How much to write, and to read from; rounded up to whole segments.")
  private Long bytes = 1L << 30;

  @Option(
      names = "--block",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Bytes of one request.")
  private Long block = (long) SECTOR;

  @Option(
      names = "--depth",
      paramLabel = "N",
      description = "Requests that each worker keeps outstanding.")
  private int depth = 32;

  @Option(names = "--threads", paramLabel = "N", description = "Workers, a queue each.")
  private int threads = 1;

  @Option(names = "--seconds", paramLabel = "S", description = "How long each repetition reads.")
  private double seconds = 5;

  @Option(names = "--repetitions", paramLabel = "N", description = "How often to measure.")
  private int repetitions = 3;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where to make the temporary directory for the files. Default: the system's place for"
              + " temporary files.")
  private Path directory;

  @Option(names = "--fio", description = "Measure fio, too, in turn.")
  private boolean fio;

  @Option(
      names = "--fio-option",
      paramLabel = "OPTION",
      description = "One more option for fio, such as --fio-option=--fixedbufs=1.")
  private List<String> fioOptions = List.of();

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there, too.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    Options.requireRange(spec, "--depth", depth, 1, MAX_DEPTH);
    Options.requireRange(spec, "--threads", threads, 1, MAX_THREADS);
    Options.requireRange(spec, "--repetitions", repetitions, 1, 1000);
    Options.requireRange(spec, "--block", block, SECTOR, MAX_BLOCK);
    Options.require(spec, Long.bitCount(block) == 1, "--block " + block + " is no power of two");
    Options.requireRange(spec, "--bytes", bytes, block, 1L << 50);
    Options.requireSeconds(spec, seconds);
    Options.require(
        spec, kind != DeviceKind.NULL, "--kind NULL gives nothing back, so nothing to check");
    Options.require(
        spec, !fio || kind != DeviceKind.MEMORY, "--fio needs files, which --kind MEMORY has not");
    DevicePlan plan = plan();
    long files = fio ? 2 : 1;
    long needed = kind == DeviceKind.MEMORY ? 0 : files * plan.bytes();
    try (TempDirectory place = TempDirectory.create(directory, needed)) {
      DeviceBench bench =
          new DeviceBench(plan, repetitions, place.path(), spec.commandLine().getOut());
      if (fio) {
        bench.besideFio(fioOptions);
      }
      bench.run().writeTo(json);
    }
    return Main.EXIT_OK;
  }

  private DevicePlan plan() {
    long needed = Long.highestOneBit(2 * bytes - 1);
    long segment = Math.clamp(needed, block, DeviceOptions.DEFAULT_SEGMENT_BYTES);
    long whole = (bytes + segment - 1) / segment * segment;
    return new DevicePlan(
        mode, whole, Math.toIntExact(block), depth, threads, seconds, segment, kind);
  }
}
