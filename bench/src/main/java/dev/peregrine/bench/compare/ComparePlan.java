package dev.peregrine.bench.compare;

import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.Sizing;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.PeerSetup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What one run of the command does. The names are those of the JSON report.
 *
 * @param engines who takes part, in this order
 * @param stages what is loaded, one after the other
 * @param workloads mixes of operations
 * @param distributions which records they ask for
 * @param threads numbers of workers
 * @param records how many each engine holds
 * @param repetitions how often each cell is measured, engine after engine
 * @param seconds how long each time
 * @param warmUpSeconds how long an engine runs before the first repetition of a cell
 * @param pendingDepth operations that one session of ours may have pending
 */
public record ComparePlan(
    List<Engine> engines,
    List<Stage> stages,
    List<Workload> workloads,
    List<Distribution> distributions,
    List<Integer> threads,
    long records,
    int repetitions,
    double seconds,
    double warmUpSeconds,
    int pendingDepth) {
  /** Of the first, before the other repetitions. */
  private static final double LATER_WARM_UP_SHARE = 0.25;

  private static final int FIRST_WARM_UPS = 3;

  /**
   * What an engine's process needs to start, and what lies between two measurements, in seconds.
   */
  private static final double START_SECONDS = 2;

  private static final double PAUSE_SECONDS = 0.05;

  /** The mean of all engines. */
  private static final double LOADS_PER_SECOND = 500_000;

  /** Copies the lists. */
  public ComparePlan {
    engines = List.copyOf(engines);
    stages = List.copyOf(stages);
    workloads = List.copyOf(workloads);
    distributions = List.copyOf(distributions);
    threads = List.copyOf(threads);
  }

  /** What is measured on a stage; reads come first, so that they see the data as loaded. */
  public List<Cell> cells(Stage stage) {
    List<Cell> cells = new ArrayList<>();
    for (Workload workload : readsFirst()) {
      for (Distribution distribution : distributions) {
        for (int count : threads) {
          cells.add(new Cell(stage.residency(), stage.valueBytes(), workload, distribution, count));
        }
      }
    }
    return cells;
  }

  private List<Workload> readsFirst() {
    return workloads.stream()
        .sorted((a, b) -> Long.compareUnsigned(b.readBound(), a.readBound()))
        .toList();
  }

  /** Who takes part in a stage. */
  public List<Engine> engines(Stage stage) {
    return engines.stream()
        .filter(engine -> engine.reasonToSkip(stage.residency()) == null)
        .toList();
  }

  /** The most workers at a time. */
  public int maxThreads() {
    return Collections.max(threads);
  }

  /**
   * What all caches and indexes of an engine may take where only a quarter of the data may be in
   * memory: our index, a quarter of our log, our buffers. Peers may fill it as they like.
   */
  public long budgetBytes(Stage stage) {
    int bytes = stage.valueBytes();
    return Sizing.quarterLogBytes(records, bytes)
        + Sizing.indexBudgetBytes(Sizing.indexBytes(records))
        + Sizing.bufferBytes(maxThreads(), pendingDepth, bytes);
  }

  /** How an engine is opened for a stage. */
  public PeerSetup setup(Stage stage, Engine engine, Path directory) {
    return new PeerSetup(
        engine,
        records,
        stage.valueBytes(),
        maxThreads(),
        stage.residency(),
        budgetBytes(stage),
        pendingDepth,
        directory);
  }

  /** The memory that a stage needs with all its engines open. */
  public long memoryBytes(Stage stage) {
    return engines(stage).stream()
        .mapToLong(engine -> engine.totalBytes(setup(stage, engine, Path.of(""))))
        .sum();
  }

  /** The disk space that a stage needs, at most. */
  public long diskBytes(Stage stage) {
    long payload = records * (Long.BYTES + stage.valueBytes());
    return engines(stage).size() * (4 * payload + (32 * records) + (64L << 20));
  }

  /**
   * How long an engine runs before it is measured.
   *
   * @param isFirst whether the cell is the first on its data, when no code has been compiled
   * @param repetition from 0
   */
  public double warmUpSeconds(boolean isFirst, int repetition) {
    if (repetition > 0) {
      return LATER_WARM_UP_SHARE * warmUpSeconds;
    }
    return isFirst ? FIRST_WARM_UPS * warmUpSeconds : warmUpSeconds;
  }

  /** How many measurements a stage has. */
  public long measurements(Stage stage) {
    return (long) cells(stage).size() * engines(stage).size() * repetitions;
  }

  /** About how long all takes. */
  public double estimatedSeconds() {
    double sum = 0;
    for (Stage stage : stages) {
      double warmUps = warmUpSeconds * (1 + LATER_WARM_UP_SHARE * (repetitions - 1));
      double once = repetitions * (seconds + PAUSE_SECONDS) + warmUps;
      sum +=
          engines(stage).size()
              * (START_SECONDS + records / LOADS_PER_SECOND + cells(stage).size() * once);
    }
    return sum;
  }
}
