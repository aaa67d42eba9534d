package dev.peregrine.bench;

/** What goes on beside operations whose latency is measured. */
enum LatencySetting {
  /** Nothing: all records stay in memory. */
  MEMORY("all in memory"),
  /** A quarter of the records fits: pages are written and leave memory, reads wait for the disk. */
  EVICTION("a quarter in memory"),
  /** All records stay in memory, and a snapshot of them is taken every two seconds. */
  CHECKPOINTS("in memory, with checkpoints");

  private final String label;

  LatencySetting(String label) {
    this.label = label;
  }

  /** For people. */
  String label() {
    return label;
  }
}
