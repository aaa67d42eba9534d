package dev.peregrine.internal.index;

import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.memory.Memory;

/**
 * Puts the records of a part of the log into an index again, in the order of their addresses.
 *
 * <p>A chain's records have falling addresses, so its entry leads to the greatest. An image that is
 * newer than a record may lead to a greater one already; then it stays.
 *
 * <p><b>Wildcards.</b> A record without an entry of its own was appended to the chain of the
 * wildcard, or to an entry that was made before the wildcard and was empty until then. Its
 * predecessor tells which: it is where the wildcard leads, or else there is none, and the entry is
 * made again. Where the image is older than the wildcard, the predecessor tells which entry was
 * turned into it: the one that leads there. A record belongs to one chain, so no other entry does.
 * A new wildcard is made in no other way: the buckets that were enough for the entries then are
 * enough now.
 *
 * <p>One thread, while nobody else uses the index.
 */
public final class IndexReplay {
  private final HashIndex index;

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
      entry = wildcardOf(hash, address, previous);
    }
    if (entry == 0 && previous != LogAddress.NONE) {
      entry = index.chainForReplay(hash, previous);
      if (entry != 0) {
        entry = index.makeWildcardForReplay(hash, entry);
      }
    }
    if (entry == 0) {
      entry = index.createForReplay(hash, HashEntry.tagOf(hash));
    }
    long word = Memory.getLong(entry);
    long before = HashEntry.address(word);
    if (before < address) {
      Memory.putLong(entry, HashEntry.withAddress(word, address));
    }
    return before;
  }

  /** The wildcard, if the record is in its chain or comes next in it; else 0. */
  private long wildcardOf(long hash, long address, long previous) {
    long entry = index.wildcardForReplay(hash);
    if (entry == 0) {
      return 0;
    }
    long head = HashEntry.address(Memory.getLong(entry));
    return head == previous || head >= address ? entry : 0;
  }
}
