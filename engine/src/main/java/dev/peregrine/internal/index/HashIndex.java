package dev.peregrine.internal.index;

import dev.peregrine.CorruptionException;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;

/**
 * The latch-free hash index: from a key's hash to the head of its chain of records (FASTER, SIGMOD
 * 2018, section 3). Keys of one bucket and one tag share a chain.
 *
 * <p><b>One entry a tag.</b> A new entry is inserted in two phases: CAS a free word to (tag,
 * tentative); scan all buckets of the chain for another entry of the tag, tentative or not; found,
 * put the word back to free and start over, else store it without the tentative bit. {@link #find}
 * ignores tentative entries. Of two inserters of one tag, each CASes before it scans, so at least
 * one sees the other: both may back off, they never both stay.
 *
 * <p><b>The index never fills up.</b> When a chain of buckets is full and the overflow pool is
 * exhausted, the last entry of its first bucket is turned into a <em>wildcard</em> by one CAS of
 * its tag: from then on it stands for its old tag and for every tag without an entry of its own.
 * Chains get longer, nothing is refused. Once a wildcard is there, nobody adds an entry to that
 * chain of buckets: an inserter's scan in the second phase looks for it, too, and backs off; who
 * wants to use the wildcard first scans for a tentative entry of its tag, and starts over if there
 * is one. Wildcard CAS and tentative CAS are totally ordered, so one of the two sees the other.
 *
 * <p>Entries are never removed. Any thread may call any method. What an address means, and which
 * key a record has, the index does not know.
 */
public final class HashIndex implements AutoCloseable {
  private static final int LAST_ENTRY = HashBucket.ENTRIES - 1;

  private final NativeRegion region;
  private final long table;
  private final long bucketMask;
  private final OverflowBuckets overflow;

  /** Set before the first wildcard appears, never cleared. */
  private volatile boolean wildcards;

  /**
   * @param bucketCount buckets of the table, a power of two
   * @param overflowCount buckets of the overflow pool, below 2^32
   */
  public HashIndex(long bucketCount, long overflowCount) {
    this(bucketCount, overflowCount, NativeRegion.reserve(bytesFor(bucketCount, overflowCount)));
  }

  private HashIndex(long bucketCount, long overflowCount, NativeRegion region) {
    this(bucketCount, overflowCount, region, region.address());
  }

  /** As the public one, in zeroed memory that somebody else owns if {@code region} is null. */
  HashIndex(long bucketCount, long overflowCount, NativeRegion region, long table) {
    if (!Alignment.isPowerOfTwo(bucketCount)) {
      throw new IllegalArgumentException("bucketCount " + bucketCount + " is not a power of two");
    }
    this.region = region;
    this.table = table;
    bucketMask = bucketCount - 1;
    long words = table + bucketCount * HashBucket.BYTES;
    overflow =
        new OverflowBuckets(
            words + 2L * CacheLine.STRIDE_BYTES,
            overflowCount,
            words,
            words + CacheLine.STRIDE_BYTES);
  }

  /** The memory that an index of this shape takes. */
  public static long bytesFor(long bucketCount, long overflowCount) {
    return (bucketCount + overflowCount) * HashBucket.BYTES + 2L * CacheLine.STRIDE_BYTES;
  }

  /** Bytes of a bucket, for those who plan memory. */
  public static int bucketBytes() {
    return HashBucket.BYTES;
  }

  /**
   * Finds the head of the chain for a hash.
   *
   * @return its address, {@code LogAddress.NONE} if there is none
   */
  public long find(long hash) {
    long address = findInTable(hash);
    if (address != LogAddress.NONE) {
      return address;
    }
    long tag = HashEntry.tagOf(hash);
    for (long bucket = next(bucketOf(hash)); bucket != 0; bucket = next(bucket)) {
      long matches = HashBucket.matchTag(bucket, tag);
      while (matches != 0) {
        int slot = Long.numberOfTrailingZeros(matches);
        long entry = Memory.getLongAcquire(HashBucket.entryAddress(bucket, slot));
        if ((entry & HashEntry.MATCH_FIELD) == tag) {
          return HashEntry.address(entry);
        }
        matches &= matches - 1;
      }
    }
    // An entry that was missed because it had become the wildcard makes the flag visible.
    VarHandle.acquireFence();
    return wildcards ? HashEntry.address(wildcardVolatile(hash)) : HashEntry.FREE;
  }

