package dev.peregrine.bench.compare;

import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.compare.CompareReport.CellResult;
import dev.peregrine.bench.compare.CompareReport.Latency;
import dev.peregrine.bench.compare.CompareReport.LoadResult;
import dev.peregrine.bench.compare.CompareReport.Participant;
import dev.peregrine.bench.compare.CompareReport.StageResult;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.Residency;
import java.util.ArrayList;
import java.util.List;

/** A report with made-up figures. */
final class Samples {
  static final List<Engine> ENGINES =
      List.of(Engine.PEREGRINE, Engine.CHM_G1, Engine.CHM_PARALLEL, Engine.LMDB);

  private Samples() {}

  /**
   * @param speed of our engine: 1 is a million operations per second
   */
  static CompareReport report(double speed) {
    ComparePlan plan =
        new ComparePlan(
            ENGINES,
            List.of(new Stage(Residency.ALL, 8), new Stage(Residency.QUARTER, 100)),
            List.of(Workload.A, Workload.C),
            List.of(Distribution.ZIPF),
            List.of(2),
            1_000_000,
            3,
            1,
            1,
            64);
    List<StageResult> stages = new ArrayList<>();
    List<CellResult> cells = new ArrayList<>();
    for (Stage stage : plan.stages()) {
      stages.add(stage(plan, stage));
      for (Cell cell : plan.cells(stage)) {
        for (Engine engine : plan.engines(stage)) {
          cells.add(cell(cell, engine, speed * 1e6));
        }
      }
    }
    return new CompareReport(
        CompareReport.SCHEMA,
        "2026-01-02T03:04:05Z",
        "1",
        List.of("compare", "--only", "a<b"),
        new Machine("processor", 2, 1L << 34, "Linux", "ext4", "jdk 25", "control group"),
        plan,
        ENGINES.stream()
            .map(
                engine ->
                    new Participant(
                        engine.id(),
                        engine.family().id(),
                        engine.title(),
                        "1.2",
                        engine.settings(),
                        engine.caveats()))
            .toList(),
        stages,
        cells,
        60);
  }

  private static StageResult stage(ComparePlan plan, Stage stage) {
    List<LoadResult> loads = new ArrayList<>();
    for (Engine engine : ENGINES) {
      String reason = engine.reasonToSkip(stage.residency());
      loads.add(
          reason != null
              ? LoadResult.ofSkipped(engine.id(), reason)
              : new LoadResult(
                  engine.id(), null, null, "opened", List.of("-Xmx1g"), 0, 1, 2, 1e6, 10, 20, 30));
    }
    return new StageResult(stage.residency(), stage.valueBytes(), plan.records(), 1 << 20, loads);
  }

  /** Of the map, the second collector is faster; LMDB is ten times slower than a speed of 1. */
  private static CellResult cell(Cell cell, Engine engine, double ours) {
    double rate =
        switch (engine) {
          case PEREGRINE -> ours;
          case CHM_PARALLEL -> 5e5;
          case CHM_G1 -> 4e5;
          default -> 1e5;
        };
    return new CellResult(
        cell,
        engine.id(),
        null,
        List.of(rate * 0.9, rate, rate * 1.1),
        rate,
        ours / rate,
        new Latency(100_000, 10, 100, 200, 300, 400, 0, 1000),
        24,
        0.01);
  }
}
