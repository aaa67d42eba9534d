package dev.peregrine.bench;

import dev.peregrine.Checkpoint;
import dev.peregrine.CheckpointKind;
import dev.peregrine.RecoveryReport;
import dev.peregrine.Store;
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
 * nothing has changed. One thread.
 */
final class YcsbCheckpoint {
  private static final long SEED = 42;
  private static final double BEFORE_SHARE = 0.5;
  private static final double DIRTY_SECONDS = 1;
  private static final int FIO_BLOCK_BYTES = 1 << 20;
  private static final int FIO_DEPTH = 4;
  private static final long LEAST_FIO_BYTES = 256L << 20;
  private static final long MOST_FIO_BYTES = 2L << 30;
  private static final double NANOS_PER_SECOND = 1e9;

  private final YcsbPlan plan;
  private final CheckpointKind kind;
  private final Path directory;
  private final double warmUpSeconds;
  private final PrintWriter out;
  private final Report report = new Report("ycsb");
  private final LongAdder operations = new LongAdder();

  /**
   * @param plan its seconds are those before and after the start of the checkpoint, together
   * @param kind what is checkpointed
   */
  YcsbCheckpoint(
      YcsbPlan plan, CheckpointKind kind, Path directory, double warmUpSeconds, PrintWriter out) {
    Fio.requireInstalled();
    this.plan = plan;
    this.kind = kind;
    this.directory = directory;
    this.warmUpSeconds = warmUpSeconds;
    this.out = out;
  }

  /** Runs all of it. */
  Report run() throws IOException {
    long[] keys = KeySequence.draw(plan.distribution(), plan.records(), SEED).keys();
    Path own = Files.createDirectory(directory.resolve("own"));
    long written;
    try (PeregrineTarget target = new PeregrineTarget(plan, own)) {
      try (Progress progress = Progress.start(out, "load", plan.records(), " records")) {
        target.load(0, plan.records(), progress);
      }
      out.println(target.describe());
      out.printf(
          "workload %s, %s, %s records of 8+%d bytes, %d threads, checkpoint %s%n",
          plan.workload(),
          plan.distribution().label(),
          Figures.count(plan.records()),
          plan.valueBytes(),
          plan.threads(),
          kind);
      // The first covers all that has been loaded, so that the second is like any later one.
      target.store().checkpoint(kind).await();
      work(target, keys, warmUpSeconds, null);
      underLoad(target, keys);
      work(target, keys, DIRTY_SECONDS, null);
      written = quiet(target.store());
      unchanged(target.store());
    }
    fio(written, own);
    out.flush();
    return report;
  }