  /**
   * As {@link #find}, but looks only where the entry is in most cases: in the table's bucket, from
   * the hash's home on. It calls nothing.
   *
   * @return the address, {@code LogAddress.NONE} if {@code find} must tell
   */
  public long findInTable(long hash) {
    long home = homeAddress(hash);
    long place = home;
    do {
      long entry = Memory.getLongAcquire(place);
      if (HashEntry.isOf(entry, hash)) {
        return HashEntry.address(entry);
      }
      place = placeAfter(place);
    } while (place != home);
    return LogAddress.NONE;
  }

  /**
   * Loads the entry that a hash probably has, so that its cache line comes while the caller goes on
   * to other keys. The load is plain; its value means nothing, but must be used for the load to
   * happen.
   */
  public long touch(long hash) {
    return Memory.getLong(homeAddress(hash));
  }

  /** Finds the entry for a hash, or makes an empty one. */
  public void findOrCreate(long hash, IndexCursor cursor) {
    long tag = HashEntry.tagOf(hash);
    while (!tryFind(hash, tag, cursor) && !tryCreate(hash, tag, cursor)) {
      Thread.onSpinWait();
    }
  }

  /**
   * Makes {@code address} the head of the chain, if the entry is still as the cursor has it.
   *
   * @return whether it was
   */
  public boolean casAddress(IndexCursor cursor, long address) {
    long changed = HashEntry.withAddress(cursor.entry, address);
    return Memory.casLong(cursor.entryAddress, cursor.entry, changed);
  }

  /** Visits the heads of all chains that have records; nobody else uses the index. */
  public void forEachHead(LongConsumer visitor) {
    for (long number = 0; number <= bucketMask; number++) {
      for (long bucket = tableBucket(number); bucket != 0; bucket = next(bucket)) {
        for (int slot = 0; slot < HashBucket.ENTRIES; slot++) {
          long head = HashEntry.address(Memory.getLong(HashBucket.entryAddress(bucket, slot)));
          if (head != LogAddress.NONE) {
            visitor.accept(head);
          }
        }
      }
    }
  }

  /** Overflow buckets in use. */
  public long overflowCount() {
    return overflow.used();
  }

  /** Overflow buckets that there can be. */
  long overflowCapacity() {
    return overflow.capacity();
  }

  /** Buckets of the table. */
  public long bucketCount() {
    return bucketMask + 1;
  }

  /** Where a bucket of the table is. */
  long tableBucket(long number) {
    return table + number * HashBucket.BYTES;
  }

  /** Where an overflow bucket is. */
  long overflowBucket(long number) {
    return overflow.addressOf(number);
  }

  /** Takes over what an image says of an index that nobody uses yet. */
  void restore(long overflowUsed, boolean hasWildcards) {
    overflow.restore(overflowUsed);
    wildcards = hasWildcards;
  }

  /** Gives an overflow bucket of an image back that no chain links. */
  void freeOverflow(long number) {
    Memory.zero(overflow.addressOf(number), HashBucket.BYTES);
    overflow.free(number);
  }

  /** The address of the entry of a tag, or 0; nobody else uses the index. */
  long findForReplay(long hash, long tag) {
    return entryWhere(hash, HashEntry.MATCH_FIELD, tag);
  }

  /** The address of the entry that leads to {@code address}, or 0; nobody else uses the index. */
  long chainForReplay(long hash, long address) {
    return entryWhere(hash, LogAddress.MASK, address);
  }

  /** The address of the wildcard of a chain of buckets, or 0; nobody else uses the index. */
  long wildcardForReplay(long hash) {
    return wildcards && wildcardVolatile(hash) != HashEntry.FREE ? wildcardPlace(hash) : 0;
  }

