package dev.peregrine.bench;

import dev.peregrine.Store;
import dev.peregrine.StoreConfig;
import dev.peregrine.StoreStats;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * One run of the demo. Throws {@link CheckFailedException} at the first check that fails; what
 * comes out has passed all of them.
 */
final class Demo {
  private static final long SEED = 20_261_124;
  private static final int SAMPLE = 200_000;
  private static final int EDGE = 1000;
  private static final double PERCENT = 100;

  private final DemoPlan plan;
  private final Path directory;
  private final PrintWriter out;
  private final Function<StoreConfig, Store> opener;
  private final Report report = new Report("demo");
  private final Accounts accounts;
  private final long[] writes;
  private long modified;

  Demo(DemoPlan plan, Path directory, PrintWriter out) {
    this(plan, directory, out, Store::open);
  }

  /** A demo of a store that is opened in another way, for instance on a device that is broken. */
  Demo(DemoPlan plan, Path directory, PrintWriter out, Function<StoreConfig, Store> opener) {
    this.opener = opener;
    this.plan = plan;
    this.directory = directory;
    this.out = out;
    this.accounts = new Accounts(plan.records(), plan.threads());
    this.writes = new long[plan.threads()];
  }

  /** Loads, runs all workloads, verifies, and prints the table. */
  Report run() {
    try (Store store = opener.apply(plan.config(directory))) {
      describe(store);
      long[] sequence = draw();
      load(store);
      for (Workload workload : Workload.values()) {
        if (workload.modifies()) {
          requireBalance(store);
        }
        run(store, workload, sequence);
      }
      verify(store);
      requireWithinBudget(store.stats());
      StoreStats stats = store.stats();
      report.put("logBytes", stats.tailAddress() - stats.beginAddress());
      report.put("logMemoryBytes", stats.logMemoryBytes());
      report.put("indexBytes", stats.indexBytes());
      report.put("dataBytes", plan.dataBytes());
      report.put("device", store.describeDevice());
    }
    out.println();
    out.print(table());
    out.println("every value read was right; nothing was lost");
    out.flush();
    return report;
  }

  private void describe(Store store) {
    StoreStats stats = store.stats();
    out.println(store.describeDevice());
    out.printf(
        "%s records of 8+%d bytes, %s of log; log memory %s (%s %% of it), index %s%n",
        Figures.count(plan.records()),
        plan.valueBytes(),
        ByteSize.format(plan.dataBytes()),
        ByteSize.format(stats.logMemoryBytes()),
        Figures.decimal(PERCENT * stats.logMemoryBytes() / plan.dataBytes(), 0),
        ByteSize.format(stats.indexBytes()));
    out.printf(
        "%d sessions, each with up to %d operations pending%n",
        plan.threads(), plan.pendingDepth());
    out.flush();
  }

  private long[] draw() {
    try (Progress progress = Progress.start(out, "draw keys", 1, "")) {
      long[] sequence = KeySequence.draw(Distribution.ZIPF, plan.records(), SEED).indices();
      progress.to(1);
      return sequence;
    }
  }

  private void load(Store store) {
    try (Progress progress = Progress.start(out, "load", plan.records(), " records")) {
      Measure measure =
          Loader.load(store, 0, plan.records(), plan.valueBytes(), plan.threads(), progress);
      add("load", measure.end(store));
    }
    requireWithinBudget(store.stats());
  }

  private void run(Store store, Workload workload, long[] sequence) {
    List<DemoWorker> workers = new ArrayList<>();
    for (int i = 0; i < plan.threads(); i++) {
      workers.add(new DemoWorker(store, workload, plan, sequence, accounts, i, writes[i]));
    }
    Measure measure = Measure.of(store);
    long millis = Math.round(plan.seconds() * 1000);
    try (Progress progress = Progress.start(out, "workload " + workload, millis, " ms")) {
      new Gang<Measure.WorkerResult>(plan.threads())
          .runFor(plan.seconds(), (i, gang) -> workers.get(i).run(i, gang), progress::to)
          .forEach(measure::add);
    }
    for (int i = 0; i < plan.threads(); i++) {
      measure.add(workers.get(i).latencies());
      writes[i] = workers.get(i).writes();
      modified += workers.get(i).modified();
    }
    add(workload.name(), measure.end(store));
    requireWithinBudget(store.stats());
  }

