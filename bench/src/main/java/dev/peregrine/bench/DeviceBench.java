package dev.peregrine.bench;

import dev.peregrine.device.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures a device several times, in turn with fio if wanted. One thread. */
final class DeviceBench {
  /** Both are written in turn, this much at a time. */
  private static final long TURN_BYTES = 64L << 20;

  private static final double MEGA = 1e6;

  private final DevicePlan plan;
  private final int repetitions;
  private final Path directory;
  private final PrintWriter out;
  private final Report report = new Report("device");
  private final List<Double> ratios = new ArrayList<>();
  private final Table table =
      new Table("run", "which", "requests", "MB/s", "p50", "p99", "p99.9", "to fio");
  private List<String> fioOptions;

  DeviceBench(DevicePlan plan, int repetitions, Path directory, PrintWriter out) {
    this.plan = plan;
    this.repetitions = repetitions;
    this.directory = directory;
    this.out = out;
  }

  /** Measures fio, too. */
  void besideFio(List<String> options) {
    Fio.requireInstalled();
    fioOptions = List.copyOf(options);
  }

  /** Runs all repetitions, and prints them. */
  Report run() throws IOException {
    if (plan.mode().reads()) {
      runReads();
    } else {
      runWrites();
    }
    out.println();
    out.print(table);
    if (!ratios.isEmpty()) {
      double median = Figures.median(ratios);
      out.printf("median ratio to fio: %s%n", Figures.decimal(median, 3));
      report.put("medianRatioToFio", median);
    }
    out.flush();
    return report;
  }

  private void runReads() throws IOException {
    Path other = Files.createDirectory(directory.resolve("fio"));
    try (StampedFiles ours =
            new StampedFiles(Files.createDirectory(directory.resolve("own")), plan);
        StampedFiles fios = fioOptions == null ? null : new StampedFiles(other, plan)) {
      describe(ours.device());
      write(ours, fios);
      Fio fio = fios == null ? null : new Fio(other, fios.names(), fioOptions);
      for (int repetition = 1; repetition <= repetitions; repetition++) {
        Measurement own = null;
        Measurement its = null;
        boolean ownFirst = repetition % 2 == 1;
        if (fio != null && !ownFirst) {
          its = runFio(fio, plan.seconds());
        }
        own = measure(ours.device(), repetition);
        if (fio != null && ownFirst) {
          its = runFio(fio, plan.seconds());
        }
        add(repetition, own, its);
      }
    }
  }

  private void runWrites() throws IOException {
    for (int repetition = 1; repetition <= repetitions; repetition++) {
      try (TempDirectory place = TempDirectory.create(directory, 0);
          Device device = plan.open(place.path())) {
        if (repetition == 1) {
          describe(device);
        }
        device.ensureCapacity(plan.bytes());
        Measurement own = measure(device, repetition);
        Measurement its = null;
        if (fioOptions != null) {
          its = writeByFio();
        }
        add(repetition, own, its);
      }
    }
  }

  private Measurement writeByFio() throws IOException {
    try (TempDirectory place = TempDirectory.create(directory, 0)) {
      List<String> options = new ArrayList<>(fioOptions);
      options.add("--size=" + plan.bytes() / plan.threads());
      if (plan.threads() > 1) {
        options.add("--offset_increment=" + plan.bytes() / plan.threads());
      }
      return runFio(new Fio(place.path(), List.of("fio.data"), options), 0);
    }
  }

  private void describe(Device device) {
    out.println(device.describe());
    out.printf(
        "%s of %s, depth %d, %d thread%s, over %s%n",
        plan.mode().label(),
        ByteSize.format(plan.blockBytes()),
        plan.depth(),
        plan.threads(),
        plan.threads() == 1 ? "" : "s",
        ByteSize.format(plan.bytes()));
    out.flush();
  }

  private void write(StampedFiles ours, StampedFiles fios) {
    try (Progress progress = Progress.start(out, "write", plan.bytes(), " bytes")) {
      for (long at = 0; at < plan.bytes(); at += TURN_BYTES) {
        ours.writeTo(at + TURN_BYTES);
        if (fios != null) {
          fios.writeTo(at + TURN_BYTES);
        }
        progress.to(Math.min(plan.bytes(), at + TURN_BYTES));
      }
    }
  }

  private Measurement measure(Device device, int repetition) {
    List<DeviceWorker> workers = new ArrayList<>();
    for (int i = 0; i < plan.threads(); i++) {
      workers.add(new DeviceWorker(device, plan, plan.blockBytes(), i));
    }
    Gang.Task<Measure.WorkerResult> task = (i, gang) -> workers.get(i).run(gang);
    Measure measure = Measure.of(device.stats());
    boolean reads = plan.mode().reads();
    long total = reads ? Math.round(plan.seconds() * 1000) : plan.bytes();
    Gang<Measure.WorkerResult> gang = new Gang<>(plan.threads());
    String name = plan.mode().label() + " " + repetition;
    try (Progress progress = Progress.start(out, name, total, reads ? " ms" : " bytes")) {
      List<Measure.WorkerResult> results =
          reads
              ? gang.runFor(plan.seconds(), task, progress::to)
              : gang.runToEnd(task, progress::to);
      results.forEach(measure::add);
    }
    workers.forEach(worker -> measure.add(worker.latencies()));
    return measure.end(device.stats(), 0, 0);
  }

  private Measurement runFio(Fio fio, double seconds) throws IOException {
    try (Progress progress = Progress.start(out, "fio", 1, "")) {
      Measurement its =
          fio.run(plan.mode().fioName(), plan.blockBytes(), plan.depth(), plan.threads(), seconds);
      progress.to(1);
      return its;
    }
  }

  private void add(int repetition, Measurement own, Measurement fio) {
    report.add(new Result(plan.setting(), repetition, own));
    String ratio = "";
    if (fio != null) {
      report.add(new Result(plan.setting().withStore("fio"), repetition, fio));
      ratios.add(own.opsPerSecond() / fio.opsPerSecond());
      ratio = Figures.decimal(ratios.getLast(), 3);
    }
    row(repetition, "device", own, ratio);
    if (fio != null) {
      row(repetition, "fio", fio, "");
    }
  }

  private void row(int repetition, String name, Measurement m, String ratio) {
    table.row(
        Integer.toString(repetition),
        name,
        Figures.rate(m.opsPerSecond()),
        Figures.decimal(m.opsPerSecond() * plan.blockBytes() / MEGA, 0),
        Figures.time(m.p50Nanos()),
        Figures.time(m.p99Nanos()),
        Figures.time(m.p999Nanos()),
        ratio);
  }
}
