package dev.peregrine.bench;

import dev.peregrine.Checkpoint;
import dev.peregrine.CheckpointKind;
import dev.peregrine.RecoveryReport;
import dev.peregrine.Store;
import dev.peregrine.StoreConfig;
import dev.peregrine.memory.Alignment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a checkpoint costs: the throughput beside it, the bandwidth that it writes with and that a
 * recovery reads with, beside those of fio on the same file system, and what one writes when
 * nothing has changed. Some checkpoints beside operations come first and are not measured: what
 * runs only then is compiled by then. One thread.
 */
final class CheckpointBench {
  private static final long SEED = 42;
  private static final int WARM_UPS = 6;
  private static final double BEFORE_SHARE = 0.5;
  private static final double DIRTY_SECONDS = 1;
  private static final int FIO_BLOCK_BYTES = 1 << 20;
  private static final int FIO_DEPTH = 4;
  private static final String FIO_FILE = "fio.data";
  private static final long LEAST_FIO_BYTES = 256L << 20;
  private static final long MOST_FIO_BYTES = 2L << 30;
  private static final double NANOS_PER_SECOND = 1e9;

  private static final String SECOND = "ratioSecondBefore";
  private static final String DURING = "ratioDuringBefore";
  private static final String TENTH = "ratioSlowestBefore";
  private static final String QUIET_TO_FIO = "ratioQuietToFio";
  private static final String RECOVERY_TO_FIO = "ratioRecoveryToFio";
  private static final String FIO_WRITE = "fioWriteBytesPerSecond";
  private static final String FIO_READ = "fioReadBytesPerSecond";

  private final YcsbPlan plan;
  private final CheckpointKind kind;
  private final Path own;
  private final Path place;
  private final double warmUpSeconds;
  private final PrintWriter out;
  private final Report report = new Report("ycsb");
  private final Series series = new Series();
  private final LongAdder operations = new LongAdder();

  /**
   * @param plan its seconds are those before and after the start of a checkpoint, together
   * @param kind what is checkpointed
   * @param warmUpSeconds the same for each of those that warm up
   */
  CheckpointBench(
      YcsbPlan plan, CheckpointKind kind, Path directory, double warmUpSeconds, PrintWriter out)
      throws IOException {
    Fio.requireInstalled();
    this.plan = plan;
    this.kind = kind;
    this.own = Files.createDirectory(directory.resolve("own"));
    this.place = Files.createDirectory(directory.resolve("fio"));
    this.warmUpSeconds = warmUpSeconds;
    this.out = out;
  }

  /** Checkpoints after which records that change are copied. */
  static long checkpoints(YcsbPlan plan) {
    return 1 + WARM_UPS + 2L * plan.repetitions();
  }

  /** Runs all of it. */
  Report run() throws IOException {
    long[] keys = KeySequence.draw(plan.distribution(), plan.records(), SEED).keys();
    try (PeregrineTarget target = new PeregrineTarget(plan, own)) {
      try (Progress progress = Progress.start(out, "load", plan.records(), " records")) {
        target.load(0, plan.records(), progress);
      }
      describe(target);
      target.store().checkpoint(kind).await();
      try (Progress progress = Progress.start(out, "warm up", WARM_UPS, " checkpoints")) {
        for (int i = 1; i <= WARM_UPS; i++) {
          traceOf(target, keys, warmUpSeconds).await();
          progress.to(i);
        }
      }
      for (int i = 1; i <= plan.repetitions(); i++) {
        underLoad(target, keys, i);
        work(target, keys, DIRTY_SECONDS, () -> {});
        quiet(target.store());
      }
      unchanged(target.store());
    }
    for (int i = 0; i < plan.repetitions(); i++) {
      recovery();
    }
    summary();
    series.putInto(report);
    out.flush();
    return report;
  }

  private void describe(PeregrineTarget target) {
    out.println(target.describe());
    out.printf(
        "workload %s, %s, %s records of 8+%d bytes, %d threads, checkpoint %s%s%n",
        plan.workload(),
        plan.distribution().label(),
        Figures.count(plan.records()),
        plan.valueBytes(),
        plan.threads(),
        kind,
        plan.checkpointBytesPerSecond() == 0
            ? ""
            : ", at most " + ByteSize.format(plan.checkpointBytesPerSecond()) + "/s");
  }

  private void work(PeregrineTarget target, long[] keys, double seconds, Runnable sampler) {
    new Gang<Void>(plan.threads())
        .runFor(
            seconds,
            (worker, gang) -> {
              try (OperationLoop loop = target.newLoop(plan.workload(), keys, worker)) {
                gang.awaitStart();
                while (!gang.isStopped()) {
                  loop.chunk();
                  operations.add(OperationLoop.CHUNK);
                }
                loop.finish();
                if (loop.failures() != 0) {
                  throw new CheckFailedException(loop.failures() + " operations failed");
                }
              }
              return null;
            },
            passed -> sampler.run());
  }

  private ThroughputTrace traceOf(PeregrineTarget target, long[] keys, double seconds) {
    long startMillis = Math.round(seconds * BEFORE_SHARE * 1000);
    ThroughputTrace trace =
        new ThroughputTrace(operations, startMillis, () -> target.store().checkpoint(kind));
    work(target, keys, seconds, trace::sample);
    return trace;
  }