  private void verify(Store store) {
    BitSet asked = sample();
    try (Progress progress = Progress.start(out, "verify", asked.cardinality(), " records");
        DemoVerifier verifier = new DemoVerifier(store, plan)) {
      int read = 0;
      for (int index = asked.nextSetBit(0); index >= 0; index = asked.nextSetBit(index + 1)) {
        verifier.verify(index);
        progress.to(++read);
      }
      verifier.finish();
      if (verifier.read() != asked.cardinality()) {
        throw new CheckFailedException(
            verifier.read() + " records verified instead of " + asked.cardinality());
      }
      if (verifier.modifications() > modified) {
        throw new CheckFailedException(
            "the sample tells of %d modifications, but only %d were made"
                .formatted(verifier.modifications(), modified));
      }
      report.put("verifiedRecords", verifier.read());
    }
    requireBalance(store);
    report.put("accountedKeys", accounts.count());
    report.put("modifications", modified);
  }

  /** Records chosen uniformly, and the first and the last that were loaded. */
  private BitSet sample() {
    int records = Math.toIntExact(plan.records());
    int edge = Math.min(EDGE, records);
    BitSet chosen = new BitSet();
    Choices choices = new Choices(SEED);
    for (int i = 0; i < SAMPLE; i++) {
      chosen.set((int) choices.below(records));
    }
    chosen.set(0, edge);
    chosen.set(records - edge, records);
    return chosen;
  }

  /** Checks that every account is exact: the last write, and each modification since. */
  private void requireBalance(Store store) {
    try (DemoVerifier verifier = new DemoVerifier(store, plan)) {
      for (int slot = 0; slot < accounts.count(); slot++) {
        long index = accounts.index(slot);
        long version = verifier.versionOf(index);
        String key = StampCheck.name(Keys.of(index));
        if (!accounts.canBeLast(slot, version)) {
          throw new CheckFailedException(
              "key %s has version %x, which nobody wrote last".formatted(key, version));
        }
        long expected = accounts.modifications(slot);
        if (Version.modifications(version) != expected) {
          throw new CheckFailedException(
              "key %s was modified %d times, but %d modifications were acknowledged"
                  .formatted(key, Version.modifications(version), expected));
        }
      }
    }
  }

  private static void requireWithinBudget(StoreStats stats) {
    if (stats.memoryBytes() > stats.memoryBudgetBytes()) {
      throw new CheckFailedException(
          "the store uses %d bytes of memory, but its budget is %d"
              .formatted(stats.memoryBytes(), stats.memoryBudgetBytes()));
    }
  }

  private void add(String workload, Measurement measurement) {
    Setting setting =
        new Setting(
            "peregrine",
            workload,
            workload.equals("load") ? "sequential" : Distribution.ZIPF.label(),
            plan.records(),
            plan.valueBytes(),
            plan.threads(),
            plan.device().name().toLowerCase(Locale.ROOT),
            plan.pendingDepth());
    report.add(new Result(setting, 1, measurement));
  }

  private Table table() {
    Table table =
        new Table(
            "workload",
            "ops",
            "p50",
            "p99",
            "p99.9",
            "disk reads",
            "written",
            "memory / budget",
            "heap B/op");
    for (Result result : report.results()) {
      Measurement m = result.measurement();
      table.row(
          result.setting().workload(),
          Figures.rate(m.opsPerSecond()),
          Figures.time(m.p50Nanos()),
          Figures.time(m.p99Nanos()),
          Figures.time(m.p999Nanos()),
          Figures.count(m.deviceReads()),
          ByteSize.format(m.deviceBytesWritten()),
          ByteSize.format(m.memoryBytes()) + " / " + ByteSize.format(m.memoryBudgetBytes()),
          Figures.decimal(m.allocatedBytesPerOp(), 2));
    }
    return table;
  }
}
