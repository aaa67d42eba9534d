package dev.peregrine.bench.compare;

import dev.peregrine.bench.compare.CompareReport.CellResult;
import dev.peregrine.bench.compare.CompareReport.LoadResult;
import dev.peregrine.bench.compare.CompareReport.StageResult;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.Residency;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;

/**
 * What a report comes to: of engines that are one to people, such as one map under two collectors,
 * the faster in each cell. Read-only; any thread.
 */
final class Findings {
  private final CompareReport report;
  private final Map<Cell, Map<String, CellResult>> best = new LinkedHashMap<>();

  Findings(CompareReport report) {
    this.report = report;
    for (CellResult result : report.cells()) {
      if (result.failure() == null) {
        best.computeIfAbsent(result.cell(), unused -> new LinkedHashMap<>())
            .merge(family(result.engine()), result, Findings::faster);
      }
    }
  }

  private static CellResult faster(CellResult a, CellResult b) {
    return a.medianOpsPerSecond() >= b.medianOpsPerSecond() ? a : b;
  }

  /** The name under which an engine's figures are shown. */
  String family(String engine) {
    return report.participant(engine).family();
  }

  /** The families, in the order of the report. */
  List<String> families() {
    LinkedHashSet<String> families = new LinkedHashSet<>();
    report.engines().forEach(engine -> families.add(engine.family()));
    return List.copyOf(families);
  }

  /** A family's name for people. */
  String title(String family) {
    Engine engine = Engine.ofId(family);
    return engine == null ? family : engine.familyTitle();
  }

  /** The cells with figures that fit. */
  List<Cell> cells(Predicate<Cell> condition) {
    return best.keySet().stream().filter(condition).toList();
  }

  /** The best figures of a family in a cell; null for none. */
  CellResult best(Cell cell, String family) {
    return best.getOrDefault(cell, Map.of()).get(family);
  }

  /** How many times as many operations ours does as this family, in each cell. */
  List<Double> ratios(String family, Residency residency) {
    List<Double> ratios = new ArrayList<>();
    for (Cell cell : cells(cell -> cell.residency() == residency)) {
      CellResult result = best(cell, family);
      if (result != null && result.ratio() > 0) {
        ratios.add(result.ratio());
      }
    }
    return ratios;
  }

  /** The geometric mean; 0 of nothing. */
  static double mean(List<Double> ratios) {
    return ratios.isEmpty()
        ? 0
        : Math.exp(ratios.stream().mapToDouble(Math::log).average().orElseThrow());
  }

  /** What loading gave the first engine of a family that was loaded; null for none. */
  LoadResult load(Stage stage, String family) {
    for (StageResult result : report.stages()) {
      if (result.stage().equals(stage)) {
        return result.loads().stream()
            .filter(load -> load.isLoaded() && family(load.engine()).equals(family))
            .findFirst()
            .orElse(null);
      }
    }
    return null;
  }

  /** The stages that have been loaded. */
  List<Stage> stages() {
    return report.stages().stream().map(StageResult::stage).toList();
  }

  /** The least and the greatest. */
  static double[] range(List<Double> values) {
    return new double[] {
      stream(values).min().orElse(0), stream(values).max().orElse(0),
    };
  }

  private static DoubleStream stream(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue);
  }
}
