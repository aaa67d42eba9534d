package dev.peregrine.bench;

import dev.peregrine.CheckpointKind;
import dev.peregrine.Store;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Runs a closed loop and open ones in each setting. One thread. */
final class LatencyBench {
  private static final long SEED = 42;
  private static final int CHECKPOINT_SECONDS = 2;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

  private final YcsbPlan plan;
  private final List<LatencySetting> settings;
  private final List<Double> loads;
  private final double warmUpSeconds;
  private final PrintWriter out;
  private final List<Row> rows = new ArrayList<>();
  private final Table table =
      new Table("setting", "loop", "ops", "p50", "p90", "p99", "p99.9", "p99.99", "most");
  private final long[] keys;

  /**
   * A line of the report, in base units.
   *
   * @param setting what went on beside it
   * @param load the part of the closed loop's rate that was asked for; 0 for the closed loop
   * @param isIdle whether no operation was done: what the machine does
   * @param opsPerSecond operations done
   * @param nanos latencies at 50, 90, 99, 99.9 and 99.99 %, and the longest
   */
  record Row(
      LatencySetting setting, double load, boolean isIdle, double opsPerSecond, long[] nanos) {}

  /** What a worker brings back. */
  private record Share(long operations, long beginNanos, long endNanos, Histogram latencies) {}

  LatencyBench(
      YcsbPlan plan,
      List<LatencySetting> settings,
      List<Double> loads,
      double warmUpSeconds,
      PrintWriter out) {
    this.plan = plan;
    this.settings = settings;
    this.loads = loads;
    this.warmUpSeconds = warmUpSeconds;
    this.out = out;
    this.keys = KeySequence.draw(plan.distribution(), plan.records(), SEED).keys();
  }

  /** The space that its files may need: half a store's records are written anew, many times. */
  long diskBytes() {
    return plan.dataBytes() * (2 + checkpoints());
  }

  private long checkpoints() {
    return (long) (warmUpSeconds + plan.seconds() * (1 + loads.size())) / CHECKPOINT_SECONDS + 2;
  }

  /** Runs all of it. */
  Report run(Path place) throws IOException {
    for (LatencySetting setting : settings) {
      Path directory = Files.createDirectory(place.resolve(setting.name()));
      try (PeregrineTarget target = new PeregrineTarget(planOf(setting), directory)) {
        try (Progress progress = Progress.start(out, "load", plan.records(), " records")) {
          target.load(0, plan.records(), progress);
        }
        measure(setting, target);
      }
    }
    out.println();
    out.print(table);
    out.flush();
    Report report = new Report("latency");
    report.put("rows", rows);
    return report;
  }

  /** Records that change are copied once after each checkpoint: there is room for that. */
  private YcsbPlan planOf(LatencySetting setting) {
    return switch (setting) {
      case MEMORY -> plan;
      case EVICTION -> plan.withMemoryBytes(plan.quarterMemoryBytes());
      case CHECKPOINTS ->
          plan.withMemoryBytes(plan.fullMemoryBytes() + checkpoints() * plan.dataBytes());
    };
  }

  private void measure(LatencySetting setting, PeregrineTarget target) {
    int runs = 2 + 2 * loads.size();
    try (Checkpoints checkpoints =
            setting == LatencySetting.CHECKPOINTS ? new Checkpoints(target.store()) : null;
        Progress progress = Progress.start(out, setting.label(), runs, " loops")) {
      int done = 0;
      run(target, 0, warmUpSeconds, false);
      progress.to(++done);
      double closed = add(setting, 0, false, run(target, 0, plan.seconds(), false));
      progress.to(++done);
      for (double load : loads) {
        add(setting, load, true, run(target, closed * load, plan.seconds(), true));
        progress.to(++done);
        add(setting, load, false, run(target, closed * load, plan.seconds(), false));
        progress.to(++done);
      }
      if (checkpoints != null) {
        checkpoints.requireSome();
      }
    }
  }

