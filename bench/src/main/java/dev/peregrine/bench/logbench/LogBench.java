package dev.peregrine.bench.logbench;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.ChildJvm;
import dev.peregrine.bench.Failures;
import dev.peregrine.bench.Progress;
import dev.peregrine.bench.TempDirectory;
import dev.peregrine.bench.compare.CompareBench;
import dev.peregrine.bench.compare.DiskUsage;
import dev.peregrine.bench.compare.Json;
import dev.peregrine.bench.compare.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Runs the plan: in each cell, all engines in turn, as often as it says. One thread. */
final class LogBench implements AutoCloseable {
  private static final double GRACE_SECONDS = 60;
  private static final double GRACE_FACTOR = 20;
  private static final int SETTLE_MILLIS = 300;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final String MEMORY_FILE_SYSTEM = "tmpfs";

  private final LogBenchPlan plan;
  private final List<String> command;
  private final Path place;
  private final Path memoryPlace;
  private final PrintWriter out;
  private final Map<LogEngine, ChildJvm> processes = new EnumMap<>(LogEngine.class);

  /**
   * @param command the arguments, for the report
   * @param place for the logs
   * @param memoryPlace for what engines keep in memory as files
   * @param out takes a line for each cell
   */
  LogBench(LogBenchPlan plan, List<String> command, Path place, Path memoryPlace, PrintWriter out) {
    this.plan = plan;
    this.command = command;
    this.place = place;
    this.memoryPlace = memoryPlace;
    this.out = out;
  }

  LogBenchReport run() throws IOException {
    String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    long begin = System.nanoTime();
    Machine machine = Machine.current(place, null);
    boolean isDisk = !machine.fileSystem().equals(MEMORY_FILE_SYSTEM);
    Properties versions = CompareBench.versions();
    double copy = MemoryCopy.bytesPerSecond();
    List<LogBenchReport.Result> results = new ArrayList<>();
    for (LogCell cell : plan.cells()) {
      try (Progress progress = Progress.start(out, cell.title(), plan.repetitions(), "")) {
        runs(cell, progress)
            .forEach((engine, runs) -> results.add(runs.result(cell, engine, copy, isDisk)));
      }
    }
    return new LogBenchReport(
        LogBenchReport.SCHEMA,
        date,
        command,
        machine,
        plan,
        plan.engines().stream().map(engine -> participant(engine, versions)).toList(),
        copy,
        results,
        LogGoals.of(results),
        (System.nanoTime() - begin) / NANOS_PER_SECOND);
  }

  private static LogBenchReport.Participant participant(LogEngine engine, Properties versions) {
    return new LogBenchReport.Participant(
        engine.id(),
        engine.title(),
        engine.versionKey() == null ? "" : versions.getProperty(engine.versionKey()),
        engine.settings(),
        engine.caveats());
  }

  private Map<LogEngine, LogRuns> runs(LogCell cell, Progress progress) throws IOException {
    Map<LogEngine, LogRuns> runs = new EnumMap<>(LogEngine.class);
    for (LogEngine engine : plan.engines()) {
      if (engine.measures(cell)) {
        LogRuns its = new LogRuns();
        runs.put(engine, its);
        if (engine.isJava()) {
          tryRun(engine, cell, plan.warmUpSeconds(), its);
        }
      }
    }
    for (int i = 0; i < plan.repetitions(); i++) {
      for (Map.Entry<LogEngine, LogRuns> entry : runs.entrySet()) {
        if (!entry.getValue().isFailed()) {
          LogReply reply = tryRun(entry.getKey(), cell, plan.seconds(), entry.getValue());
          if (reply != null) {
            entry.getValue().add(reply);
          }
        }
      }
      progress.to(i + 1);
    }
    return runs;
  }

  /** One run; null, with the runs told, if it fails. */
  private LogReply tryRun(LogEngine engine, LogCell cell, double seconds, LogRuns runs)
      throws IOException {
    settle();
    try (TempDirectory files = TempDirectory.create(place, plan.diskBytes());
        TempDirectory memory = TempDirectory.create(memoryPlace, 0)) {
      long most =
          seconds < plan.seconds()
              ? (long) (plan.mostBytes() * seconds / plan.seconds())
              : plan.mostBytes();
      LogRequest request = new LogRequest(engine, cell, files.path(), memory.path(), seconds, most);
      return engine.isJava() ? ask(request) : FioRuns.run(request);
    } catch (CheckFailedException failure) {
      runs.fail(Failures.describe(failure));
      return null;
    }
  }

  /**
   * Lets the disk get over the files that the run before has deleted: a file system that discards
   * their space does that behind its journal's commits, and syncs wait for it, 30 ms at a time.
   */
  private void settle() throws IOException {
    DiskUsage.sync(place);
    try {
      Thread.sleep(SETTLE_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private LogReply ask(LogRequest request) throws IOException {
    LogEngine engine = request.engine();
    ChildJvm process = processes.get(engine);
    if (process == null) {
      Path log = place.resolve(engine.id() + ".log");
      process =
          ChildJvm.start(
              engine.id(), List.of(), engine.jvmArguments(), LogPeerMain.class, log, () -> {});
      processes.put(engine, process);
    }
    LogReply[] reply = new LogReply[1];
    try {
      process.ask(
          request.cell().title(),
          Json.LINES.writeValueAsString(request),
          GRACE_SECONDS + GRACE_FACTOR * request.seconds(),
          line -> {
            reply[0] = Json.LINES.readValue(line, LogReply.class);
            return true;
          });
    } catch (CheckFailedException ended) {
      processes.remove(engine).close();
      throw ended;
    }
    if (reply[0].failure() != null) {
      throw new CheckFailedException(reply[0].failure());
    }
    return reply[0];
  }

  @Override
  public void close() {
    processes.values().forEach(ChildJvm::close);
  }
}