  /** What is one bucket's and no other's: where its wildcard is, or would be. */
  long wildcardPlace(long hash) {
    return HashBucket.entryAddress(bucketOf(hash), LAST_ENTRY);
  }

  /**
   * Makes an empty entry and returns where it is; nobody else uses the index.
   *
   * @throws CorruptionException if there is no room
   */
  long createForReplay(long hash, long tag) {
    long free = freeInTable(hash);
    if (free == 0) {
      free = entryWhere(hash, HashEntry.MATCH_FIELD, HashEntry.FREE);
    }
    if (free == 0) {
      free = overflowForReplay(hash);
    }
    if (free == 0) {
      throw new CorruptionException(
          "the records of the log have more chains than the index has room for");
    }
    Memory.putLong(free, tag);
    return free;
  }

  /** The first entry of one more overflow bucket, or 0 if there is none. */
  private long overflowForReplay(long hash) {
    long number = overflow.allocate();
    if (number == 0) {
      return 0;
    }
    long bucket = bucketOf(hash);
    while (next(bucket) != 0) {
      bucket = next(bucket);
    }
    Memory.putLong(HashBucket.overflowAddress(bucket), number);
    return HashBucket.entryAddress(overflow.addressOf(number), 0);
  }

  /**
   * Turns an entry into the wildcard, which has a place of its own; returns where it is then.
   *
   * @throws CorruptionException if another one is the wildcard
   */
  long makeWildcardForReplay(long hash, long entryAddress) {
    wildcards = true;
    long place = wildcardPlace(hash);
    long moved = Memory.getLong(place);
    if (place != entryAddress) {
      if ((moved & HashEntry.MATCH_FIELD) == HashEntry.WILDCARD) {
        throw new CorruptionException(
            "keys of different tags share the chains of the records at "
                + HashEntry.address(moved)
                + " and "
                + HashEntry.address(Memory.getLong(entryAddress))
                + " of one bucket of the index");
      }
      Memory.putLong(place, Memory.getLong(entryAddress));
      Memory.putLong(entryAddress, moved);
    }
    Memory.putLong(place, Memory.getLong(place) | HashEntry.WILDCARD);
    return place;
  }

  /** Bytes of native memory. */
  public long bytes() {
    return region.bytes();
  }

  /** Frees the memory; nobody may be inside. */
  @Override
  public void close() {
    region.close();
  }

  /** Finds an existing entry, its own or the wildcard. */
  private boolean tryFind(long hash, long tag, IndexCursor cursor) {
    long home = homeAddress(hash);
    long place = home;
    do {
      long entry = Memory.getLongAcquire(place);
      if (HashEntry.isOf(entry, hash)) {
        return cursor.set(place, entry);
      }
      place = placeAfter(place);
    } while (place != home);
    for (long bucket = next(bucketOf(hash)); bucket != 0; bucket = next(bucket)) {
      long matches = HashBucket.matchTag(bucket, tag);
      while (matches != 0) {
        int slot = Long.numberOfTrailingZeros(matches);
        long address = HashBucket.entryAddress(bucket, slot);
        long entry = Memory.getLongAcquire(address);
        if ((entry & HashEntry.MATCH_FIELD) == tag) {
          return cursor.set(address, entry);
        }
        matches &= matches - 1;
      }
    }
    VarHandle.acquireFence();
    if (wildcards) {
      long entry = wildcardVolatile(hash);
      if (entry != HashEntry.FREE && countOf(hash, tag, HashEntry.TAG_FIELD) == 0) {
        return cursor.set(wildcardPlace(hash), entry);
      }
    }
    return false;
  }

  /** Inserts an entry in two phases; false if the search must start over. */
  private boolean tryCreate(long hash, long tag, IndexCursor cursor) {
    long free = freeEntry(hash);
    if (free == 0) {
      return false;
    }
    long tentative = HashEntry.tentative(tag);
    if (!Memory.casLong(free, HashEntry.FREE, tentative)) {
      return false;
    }
    Pauses.at(PausePoint.ENTRY_TENTATIVE);
    if (countOf(hash, tag, HashEntry.TAG_FIELD) > 1
        || wildcards && wildcardVolatile(hash) != HashEntry.FREE) {
      Pauses.at(PausePoint.ENTRY_CONTESTED);
      Memory.putLongRelease(free, HashEntry.FREE);
      Thread.yield();
      return false;
    }
    Pauses.at(PausePoint.ENTRY_ALONE);
    Memory.putLongRelease(free, tag);
    return cursor.set(free, tag);
  }

