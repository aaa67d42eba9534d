package dev.peregrine.bench.logbench;

/** An entry that an engine shows: its aligned words, little-endian. */
interface Words {
  /** The word at an offset in bytes. */
  long at(int offset);
}
