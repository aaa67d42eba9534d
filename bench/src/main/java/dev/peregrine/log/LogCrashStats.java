package dev.peregrine.log;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a run of the simulation has met; added up over runs. One thread. */
final class LogCrashStats {
  long runs;
  long crashes;
  long powerCuts;
  long failures;
  long closes;
  long entries;
  long commits;
  long asks;
  long fills;
  long drops;
  long rollbacks;
  long rests;
  long droppedBytes;
  long checks;

  void add(LogCrashStats other) {
    runs += other.runs;
    crashes += other.crashes;
    powerCuts += other.powerCuts;
    failures += other.failures;
    closes += other.closes;
    entries += other.entries;
    commits += other.commits;
    asks += other.asks;
    fills += other.fills;
    drops += other.drops;
    rollbacks += other.rollbacks;
    rests += other.rests;
    droppedBytes += other.droppedBytes;
    checks += other.checks;
  }

  /** All of it, by name. */
  Map<String, Long> figures() {
    Map<String, Long> figures = new LinkedHashMap<>();
    figures.put("runs", runs);
    figures.put("crashes", crashes);
    figures.put("power cuts inside calls", powerCuts);
    figures.put("I/O failures", failures);
    figures.put("closes", closes);
    figures.put("entries", entries);
    figures.put("commits", commits);
    figures.put("commits not awaited", asks);
    figures.put("memory filled", fills);
    figures.put("truncations", drops);
    figures.put("rollbacks", rollbacks);
    figures.put("rests", rests);
    figures.put("torn bytes dropped", droppedBytes);
    figures.put("checks", checks);
    return figures;
  }
}