  /** The address of a free entry, or 0 after the chain of buckets has been given room or shared. */
  private long freeEntry(long hash) {
    if (wildcards && wildcardVolatile(hash) != HashEntry.FREE) {
      return 0;
    }
    long bucket = bucketOf(hash);
    long inTable = freeInTable(hash);
    if (inTable != 0) {
      return inTable;
    }
    for (; ; ) {
      // No tag of a key is 0.
      long free = HashBucket.matchTag(bucket, HashEntry.FREE);
      if (free != 0) {
        return HashBucket.entryAddress(bucket, Long.numberOfTrailingZeros(free));
      }
      long following = next(bucket);
      if (following == 0) {
        break;
      }
      bucket = following;
    }
    long number = overflow.allocate();
    Pauses.at(PausePoint.OVERFLOW_TAKEN);
    if (number == 0) {
      makeWildcard(hash);
    } else if (!Memory.casLong(HashBucket.overflowAddress(bucket), 0, number)) {
      overflow.free(number);
    }
    return 0;
  }

  private void makeWildcard(long hash) {
    long address = wildcardPlace(hash);
    long entry = Memory.getLongAcquire(address);
    if (entry != HashEntry.FREE && !HashEntry.isTentative(entry)) {
      wildcards = true;
      Pauses.at(PausePoint.WILDCARD_TOLD);
      Memory.casLong(address, entry, entry | HashEntry.WILDCARD);
    }
  }

  /** The wildcard of the hash's chain of buckets, or free. */
  private long wildcardVolatile(long hash) {
    long entry = Memory.getLongVolatile(wildcardPlace(hash));
    return (entry & HashEntry.MATCH_FIELD) == HashEntry.WILDCARD ? entry : HashEntry.FREE;
  }

  /** How many entries of the chain of buckets equal {@code pattern} in {@code field}. */
  private int countOf(long hash, long pattern, long field) {
    int count = 0;
    for (long bucket = bucketOf(hash); bucket != 0; bucket = next(bucket)) {
      for (int slot = 0; slot < HashBucket.ENTRIES; slot++) {
        long entry = Memory.getLongVolatile(HashBucket.entryAddress(bucket, slot));
        count += (entry & field) == pattern ? 1 : 0;
      }
    }
    return count;
  }

  private long entryWhere(long hash, long field, long pattern) {
    for (long bucket = bucketOf(hash); bucket != 0; bucket = next(bucket)) {
      for (int slot = 0; slot < HashBucket.ENTRIES; slot++) {
        long address = HashBucket.entryAddress(bucket, slot);
        if ((Memory.getLong(address) & field) == pattern) {
          return address;
        }
      }
    }
    return 0;
  }

  private long next(long bucket) {
    long number = HashBucket.overflowAcquire(bucket);
    return number == 0 ? 0 : overflow.addressOf(number);
  }

  /** The first free place of the table's bucket, from the hash's home on; else 0. */
  private long freeInTable(long hash) {
    long home = homeAddress(hash);
    long place = home;
    do {
      if (Memory.getLongAcquire(place) == HashEntry.FREE) {
        return place;
      }
      place = placeAfter(place);
    } while (place != home);
    return 0;
  }

  /** The place after another of its bucket, the first one after the last. */
  private static long placeAfter(long place) {
    return HashBucket.isLast(place) ? HashBucket.first(place) : place + Long.BYTES;
  }

  private long homeAddress(long hash) {
    return HashBucket.entryAddress(bucketOf(hash), HashEntry.homeOf(hash));
  }

  private long bucketOf(long hash) {
    return table + (hash & bucketMask) * HashBucket.BYTES;
  }
}
