package dev.peregrine;

import dev.peregrine.device.FaultCounts;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What simulated lives have met, so that nobody takes a run without faults for a good one. */
final class CrashStats {
  /** What is counted. */
  enum Figure {
    ROUNDS,
    OPERATIONS,
    PENDING,
    CHECKPOINTS,
    CHECKPOINTS_CUT,
    PRUNES,
    CRASHES,
    PLANNED_CUTS,
    PLANNED_CUTS_REACHED,
    CUTS_IN_RECOVERY,
    RECOVERIES,
    RECOVERIES_TO_OLDER,
    BITS_FLIPPED,
    BITS_READ,
    FLIPS_REFUSED,
    VERIFICATIONS,
    SECTORS_DROPPED,
    SECTORS_KEPT,
    SECTORS_TORN,
    NAMES_DROPPED,
    NAMES_KEPT,
    FILES_CUT,
    SHORT_TRANSFERS,
    DELAYED,
    REORDERED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private final Map<Figure, Long> figures = new EnumMap<>(Figure.class);

  void add(Figure figure, long count) {
    figures.merge(figure, count, Long::sum);
  }

  void count(Figure figure) {
    add(figure, 1);
  }

  long get(Figure figure) {
    return figures.getOrDefault(figure, 0L);
  }

  /** Adds what one life of a machine did wrong. */
  void add(FaultCounts faults) {
    add(Figure.PLANNED_CUTS_REACHED, faults.powerCuts());
    add(Figure.SECTORS_DROPPED, faults.droppedSectors());
    add(Figure.SECTORS_KEPT, faults.keptSectors());
    add(Figure.SECTORS_TORN, faults.tornSectors());
    add(Figure.NAMES_DROPPED, faults.droppedNames());
    add(Figure.NAMES_KEPT, faults.keptNames());
    add(Figure.FILES_CUT, faults.cutFiles());
    add(Figure.SHORT_TRANSFERS, faults.shortTransfers());
    add(Figure.DELAYED, faults.delayed());
    add(Figure.REORDERED, faults.reordered());
  }

  /** Adds all figures of another. */
  void add(CrashStats other) {
    other.figures.forEach(this::add);
  }

  /** Each figure by its name. */
  Map<Figure, Long> figures() {
    Map<Figure, Long> all = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      all.put(figure, get(figure));
    }
    return all;
  }
}
