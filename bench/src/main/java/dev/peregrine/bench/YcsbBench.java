package dev.peregrine.bench;

import dev.peregrine.device.DeviceKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Loads the stores, measures them in turn, and compares. One thread. */
final class YcsbBench {
  private static final long SEED = 42;

  /** The stores, and fio's files, are loaded in turn, this much at a time. */
  private static final int LOAD_TURNS = 64;

  private final YcsbPlan plan;
  private final Path directory;
  private final double warmUpSeconds;
  private final PrintWriter out;
  private final Report report = new Report("ycsb");
  private final Map<String, List<Double>> rates = new TreeMap<>();
  private final List<Double> ratiosToMap = new ArrayList<>();
  private final List<Double> ratiosToFio = new ArrayList<>();
  private final List<Double> bytesPerRead = new ArrayList<>();
  private List<String> fioOptions;
  private int fioBlockBytes = Sizing.MIN_PAGE_BYTES;

  YcsbBench(YcsbPlan plan, Path directory, double warmUpSeconds, PrintWriter out) {
    this.plan = plan;
    this.directory = directory;
    this.warmUpSeconds = warmUpSeconds;
    this.out = out;
  }

  /** Measures fio, too. */
  void besideFio(int blockBytes, List<String> options) {
    Fio.requireInstalled();
    fioBlockBytes = blockBytes;
    fioOptions = List.copyOf(options);
  }

  /** Runs all repetitions, and prints them. */
  Report run(boolean peregrine, boolean map) throws IOException {
    long[] keys = drawKeys();
    List<YcsbTarget> targets = new ArrayList<>();
    Path fioDirectory = Files.createDirectory(directory.resolve("fio"));
    try (StampedFiles fioFiles =
        fioOptions == null ? null : new StampedFiles(fioDirectory, fioPlan())) {
      if (peregrine) {
        targets.add(new PeregrineTarget(plan, Files.createDirectory(directory.resolve("own"))));
      }
      if (map) {
        targets.add(new ChmTarget(plan));
      }
      load(targets, fioFiles);
      Fio fio = fioFiles == null ? null : new Fio(fioDirectory, fioFiles.names(), fioOptions);
      measure(targets, fio, keys);
    } finally {
      targets.forEach(YcsbTarget::close);
    }
    summarize();
    out.flush();
    return report;
  }

  private long[] drawKeys() {
    try (Progress progress = Progress.start(out, "draw keys", 1, "")) {
      long[] keys = KeySequence.draw(plan.distribution(), plan.records(), SEED).keys();
      progress.to(1);
      return keys;
    }
  }

  /** Files as large as the log when it has been loaded, in whole segments. */
  private DevicePlan fioPlan() {
    long segment = plan.segmentBytes();
    long bytes = (plan.dataBytes() + segment - 1) / segment * segment;
    DeviceKind kind = plan.device();
    return new DevicePlan(
        DevicePlan.Mode.RANDREAD,
        bytes,
        Sizing.MIN_PAGE_BYTES,
        plan.pendingDepth(),
        plan.threads(),
        plan.seconds(),
        segment,
        kind);
  }

  private void load(List<YcsbTarget> targets, StampedFiles fioFiles) {
    long records = plan.records();
    long step = fioFiles == null ? records : Math.max(1, records / LOAD_TURNS);
    for (YcsbTarget target : targets) {
      boolean beside = fioFiles != null && target instanceof PeregrineTarget;
      try (Progress progress = Progress.start(out, "load " + target.name(), records, " records")) {
        for (long first = 0; first < records; first += step) {
          long end = Math.min(records, first + step);
          target.load(first, end, progress);
          if (beside) {
            fioFiles.writeTo(end == records ? Long.MAX_VALUE : end * plan.dataBytes() / records);
          }
        }
      }
    }
    targets.forEach(target -> out.println(target.describe()));
    out.printf(
        "workload %s, %s, %s records of 8+%d bytes (%s of log), %d threads%s%n",
        plan.workload(),
        plan.distribution().label(),
        Figures.count(records),
        plan.valueBytes(),
        ByteSize.format(plan.dataBytes()),
        plan.threads(),
        plan.batch() == 1 ? "" : ", batches of " + plan.batch());
    out.flush();
  }

