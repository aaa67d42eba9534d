package dev.peregrine.bench.logbench;

/**
 * One thing to measure, on every engine that can do it.
 *
 * @param durability what is durable when
 * @param entryBytes the length of each entry, a multiple of 8
 * @param producers how many threads append, or 1 that reads
 */
public record LogCell(Durability durability, int entryBytes, int producers) {
  /** So much is appended before a producer that waits does. */
  static final int BATCH_BYTES = 128 << 10;

  /** The name for people. */
  public String title() {
    return durability.title() + ", " + entryBytes + " B, " + producers + "T";
  }

  /** Entries of a batch. */
  int batchEntries() {
    return durability == Durability.LATENCY ? 1 : Math.max(1, BATCH_BYTES / entryBytes);
  }
}
