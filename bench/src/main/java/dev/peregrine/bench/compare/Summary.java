package dev.peregrine.bench.compare;

import dev.peregrine.bench.Figures;
import dev.peregrine.bench.compare.CompareReport.LoadResult;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.Residency;
import java.util.ArrayList;
import java.util.List;

/** One line for each engine: how it compares with ours, and what a record takes. */
final class Summary {
  private final Findings findings;

  Summary(CompareReport report) {
    findings = new Findings(report);
  }

  /** For the terminal. */
  String toText() {
    return "Peregrine's operations per second to those of each engine: geometric mean of all cells"
        + " [least, most]"
        + System.lineSeparator()
        + grid().toText();
  }

  /** The table. */
  Grid grid() {
    List<Stage> stages = findings.stages();
    List<String> head = new ArrayList<>();
    head.add("engine");
    List<Residency> residencies = stages.stream().map(Stage::residency).distinct().toList();
    residencies.forEach(residency -> head.add("Peregrine to it, " + residency.title()));
    for (Stage stage : stages) {
      head.add(
          stage.residency().isLimited()
              ? "disk B/record, " + stage.valueBytes() + "-byte values"
              : "memory B/record, " + stage.valueBytes() + "-byte values");
    }
    Grid grid = new Grid(head);
    for (String family : findings.families()) {
      List<String> row = new ArrayList<>();
      row.add(findings.title(family));
      residencies.forEach(residency -> row.add(ratio(family, residency)));
      stages.forEach(stage -> row.add(size(stage, family)));
      Engine engine = Engine.ofId(family);
      grid.row(engine != null && engine.isOurs(), row);
    }
    return grid;
  }

  private String ratio(String family, Residency residency) {
    List<Double> ratios = findings.ratios(family, residency);
    if (ratios.isEmpty() || family.equals(Engine.PEREGRINE.id())) {
      return "–";
    }
    double[] range = Findings.range(ratios);
    return "%s [%s, %s]"
        .formatted(factor(Findings.mean(ratios)), factor(range[0]), factor(range[1]));
  }

  /** A ratio with two digits or so. */
  static String factor(double ratio) {
    return Figures.decimal(ratio, ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2);
  }

  private String size(Stage stage, String family) {
    LoadResult load = findings.load(stage, family);
    if (load == null) {
      return "–";
    }
    return Figures.decimal(
        stage.residency().isLimited() ? load.diskBytesPerRecord() : load.memoryBytesPerRecord(), 0);
  }
}
