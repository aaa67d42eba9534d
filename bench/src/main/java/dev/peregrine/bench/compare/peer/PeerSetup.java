package dev.peregrine.bench.compare.peer;

import java.nio.file.Path;

/**
 * What an engine is opened for.
 *
 * @param engine which one
 * @param records how many it will hold
 * @param valueBytes the length of each value: 8, or more
 * @param threads the most workers at a time
 * @param residency whether all of it fits into memory
 * @param budgetBytes with {@link Residency#QUARTER}, what all its caches and indexes may take
 * @param pendingDepth operations that one session may have pending, where an engine has such
 * @param directory an empty one of its own
 */
public record PeerSetup(
    Engine engine,
    long records,
    int valueBytes,
    int threads,
    Residency residency,
    long budgetBytes,
    int pendingDepth,
    Path directory) {
  /** The same with a few records only, in another directory. */
  public PeerSetup withFew(long few, Path place) {
    return new PeerSetup(
        engine, few, valueBytes, threads, residency, budgetBytes, pendingDepth, place);
  }

  /** Whether values are single words. */
  public boolean isLong() {
    return valueBytes == Long.BYTES;
  }

  /** Whether only a part of the data fits into memory. */
  public boolean isLimited() {
    return residency.isLimited();
  }

  /** Keys and values of all records, without anything around them. */
  public long payloadBytes() {
    return records * (Long.BYTES + valueBytes);
  }
}
