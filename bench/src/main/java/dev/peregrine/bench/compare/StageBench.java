package dev.peregrine.bench.compare;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.Progress;
import dev.peregrine.bench.compare.CompareReport.CellResult;
import dev.peregrine.bench.compare.CompareReport.LoadResult;
import dev.peregrine.bench.compare.CompareReport.StageResult;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.PeerSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/**
 * Loads one set of data into all engines, each in its process, and measures all cells on it: each
 * repetition goes from engine to engine, every other one in the opposite order. An engine that
 * fails is left out from there on. One thread.
 */
final class StageBench implements AutoCloseable {
  /** Before an engine that does not answer is given up. */
  private static final double OPEN_LIMIT_SECONDS = 60;

  /** On which an engine is tried, so that its code has been loaded when memory is looked at. */
  private static final int TRIED_RECORDS = 5000;

  private static final double LEAST_LOADS_PER_SECOND = 15_000;

  private final ComparePlan plan;
  private final Stage stage;
  private final Path directory;
  private final Map<Distribution, Path> keys;
  private final boolean canLimit;
  private final PrintWriter out;
  private final List<PeerProcess> processes = new ArrayList<>();
  private final List<LoadResult> loads = new ArrayList<>();

  /**
   * @param directory an empty one of its own
   * @param keys the files of keys
   * @param canLimit whether processes can be limited
   */
  StageBench(
      ComparePlan plan,
      Stage stage,
      Path directory,
      Map<Distribution, Path> keys,
      boolean canLimit,
      PrintWriter out) {
    this.plan = plan;
    this.stage = stage;
    this.directory = directory;
    this.keys = keys;
    this.canLimit = canLimit;
    this.out = out;
  }

  /** Opens and loads all engines. */
  StageResult load() throws IOException {
    List<Engine> engines = plan.engines(stage);
    long total = plan.records() * engines.size();
    try (Progress progress = Progress.start(out, "load " + stage.id(), total, "")) {
      for (Engine engine : plan.engines()) {
        String reason = engine.reasonToSkip(stage.residency());
        if (reason != null) {
          loads.add(LoadResult.ofSkipped(engine.id(), reason));
          continue;
        }
        long before = plan.records() * engines.indexOf(engine);
        loads.add(load(engine, before, progress));
      }
    }
    long budget = stage.residency().isLimited() ? plan.budgetBytes(stage) : 0;
    return new StageResult(
        stage.residency(), stage.valueBytes(), plan.records(), budget, List.copyOf(loads));
  }

  private LoadResult load(Engine engine, long before, Progress progress) throws IOException {
    Path place = Files.createDirectory(directory.resolve(engine.id()));
    PeerSetup setup = plan.setup(stage, engine, place);
    boolean isLimited = canLimit && engine.isProcessLimited(stage.residency());
    PeerProcess process =
        PeerProcess.start(
            setup,
            isLimited ? MemoryLimit.create(groupName(engine)) : null,
            directory.resolve(engine.id() + ".log"));
    processes.add(process);
    try {
      LongUnaryOperator limitBytes = prepare(process, setup);
      Reply opened = process.ask(Request.open(setup), OPEN_LIMIT_SECONDS, done -> {});
      double limit = OPEN_LIMIT_SECONDS + plan.records() / LEAST_LOADS_PER_SECOND;
      Reply.Load load =
          process.ask(Request.load(), limit, done -> progress.to(before + done)).load();
      DiskUsage.sync(place); // so that nobody's measurement has to wait for this
      process.limitBy(limitBytes);
      double records = plan.records();
      return new LoadResult(
          engine.id(),
          null,
          null,
          opened.description(),
          engine.jvmArguments(setup),
          process.limitBytes(),
          load.seconds(),
          load.settleSeconds(),
          records / load.seconds(),
          load.heapBytes() / records,
          load.nativeBytes() / records,
          DiskUsage.of(place) / records);
    } catch (CheckFailedException failure) {
      drop(process);
      return LoadResult.ofFailed(engine.id(), failure.getMessage());
    }
  }

  /** Returns what the process may take later. */
  private LongUnaryOperator prepare(PeerProcess process, PeerSetup setup) throws IOException {
    Path place = Files.createDirectory(directory.resolve(setup.engine().id() + "-tried"));
    PeerSetup few = setup.withFew(TRIED_RECORDS, place);
    Reply prepared = process.ask(Request.prepare(few), OPEN_LIMIT_SECONDS, done -> {});
    long resident = prepared.residentBytes();
    return anonymous -> setup.engine().limitBytes(setup, resident, anonymous);
  }

  private String groupName(Engine engine) {
    return "peregrine-%d-%s-%s".formatted(ProcessHandle.current().pid(), stage.id(), engine.id());
  }

  private void drop(PeerProcess process) {
    processes.remove(process);
    process.close();
  }

  /** Measures all cells, on the engines that have been loaded. */
  List<CellResult> measure() throws IOException {
    List<CellResult> results = new ArrayList<>();
    long total = plan.measurements(stage);
    try (Progress progress = Progress.start(out, "run " + stage.id(), total, " runs")) {
      long done = 0;
      List<Cell> cells = plan.cells(stage);
      for (Cell cell : cells) {
        Map<Engine, CellRuns> runs = new EnumMap<>(Engine.class);
        plan.engines(stage).forEach(engine -> runs.put(engine, new CellRuns()));
        for (int repetition = 0; repetition < plan.repetitions(); repetition++) {
          boolean forward = repetition % 2 == 0;
          List<PeerProcess> order = forward ? processes : processes.reversed();
          for (PeerProcess process : List.copyOf(order)) {
            double warmUp = plan.warmUpSeconds(cell.equals(cells.getFirst()), repetition);
            measure(process, cell, warmUp, runs.get(process.engine()));
            progress.to(++done);
          }
        }
        CellRuns ours = runs.get(Engine.PEREGRINE);
        runs.forEach((engine, run) -> results.add(run.result(cell, engine.id(), ours)));
      }
    }
    return results;
  }

  private void measure(PeerProcess process, Cell cell, double warmUp, CellRuns runs)
      throws IOException {
    Path sequence = keys.get(cell.distribution());
    try {
      Request request = Request.measure(cell, sequence, warmUp, plan.seconds());
      double limit = OPEN_LIMIT_SECONDS + warmUp + plan.seconds();
      runs.add(process.ask(request, limit, unused -> {}).run());
    } catch (CheckFailedException failure) {
      runs.fail(failure.getMessage());
      drop(process);
    }
  }

  /** Ends all processes. */
  @Override
  public void close() {
    List.copyOf(processes).forEach(this::drop);
  }
}