  private void underLoad(PeregrineTarget target, long[] keys, int repetition) {
    ThroughputTrace trace = traceOf(target, keys, plan.seconds());
    Checkpoint checkpoint = trace.await();
    out.printf("%nrepetition %d%n%s", repetition, trace.table());
    series.add(SECOND, trace.slowestSecond() / trace.before());
    series.add(DURING, trace.during() / trace.before());
    series.add(TENTH, trace.slowest() / trace.before());
    series.add("opsPerSecondBefore", trace.before());
    series.add("opsPerSecondDuring", trace.during());
    series.add("checkpointNanos", trace.checkpointNanos());
    bandwidth("under load", "loadBytesPerSecond", checkpoint, trace.checkpointNanos());
  }

  /** One with the processors and the disk for itself, and fio right after it. */
  private void quiet(Store store) throws IOException {
    long begin = System.nanoTime();
    Checkpoint checkpoint = store.checkpoint(kind);
    checkpoint.await();
    double perSecond =
        bandwidth("quiet", "quietBytesPerSecond", checkpoint, System.nanoTime() - begin);
    long bytes =
        Alignment.down(
            Math.clamp(checkpoint.progress().bytesWritten(), LEAST_FIO_BYTES, MOST_FIO_BYTES),
            FIO_BLOCK_BYTES);
    Files.deleteIfExists(place.resolve(FIO_FILE));
    double fio = fio("write", bytes);
    series.add(QUIET_TO_FIO, perSecond / fio);
    series.add(FIO_WRITE, fio);
  }

  private double bandwidth(String title, String name, Checkpoint checkpoint, long nanos) {
    long bytes = checkpoint.progress().bytesWritten();
    double perSecond = perSecond(bytes, nanos);
    out.printf(
        "checkpoint %s: %s in %s, %s/s%n",
        title, ByteSize.format(bytes), Figures.time(nanos), ByteSize.format((long) perSecond));
    series.add(name, perSecond);
    return perSecond;
  }

  private void unchanged(Store store) throws IOException {
    long before = store.stats().device().bytesWritten();
    Checkpoint checkpoint = store.checkpoint(kind);
    Path files = own.resolve("checkpoints/" + checkpoint.await());
    long manifest = Files.size(files.resolve("manifest"));
    long bytes =
        Math.max(
                checkpoint.progress().bytesWritten(),
                store.stats().device().bytesWritten() - before)
            + manifest;
    out.printf("%ncheckpoint of the unchanged store: %s%n", ByteSize.format(bytes));
    report.put("unchangedBytes", bytes);
  }

  /** One, and fio right after it. Memory is taken as it is needed: what it costs is no reading. */
  private void recovery() throws IOException {
    StoreConfig config = plan.config(own).toBuilder().preTouch(false).build();
    long begin = System.nanoTime();
    long nanos;
    RecoveryReport recovery;
    try (Store store = Store.open(config)) {
      nanos = System.nanoTime() - begin;
      recovery = store.recovery();
    }
    double recovered = perSecond(recovery.bytesRead(), nanos);
    out.printf(
        "recovery: %s in %s, %s/s, %s records replayed%n",
        ByteSize.format(recovery.bytesRead()),
        Figures.time(nanos),
        ByteSize.format((long) recovered),
        Figures.count(recovery.recordsReplayed()));
    double fio = fio("read", Files.size(place.resolve(FIO_FILE)));
    series.add("recoveryBytesPerSecond", recovered);
    series.add(RECOVERY_TO_FIO, recovered / fio);
    series.add(FIO_READ, fio);
  }

  private double fio(String pattern, long bytes) throws IOException {
    Measurement measured =
        new Fio(place, List.of(FIO_FILE), List.of("--size=" + bytes))
            .run(pattern, FIO_BLOCK_BYTES, FIO_DEPTH, 1, 0);
    long moved = measured.deviceBytesRead() + measured.deviceBytesWritten();
    // Its clock counts milliseconds.
    return perSecond(moved, Math.max(TimeUnit.MILLISECONDS.toNanos(1), measured.elapsedNanos()));
  }

  private static double perSecond(long amount, long nanos) {
    return amount * NANOS_PER_SECOND / Math.max(1, nanos);
  }

  private void summary() {
    out.printf("%nmedians, and least to most:%n");
    out.printf("slowest second with it/before  %s%n", series.describe(SECOND));
    out.printf("all of its time/before         %s%n", series.describe(DURING));
    out.printf("slowest tenth of a second      %s%n", series.describe(TENTH));
    out.printf("quiet checkpoint/fio writes    %s%n", series.describe(QUIET_TO_FIO));
    out.printf("recovery/fio reads             %s%n", series.describe(RECOVERY_TO_FIO));
    out.printf(
        "fio, sequential, 1 MiB, direct: writes %s/s, reads %s/s%n",
        ByteSize.format((long) series.median(FIO_WRITE)),
        ByteSize.format((long) series.median(FIO_READ)));
  }
}
