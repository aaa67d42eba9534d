package dev.peregrine.bench.compare;

import dev.peregrine.bench.compare.peer.Residency;

/**
 * Data that is loaded once into each engine, for many cells.
 *
 * @param residency how much of it may be in memory
 * @param valueBytes the length of each value
 */
public record Stage(Residency residency, int valueBytes) {
  /** For people. */
  public String title() {
    return valueBytes + "-byte values, " + residency.title();
  }

  /** For names of files and elements. */
  public String id() {
    return residency.label() + "-" + valueBytes;
  }
}
