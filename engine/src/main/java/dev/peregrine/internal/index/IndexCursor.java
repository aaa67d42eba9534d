package dev.peregrine.internal.index;

/**
 * Where a key's entry is and what it held: the result of {@link HashIndex#findOrCreate}, kept by
 * the session so that nothing is allocated.
 */
public final class IndexCursor {
  long entryAddress;
  long entry;

  /** Notes an entry; true. */
  boolean set(long place, long held) {
    entryAddress = place;
    entry = held;
    return true;
  }

  /** The head of the key's chain, {@code LogAddress.NONE} if the chain is empty. */
  public long address() {
    return HashEntry.address(entry);
  }
}
