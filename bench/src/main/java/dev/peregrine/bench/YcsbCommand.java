package dev.peregrine.bench;

import dev.peregrine.CheckpointKind;
import dev.peregrine.device.DeviceKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One YCSB workload on the engine, on a ConcurrentHashMap, or on both in turn. */
@Command(
    name = "ycsb",
    showDefaultValues = true,
    description = {
      "Runs one YCSB core workload: A (half reads, half writes), B (95 %% reads), C (reads), F"
          + " (half reads, half read-modify-writes); 8-byte scattered keys.",
      "Each repetition has a phase for latency and one for throughput without a clock in the loop."
          + " With --store both, the stores take turns in one JVM, on the same keys.",
    },
    footer = {
      "",
      "The map needs heap, and its speed depends on the collector: give the JVM, for instance,",
      "  java -Xms6g -Xmx6g -XX:+UseParallelGC -XX:+AlwaysPreTouch -jar peregrine.jar ycsb ...",
      "(-XX:+UseG1GC is the default and slower for the map's writes). The engine needs no heap.",
      "",
      "In memory, against the map:",
      "  ycsb --workload C --records 10000000 --value-bytes 8 --store both --distribution uniform",
      "Larger than memory, against the disk:",
      "  ycsb --workload C --records 10000000 --value-bytes 100 --distribution uniform \\",
      "    --memory 768m --pending 128 --fio"
    })
final class YcsbCommand implements Callable<Integer> {
  /** Which stores to measure. */
  enum Stores {
    PEREGRINE,
    CHM,
    BOTH
  }

  private static final int MAX_RECORDS = 1_000_000_000;
  private static final int MAX_VALUE_BYTES = 1 << 15;
  private static final int MAX_THREADS = 1024;
  private static final int MAX_DEPTH = 4096;

  @Spec private CommandSpec spec;

  @Option(names = "--workload", paramLabel = "A|B|C|F", description = "The mix of operations.")
  private Workload workload = Workload.C;

  @Option(
      names = "--distribution",
      paramLabel = "zipf|uniform",
      description = "Which records are asked for; zipf is scrambled, with the constant 0.99.")
  private Distribution distribution = Distribution.ZIPF;

  @Option(
      names = "--store",
      paramLabel = "peregrine|chm|both",
      description = "What to measure; chm is a ConcurrentHashMap.")
  private Stores stores = Stores.PEREGRINE;

  @Option(names = "--records", paramLabel = "N", description = "Records to load.")
  private long records = 1_000_000;

  @Option(
      names = "--value-bytes",
      paramLabel = "N",
      description = "Length of each value: 8 for a store of longs, more for one of bytes.")
  private int valueBytes = Long.BYTES;

