package dev.peregrine.bench.compare;

import dev.peregrine.bench.compare.peer.PeerSetup;
import java.nio.file.Path;

/**
 * What an engine's process is asked for: a line of JSON on its standard input.
 *
 * @param kind what to do
 * @param setup with {@code PREPARE} and {@code OPEN}: how
 * @param cell with {@code MEASURE}: what
 * @param keys with {@code MEASURE}: the file of keys
 * @param warmUpSeconds with {@code MEASURE}: how long before
 * @param seconds with {@code MEASURE}: how long
 */
record Request(
    Kind kind, PeerSetup setup, Cell cell, Path keys, double warmUpSeconds, double seconds) {
  /**
   * What to do: try the engine on a few records, which loads its code; open it; load it; measure.
   */
  enum Kind {
    PREPARE,
    OPEN,
    LOAD,
    MEASURE
  }

  static Request prepare(PeerSetup setup) {
    return new Request(Kind.PREPARE, setup, null, null, 0, 0);
  }

  static Request open(PeerSetup setup) {
    return new Request(Kind.OPEN, setup, null, null, 0, 0);
  }

  static Request load() {
    return new Request(Kind.LOAD, null, null, null, 0, 0);
  }

  static Request measure(Cell cell, Path keys, double warmUpSeconds, double seconds) {
    return new Request(Kind.MEASURE, null, cell, keys, warmUpSeconds, seconds);
  }
}
