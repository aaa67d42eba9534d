package dev.peregrine.internal.index;

import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.memory.Memory;

/**
 * Puts the records of a part of the log into an index again, in the order of their addresses.
 *
 * <p>A chain's records have falling addresses, so its entry leads to the greatest. An image that is
 * newer than a record may lead to a greater one already; then it stays.
 *
 * <p><b>Wildcards.</b> Where a record without an entry of its own was appended to the chain of a
 * wildcard, and the image is older than that wildcard, the record itself tells which entry it was:
 * the one that leads to the record's predecessor in the chain. A record belongs to one chain, so no
 * other entry does. A new wildcard is made in no other way: the buckets that were enough for the
 * entries then are enough now.
 *
 * <p>One thread, while nobody else uses the index.
 */
public final class IndexReplay {
  private final HashIndex index;
  private final IndexCursor cursor = new IndexCursor();

  /**
   * @param index to put the records in
   */
  public IndexReplay(HashIndex index) {
    this.index = index;
  }

  /**
   * Puts a record in.
   *
   * @param hash of its key
   * @param address where it is, above all that were put in before
   * @param previous its predecessor in the chain
   * @return where the chain led to before, {@code LogAddress.NONE} if nowhere
   */
  public long put(long hash, long address, long previous) {
    long entry = index.findForReplay(hash, HashEntry.tagOf(hash));
    if (entry == 0) {
      entry = index.wildcardForReplay(hash);
    }
    if (entry == 0 && previous != LogAddress.NONE) {
      entry = index.chainForReplay(hash, previous);
      if (entry != 0) {
        entry = index.makeWildcardForReplay(hash, entry);
      }
    }
    if (entry == 0) {
      index.findOrCreate(hash, cursor);
      entry = cursor.entryAddress;
    }
    long word = Memory.getLong(entry);
    long before = HashEntry.address(word);
    if (before < address) {
      Memory.putLong(entry, HashEntry.withAddress(word, address));
    }
    return before;
  }
}
