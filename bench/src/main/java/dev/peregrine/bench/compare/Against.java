package dev.peregrine.bench.compare;

import dev.peregrine.bench.Figures;
import dev.peregrine.bench.compare.CompareReport.CellResult;
import dev.peregrine.bench.compare.peer.Engine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a report compares with an earlier one: operations per second now to then. Peers that have not
 * changed tell how much of it is the machine.
 */
final class Against {
  private record Key(Cell cell, String engine) {}

  private final CompareReport now;
  private final CompareReport then;
  private final Map<Key, CellResult> earlier = new HashMap<>();

  Against(CompareReport now, CompareReport then) {
    this.now = now;
    this.then = then;
    then.cells().stream()
        .filter(result -> result.failure() == null)
        .forEach(result -> earlier.put(new Key(result.cell(), result.engine()), result));
  }

  /** Now to then in a cell; 0 if one of both has no figure. */
  double ratio(CellResult result) {
    CellResult before = earlier.get(new Key(result.cell(), result.engine()));
    return before == null || result.failure() != null
        ? 0
        : result.medianOpsPerSecond() / before.medianOpsPerSecond();
  }

  /** What must be known of both. */
  String head() {
    String sameness =
        now.machine().equals(then.machine())
            ? "on the same machine and JDK"
            : "ON ANOTHER MACHINE OR JDK: "
                + then.machine().processor()
                + ", "
                + then.machine().jdk();
    String plan = now.plan().records() == then.plan().records() ? "" : ", with other records";
    return "compared with the run of " + then.date() + " " + sameness + plan;
  }

  /** For the terminal. */
  String toText() {
    return head()
        + System.lineSeparator()
        + engines().toText()
        + System.lineSeparator()
        + cells().toText();
  }

  /** A line for each engine. */
  Grid engines() {
    Grid grid = new Grid(List.of("engine", "cells", "now to then", "least", "most"));
    for (CompareReport.Participant engine : now.engines()) {
      List<Double> ratios = new ArrayList<>();
      for (CellResult result : now.cells()) {
        if (result.engine().equals(engine.id()) && ratio(result) > 0) {
          ratios.add(ratio(result));
        }
      }
      if (!ratios.isEmpty()) {
        double[] range = Findings.range(ratios);
        grid.row(
            isOurs(engine.id()),
            List.of(
                engine.title(),
                Integer.toString(ratios.size()),
                Figures.decimal(Findings.mean(ratios), 2),
                Figures.decimal(range[0], 2),
                Figures.decimal(range[1], 2)));
      }
    }
    return grid;
  }

  /** A line for each cell of our engine. */
  Grid cells() {
    Grid grid = new Grid(List.of("cell", "now", "then", "now to then"));
    for (CellResult result : now.cells()) {
      if (isOurs(result.engine()) && ratio(result) > 0) {
        CellResult before = earlier.get(new Key(result.cell(), result.engine()));
        grid.row(
            false,
            List.of(
                now.participant(result.engine()).title() + ", " + result.cell().title(),
                Figures.rate(result.medianOpsPerSecond()),
                Figures.rate(before.medianOpsPerSecond()),
                Figures.decimal(ratio(result), 2)));
      }
    }
    return grid;
  }

  private static boolean isOurs(String engine) {
    Engine known = Engine.ofId(engine);
    return known != null && known.isOurs();
  }
}
