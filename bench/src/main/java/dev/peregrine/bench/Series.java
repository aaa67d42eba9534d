package dev.peregrine.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Figures that were measured several times, by their names. One thread. */
final class Series {
  private final Map<String, List<Double>> values = new LinkedHashMap<>();

  /** Adds one. */
  void add(String name, double value) {
    values.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
  }

  /** The median of those of a name, of which there is at least one. */
  double median(String name) {
    return Figures.median(values.get(name));
  }

  /** Median, least and most, as ratios: {@code 0.843 [0.801 to 0.880]}. */
  String describe(String name) {
    List<Double> all = values.get(name);
    return Figures.decimal(median(name), 3)
        + " ["
        + Figures.decimal(Collections.min(all), 3)
        + " to "
        + Figures.decimal(Collections.max(all), 3)
        + "]";
  }

  /** All medians as facts of a report. */
  void putInto(Report report) {
    values.keySet().forEach(name -> report.put(name, median(name)));
  }
}