  private void measure(List<YcsbTarget> targets, Fio fio, long[] keys) throws IOException {
    YcsbMeter meter = new YcsbMeter(plan, keys);
    for (YcsbTarget target : targets) {
      try (Progress progress = Progress.start(out, "warm " + target.name(), 1, "")) {
        meter.warmUp(target, warmUpSeconds);
        progress.to(1);
      }
    }
    Table table =
        new Table(
            "run",
            "store",
            "ops",
            "p50",
            "p99",
            "p99.9",
            "disk reads",
            "written",
            "memory",
            "heap B/op");
    for (int repetition = 1; repetition <= plan.repetitions(); repetition++) {
      Map<String, Measurement> measured = measureInTurn(targets, fio, meter, repetition);
      for (Map.Entry<String, Measurement> one : measured.entrySet()) {
        row(table, repetition, one.getKey(), one.getValue());
      }
      compare(measured);
    }
    out.println();
    out.print(table);
    report.put("checksum", meter.checksum());
    report.put("batch", plan.batch());
  }

  /** Each once; every other time in the opposite order. */
  private Map<String, Measurement> measureInTurn(
      List<YcsbTarget> targets, Fio fio, YcsbMeter meter, int repetition) throws IOException {
    Map<String, Measurement> measured = new TreeMap<>();
    boolean forward = repetition % 2 == 1;
    if (fio != null && !forward) {
      measured.put("fio", runFio(fio));
    }
    for (YcsbTarget target : forward ? targets : targets.reversed()) {
      long millis = Math.round((plan.seconds() + plan.latencySeconds()) * 1000);
      try (Progress progress =
          Progress.start(out, target.name() + " " + repetition, millis, " ms")) {
        measured.put(target.name(), meter.measure(target, progress::to));
      }
    }
    if (fio != null && forward) {
      measured.put("fio", runFio(fio));
    }
    measured.forEach(
        (name, measurement) -> {
          report.add(new Result(plan.setting().withStore(name), repetition, measurement));
          rates.computeIfAbsent(name, unused -> new ArrayList<>()).add(measurement.opsPerSecond());
        });
    return measured;
  }

  private Measurement runFio(Fio fio) throws IOException {
    try (Progress progress = Progress.start(out, "fio", 1, "")) {
      Measurement measurement =
          fio.run("randread", fioBlockBytes, plan.pendingDepth(), plan.threads(), plan.seconds());
      progress.to(1);
      return measurement;
    }
  }

  private void compare(Map<String, Measurement> measured) {
    Measurement own = measured.get("peregrine");
    if (own == null) {
      return;
    }
    if (measured.containsKey("chm")) {
      ratiosToMap.add(own.opsPerSecond() / measured.get("chm").opsPerSecond());
    }
    if (measured.containsKey("fio")) {
      double readsPerSecond = own.opsPerSecond() * own.deviceReads() / own.operations();
      ratiosToFio.add(readsPerSecond / measured.get("fio").opsPerSecond());
      bytesPerRead.add((double) own.deviceBytesRead() / Math.max(1, own.deviceReads()));
    }
  }

  private static void row(Table table, int repetition, String name, Measurement m) {
    table.row(
        Integer.toString(repetition),
        name,
        Figures.rate(m.opsPerSecond()),
        Figures.time(m.p50Nanos()),
        Figures.time(m.p99Nanos()),
        Figures.time(m.p999Nanos()),
        Figures.count(m.deviceReads()),
        ByteSize.format(m.deviceBytesWritten()),
        ByteSize.format(m.memoryBytes()),
        Figures.decimal(m.allocatedBytesPerOp(), 2));
  }

  private void summarize() {
    rates.forEach(
        (name, values) ->
            out.printf(
                "%-10s median %s [%s to %s]%n",
                name,
                Figures.rate(Figures.median(values)),
                Figures.rate(values.stream().min(Double::compare).orElseThrow()),
                Figures.rate(values.stream().max(Double::compare).orElseThrow())));
    summarize("peregrine/chm", "medianRatioToChm", "ratiosToChm", ratiosToMap);
    summarize("device reads/fio", "medianRatioToFio", "ratiosToFio", ratiosToFio);
    if (!bytesPerRead.isEmpty()) {
      double bytes = Figures.median(bytesPerRead);
      out.printf("our reads have %.0f bytes, fio's %d%n", bytes, fioBlockBytes);
      report.put("bytesPerDeviceRead", bytes);
      report.put("fioBlockBytes", fioBlockBytes);
    }
  }

  private void summarize(String title, String medianName, String name, List<Double> ratios) {
    if (ratios.isEmpty()) {
      return;
    }
    double median = Figures.median(ratios);
    String each =
        ratios.stream().map(ratio -> Figures.decimal(ratio, 3)).collect(Collectors.joining(", "));
    out.printf("%s: %s; median %s%n", title, each, Figures.decimal(median, 3));
    report.put(medianName, median);
    report.put(name, List.copyOf(ratios));
  }
}