  /**
   * Runs the workers.
   *
   * @param rate operations that fall due in a second, of all workers; 0 for a closed loop
   * @param isIdle whether they do nothing when one is due
   */
  private List<Share> run(PeregrineTarget target, double rate, double seconds, boolean isIdle) {
    return new Gang<Share>(plan.threads())
        .runFor(
            seconds,
            (worker, gang) -> {
              Histogram latencies = Measure.latencies();
              try (OperationLoop loop = target.newLoop(plan.workload(), keys, worker)) {
                gang.awaitStart();
                long begin = System.nanoTime();
                long operations =
                    rate == 0
                        ? closed(loop, gang, latencies)
                        : open(isIdle ? null : loop, rate / plan.threads(), gang, latencies);
                loop.finish();
                long end = System.nanoTime();
                if (loop.failures() != 0) {
                  throw new CheckFailedException(loop.failures() + " operations failed");
                }
                return new Share(operations, begin, end, latencies);
              }
            },
            passed -> {});
  }

  private static long closed(OperationLoop loop, Gang<?> gang, Histogram latencies) {
    long operations = 0;
    while (!gang.isStopped()) {
      loop.timedChunk(latencies);
      operations += OperationLoop.CHUNK;
    }
    return operations;
  }

  private static long open(OperationLoop loop, double rate, Gang<?> gang, Histogram latencies) {
    double interval = NANOS_PER_SECOND / rate;
    long begin = System.nanoTime();
    long operations = 0;
    while (!gang.isStopped()) {
      long due = begin + (long) (operations * interval);
      while (System.nanoTime() - due < 0) {
        if (loop != null) {
          loop.poll();
        }
      }
      if (loop == null) {
        Measure.record(latencies, System.nanoTime() - due);
      } else {
        loop.timed(latencies, due);
      }
      operations++;
    }
    return operations;
  }

  private double add(LatencySetting setting, double load, boolean isIdle, List<Share> shares) {
    Histogram all = Measure.latencies();
    long begin = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    long operations = 0;
    for (Share share : shares) {
      all.add(share.latencies());
      begin = Math.min(begin, share.beginNanos());
      end = Math.max(end, share.endNanos());
      operations += share.operations();
    }
    double rate = operations * NANOS_PER_SECOND / (end - begin);
    long[] nanos = new long[PERCENTILES.length + 1];
    for (int i = 0; i < PERCENTILES.length; i++) {
      nanos[i] = all.getValueAtPercentile(PERCENTILES[i]);
    }
    nanos[PERCENTILES.length] = all.getMaxValue();
    rows.add(new Row(setting, load, isIdle, rate, nanos));
    table.row(
        setting.label(),
        load == 0 ? "closed" : (isIdle ? "nothing, at " : "open, at ") + load,
        Figures.rate(rate),
        Figures.time(nanos[0]),
        Figures.time(nanos[1]),
        Figures.time(nanos[2]),
        Figures.time(nanos[3]),
        Figures.time(nanos[4]),
        Figures.time(nanos[5]));
    return rate;
  }

  /** Takes one after the other, on a thread of its own. */
  private static final class Checkpoints implements AutoCloseable {
    private final Store store;
    private final Thread thread = new Thread(this::take, "checkpoints");
    private volatile boolean stopped;
    private int taken;
    private RuntimeException failure;

    Checkpoints(Store store) {
      this.store = store;
      thread.start();
    }

    private void take() {
      try {
        while (!stopped) {
          long begin = System.nanoTime();
          store.checkpoint(CheckpointKind.SNAPSHOT).await();
          taken++;
          long millis = CHECKPOINT_SECONDS * 1000L - (System.nanoTime() - begin) / 1_000_000;
          Thread.sleep(Math.max(0, millis));
        }
      } catch (InterruptedException end) {
        // Told to stop.
      } catch (RuntimeException e) {
        failure = e;
      }
    }

    /**
     * Ends.
     *
     * @throws CheckFailedException if there was none
     */
    void requireSome() {
      close();
      if (failure != null) {
        throw failure;
      }
      if (taken == 0) {
        throw new CheckFailedException("no checkpoint was finished: run longer");
      }
    }

    @Override
    public void close() {
      stopped = true;
      boolean interrupted = false;
      while (thread.isAlive()) {
        thread.interrupt();
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