  @Option(names = "--threads", paramLabel = "N", description = "Workers, a session each.")
  private int threads = 2;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "Keys that the engine is given at once where throughput is measured; latency is that of"
              + " single operations. Those to read and those to change are batches of their own."
              + " 1: no batches.")
  private int batch = 1;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "The engine's whole memory budget, e.g. 1g. Default: enough for everything.")
  private Long memory;

  @Option(
      names = "--index",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "The hash index's part of it. Default: what suits the records.")
  private Long index;

  @Option(
      names = "--page",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "The log's page. Default: what suits the memory, at most 1 MiB.")
  private Long page;

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

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long each repetition measures throughput.")
  private double seconds = 5;

  @Option(
      names = "--latency-seconds",
      paramLabel = "S",
      description = "How long each repetition measures latency before.")
  private double latencySeconds = 1;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      description = "How long each store runs before the first repetition.")
  private double warmUpSeconds = 3;

  @Option(names = "--repetitions", paramLabel = "N", description = "How often to measure.")
  private int repetitions = 3;

  @Option(
      names = "--fio",
      description =
          "Let fio read blocks at random, at the same depth, from files as large and as old"
              + " as the log, in turn with us; needs a --memory smaller than the data.")
  private boolean fio;

  @Option(
      names = "--fio-block",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Bytes of one of fio's reads.")
  private Long fioBlock = (long) Sizing.MIN_PAGE_BYTES;

  @Option(
      names = "--fio-option",
      paramLabel = "OPTION",
      description = "One more option for fio, such as --fio-option=--fixedbufs=1.")
  private List<String> fioOptions = List.of();

  @Option(
      names = "--checkpoint",
      paramLabel = "KIND",
      description =
          "Measure checkpoints instead: ${COMPLETION-CANDIDATES}. The throughput second by second"
              + " with one in the middle, its bandwidth and that of the recovery to fio's, and what"
              + " one of the unchanged store writes. As many as --repetitions, and some before to"
              + " warm up. Needs fio.")
  private CheckpointKind checkpoint;

  @Option(
      names = "--checkpoint-rate",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Bytes a second that a checkpoint writes at most; 0: no bound.")
  private Long checkpointRate = 0L;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there, too.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    requireRanges();
    YcsbPlan plan = plan(memoryBytes());
    Options.require(
        spec,
        device != DeviceKind.NULL || plan.isInMemory(),
        "--device NULL gives nothing back: leave out --memory, or give at least "
            + ByteSize.format(plan.fullMemoryBytes()));
    Options.require(
        spec,
        !fio || !plan.isInMemory(),
        "--fio compares reads from the disk: give a --memory smaller than the data's "
            + ByteSize.format(plan.dataBytes()));
    Options.require(
        spec,
        !fio || (device != DeviceKind.MEMORY && stores != Stores.CHM),
        "--fio compares the engine on files: it goes with neither --device MEMORY nor --store chm");
    Options.require(
        spec,
        checkpoint == null || (device.hasFiles() && stores == Stores.PEREGRINE && !fio),
        "--checkpoint is of the engine on files: it goes with none of --device "
            + "MEMORY, --device NULL, --store chm, --store both and --fio");
    Options.require(
        spec,
        checkpoint == null || checkpoint.hasLog(),
        "--checkpoint INDEX can't be recovered to");
    try (TempDirectory place = TempDirectory.create(directory, diskBytes(plan))) {
      if (checkpoint != null) {
        PrintWriter out = spec.commandLine().getOut();
        new CheckpointBench(plan, checkpoint, place.path(), warmUpSeconds, out).run().writeTo(json);
        return Main.EXIT_OK;
      }
      YcsbBench bench =
          new YcsbBench(plan, place.path(), warmUpSeconds, spec.commandLine().getOut());
      if (fio) {
        bench.besideFio(Math.toIntExact(fioBlock), fioOptions);
      }
      bench.run(stores != Stores.CHM, stores != Stores.PEREGRINE).writeTo(json);
    }
    return Main.EXIT_OK;
  }

  private YcsbPlan plan(long budgetBytes) {
    return new YcsbPlan(
        workload,
        distribution,
        records,
        valueBytes,
        threads,
        batch,
        pending,
        budgetBytes,
        index == null ? 0 : index,
        page == null ? 0 : Math.toIntExact(page),
        device,
        checkpointRate,
        seconds,
        latencySeconds,
        repetitions);
  }

  private void requireRanges() {
    Options.requireRange(spec, "--records", records, 1000, MAX_RECORDS);
    Options.requireRange(spec, "--value-bytes", valueBytes, Long.BYTES, MAX_VALUE_BYTES);
    Options.requireRange(spec, "--threads", threads, 1, MAX_THREADS);
    Options.requireRange(spec, "--batch", batch, 1, OperationLoop.CHUNK);
    Options.requireRange(spec, "--pending", pending, 1, MAX_DEPTH);
    Options.requireRange(spec, "--repetitions", repetitions, 1, 1000);
    Options.requireSeconds(spec, seconds);
    Options.requireSeconds(spec, latencySeconds);
    Options.requireSeconds(spec, warmUpSeconds);
    Options.requireRange(spec, "--fio-block", fioBlock, Sizing.SECTOR_BYTES, Sizing.MAX_PAGE_BYTES);
    Options.require(
        spec, Long.bitCount(fioBlock) == 1, "--fio-block " + fioBlock + " is no power of two");
    if (page != null) {
      Options.requireRange(spec, "--page", page, Sizing.MIN_PAGE_BYTES, 64 << 20);
    }
  }

  /** After each checkpoint the records that change are copied: room for all of them each time. */
  private long memoryBytes() {
    if (memory != null || checkpoint == null) {
      return memory == null ? 0 : memory;
    }
    YcsbPlan plan = plan(0);
    return plan.fullMemoryBytes() + CheckpointBench.checkpoints(plan) * plan.dataBytes();
  }

  private long diskBytes(YcsbPlan plan) {
    if (stores == Stores.CHM || device == DeviceKind.MEMORY || device == DeviceKind.NULL) {
      return 0;
    }
    if (checkpoint != null) {
      return (2L * CheckpointBench.checkpoints(plan) + 2) * plan.dataBytes();
    }
    long log = workload == Workload.C ? plan.dataBytes() : 2 * plan.dataBytes();
    return fio ? 2 * log + plan.dataBytes() : log;
  }
}
