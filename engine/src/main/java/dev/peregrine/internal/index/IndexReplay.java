package dev.peregrine.internal.index;

import dev.peregrine.CorruptionException;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.memory.Memory;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts the records of a part of the log into an index again, in the order of their addresses.
 *
 * <p><b>Chains.</b> A chain's records have rising addresses, each names the one before, and the
 * first names none; its entry leads to the last. A record belongs to one chain. All records of a
 * tag that has an entry of its own belong to that entry's chain, so what an image has of it is
 * right, even if it leads above the record: then it stays. Of the other tags the predecessor tells:
 * the chain that leads there is the record's; without a predecessor the record begins a chain.
 *
 * <p><b>Wildcards.</b> An entry that the image lacks may have chains below the address to which the
 * image's wildcard leads: a record that begins a chain there may have begun the wildcard's, or one
 * of an entry that was tentative, or in an overflow bucket unknown to the image, when that was
 * copied. So a wildcard that leads to this record or above is not believed to cover it: it is taken
 * out, and its address kept. From then on its chain is put in like the others, and turned into the
 * wildcard when it is proved to be that one, by the first of
 *
 * <ul>
 *   <li>a record of another tag that comes next in it: only the wildcard is shared;
 *   <li>a record whose predecessor no entry leads to: that is older than the image, all entries of
 *       that age were copied, and only the wildcard was taken out;
 *   <li>the record at the address that was kept.
 * </ul>
 *
 * A wildcard that leads below the record is in the index as it was before it.
 *
 * <p><b>Room.</b> Each entry made has a chain with records, and each such chain had an entry of its
 * own when the log was written. So no bucket takes more overflow buckets than it had then.
 *
 * <p>One thread, while nobody else uses the index.
 */
public final class IndexReplay {
  private final HashIndex index;

  /** To where the wildcards led that were taken out, by their places. */
  private final Map<Long, Long> takenOut = new HashMap<>();

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
   * @throws CorruptionException if image and records contradict each other
   */
  public long put(long hash, long address, long previous) {
    long entry = index.findForReplay(hash, HashEntry.tagOf(hash));
    if (entry == 0) {
      entry = entryOfChain(hash, address, previous);
    }
    long word = Memory.getLong(entry);
    long before = HashEntry.address(word);
    if (before < address) {
      Memory.putLong(entry, HashEntry.withAddress(word, address));
    }
    if (!takenOut.isEmpty() && takenOut.remove(index.wildcardPlace(hash), address)) {
      index.makeWildcardForReplay(hash, entry);
    }
    return before;
  }

  /**
   * Says that all records have been put in.
   *
   * @throws CorruptionException if an entry of the image leads to none of them
   */
  public void finish() {
    if (!takenOut.isEmpty()) {
      throw new CorruptionException(
          "the image of the index leads to the addresses "
              + takenOut.values()
              + ", where no records of its buckets are");
    }
  }

  /** The entry of a record whose tag has none. */
  private long entryOfChain(long hash, long address, long previous) {
    long wildcard = index.wildcardForReplay(hash);
    if (wildcard != 0) {
      long word = Memory.getLong(wildcard);
      if (HashEntry.address(word) >= address) {
        takenOut.put(wildcard, HashEntry.address(word));
        Memory.putLong(wildcard, HashEntry.FREE);
      } else if (HashEntry.address(word) == previous) {
        return wildcard;
      }
    }
    long tag = HashEntry.tagOf(hash);
    if (previous == LogAddress.NONE) {
      return index.createForReplay(hash, tag);
    }
    long entry = index.chainForReplay(hash, previous);
    if (entry != 0) {
      return index.makeWildcardForReplay(hash, entry);
    }
    entry = index.createForReplay(hash, tag);
    // Unless the predecessor is none of the log any more.
    return takenOut.containsKey(index.wildcardPlace(hash))
        ? index.makeWildcardForReplay(hash, entry)
        : entry;
  }
}