  private void work(PeregrineTarget target, long[] keys, double seconds, ThroughputTrace trace) {
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
            passed -> {
              if (trace != null) {
                trace.sample();
              }
            });
  }

  private void underLoad(PeregrineTarget target, long[] keys) {
    long startMillis = Math.round(plan.seconds() * BEFORE_SHARE * 1000);
    ThroughputTrace trace =
        new ThroughputTrace(operations, startMillis, () -> target.store().checkpoint(kind));
    work(target, keys, plan.seconds(), trace);
    Checkpoint checkpoint = trace.await();
    out.println();
    out.print(trace.table());
    double ratio = trace.during() / trace.before();
    out.printf(
        "during/before %s (slowest tenth of a second %s of the mean before); the checkpoint took"
            + " %s%n",
        Figures.decimal(ratio, 3),
        Figures.decimal(trace.slowest() / trace.before(), 3),
        Figures.time(trace.checkpointNanos()));
    report.put("ratioDuringBefore", ratio);
    report.put("ratioSlowestBefore", trace.slowest() / trace.before());
    report.put("opsPerSecondBefore", trace.before());
    report.put("opsPerSecondDuring", trace.during());
    report.put("checkpointNanos", trace.checkpointNanos());
    bandwidth("under load", checkpoint, trace.checkpointNanos());
  }

  /** One with the processors and the disk for itself; what it wrote. */
  private long quiet(Store store) {
    long begin = System.nanoTime();
    Checkpoint checkpoint = store.checkpoint(kind);
    checkpoint.await();
    bandwidth("quiet", checkpoint, System.nanoTime() - begin);
    return checkpoint.progress().bytesWritten();
  }

  private void bandwidth(String name, Checkpoint checkpoint, long nanos) {
    long bytes = checkpoint.progress().bytesWritten();
    double perSecond = bytes * NANOS_PER_SECOND / Math.max(1, nanos);
    out.printf(
        "checkpoint %s: %s in %s, %s/s%n",
        name, ByteSize.format(bytes), Figures.time(nanos), ByteSize.format((long) perSecond));
    report.put(name.equals("quiet") ? "quietBytesPerSecond" : "loadBytesPerSecond", perSecond);
  }

  private void unchanged(Store store) throws IOException {
    long before = store.stats().device().bytesWritten();
    Checkpoint checkpoint = store.checkpoint(kind);
    Path files = directory.resolve("own/checkpoints/" + checkpoint.await());
    long manifest = Files.size(files.resolve("manifest"));
    long bytes =
        Math.max(
                checkpoint.progress().bytesWritten(),
                store.stats().device().bytesWritten() - before)
            + manifest;
    out.printf("checkpoint of the unchanged store: %s%n", ByteSize.format(bytes));
    report.put("unchangedBytes", bytes);
  }

  /** Before the recovery, so that it is not read from what the disk has in its cache. */
  private void fio(long written, Path own) throws IOException {
    long size = Math.clamp(written, LEAST_FIO_BYTES, MOST_FIO_BYTES) / FIO_BLOCK_BYTES;
    Path place = Files.createDirectory(directory.resolve("fio"));
    Fio fio = new Fio(place, List.of("fio.data"), List.of("--size=" + size * FIO_BLOCK_BYTES));
    double write = bytesPerSecond(fio.run("write", FIO_BLOCK_BYTES, FIO_DEPTH, 1, 0));
    long begin = System.nanoTime();
    long nanos;
    RecoveryReport recovery;
    try (Store store = Store.open(plan.config(own))) {
      nanos = System.nanoTime() - begin;
      recovery = store.recovery();
    }
    double read = bytesPerSecond(fio.run("read", FIO_BLOCK_BYTES, FIO_DEPTH, 1, 0));
    double recovered = recovery.bytesRead() * NANOS_PER_SECOND / Math.max(1, nanos);
    out.printf(
        "recovery: %s in %s, %s/s, %s records replayed%n",
        ByteSize.format(recovery.bytesRead()),
        Figures.time(nanos),
        ByteSize.format((long) recovered),
        Figures.count(recovery.recordsReplayed()));
    out.printf(
        "fio, sequential, 1 MiB, direct: writes %s/s, reads %s/s%n",
        ByteSize.format((long) write), ByteSize.format((long) read));
    ratio("quiet checkpoint/fio writes", "ratioQuietToFio", "quietBytesPerSecond", write);
    ratio("checkpoint under load/fio writes", "ratioLoadToFio", "loadBytesPerSecond", write);
    report.put("recoveryBytesPerSecond", recovered);
    ratio("recovery/fio reads", "ratioRecoveryToFio", "recoveryBytesPerSecond", read);
    report.put("fioWriteBytesPerSecond", write);
    report.put("fioReadBytesPerSecond", read);
  }

  private void ratio(String title, String name, String figure, double fio) {
    double ratio = report.number(figure) / fio;
    out.printf("%s: %s%n", title, Figures.decimal(ratio, 3));
    report.put(name, ratio);
  }

  private static double bytesPerSecond(Measurement measurement) {
    long bytes = measurement.deviceBytesRead() + measurement.deviceBytesWritten();
    long nanos = Math.max(TimeUnit.MILLISECONDS.toNanos(1), measurement.elapsedNanos());
    return bytes * NANOS_PER_SECOND / nanos;
  }
}
