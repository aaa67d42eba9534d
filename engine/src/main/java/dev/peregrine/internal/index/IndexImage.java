package dev.peregrine.internal.index;

import dev.peregrine.CorruptionException;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.memory.Memory;
import java.util.BitSet;

/**
 * The bytes of an index as they are in a checkpoint: the table's buckets, then the overflow buckets
 * 1 to n in use when the copy began.
 *
 * <p>The copy is fuzzy: words change while it is made, each is copied as a whole. What it may lack,
 * because it was added behind the copier, leads to records that were appended after the tail was
 * noted, so that replaying the log from there ({@link IndexReplay}) adds it. Tentative entries are
 * left out, and so are links to overflow buckets above n: all that is in those is newer. So an
 * entry that the image has may lead above records of entries that it lacks.
 *
 * <p>An overflow bucket that no table bucket of the image links is in the pool, or was linked
 * behind the copier: what is in it means nothing. Entries without a record are not taken over:
 * replay makes room for each chain again, and one that has no records needs none.
 */
public final class IndexImage {
  private final HashIndex index;
  private final long overflowUsed;
  private final long tableBytes;
  private final long bytes;

  private IndexImage(HashIndex index, long overflowUsed) {
    this.index = index;
    this.overflowUsed = overflowUsed;
    this.tableBytes = index.bucketCount() * HashBucket.BYTES;
    this.bytes = tableBytes + overflowUsed * HashBucket.BYTES;
  }

  /** The image of an index as it is now. */
  public static IndexImage of(HashIndex index) {
    return new IndexImage(index, index.overflowCount());
  }

  /**
   * An image that is to be put into an empty index.
   *
   * @throws IllegalArgumentException if the index has no room for it
   */
  public static IndexImage to(HashIndex index, long overflowUsed) {
    if (overflowUsed < 0 || overflowUsed > index.overflowCapacity()) {
      throw new IllegalArgumentException(
          overflowUsed + " overflow buckets don't fit " + index.overflowCapacity());
    }
    return new IndexImage(index, overflowUsed);
  }

  /** Its length. */
  public long bytes() {
    return bytes;
  }

  /** Overflow buckets in it. */
  public long overflowUsed() {
    return overflowUsed;
  }

  /** Copies a part of it out; offset and length are multiples of a bucket. */
  public void copyOut(long offset, long target, int length) {
    for (int at = 0; at < length; at += HashBucket.BYTES) {
      long bucket = bucketAt(offset + at);
      for (int slot = 0; slot < HashBucket.ENTRIES; slot++) {
        long entry = Memory.getLongAcquire(HashBucket.entryAddress(bucket, slot));
        Memory.putLong(
            HashBucket.entryAddress(target + at, slot),
            HashEntry.isTentative(entry) ? HashEntry.FREE : entry);
      }
      long next = HashBucket.overflowAcquire(bucket);
      Memory.putLong(HashBucket.overflowAddress(target + at), next > overflowUsed ? 0 : next);
    }
  }

  /** Copies a part of it into the index, which nobody uses yet. */
  public void copyIn(long offset, long source, int length) {
    for (int at = 0; at < length; at += HashBucket.BYTES) {
      Memory.copy(source + at, bucketAt(offset + at), HashBucket.BYTES);
    }
  }

  /**
   * Takes the index into use after all of the image has been copied in: checks every entry and
   * link, and gives the overflow buckets that are not linked back to the pool.
   *
   * @param begin the log's first address
   * @param end no entry may lead to it or above
   * @param path for the message
   * @throws CorruptionException naming what is wrong
   */
  public void adopt(long begin, long end, String path) {
    BitSet linked = new BitSet();
    for (long offset = 0; offset < bytes; offset += HashBucket.BYTES) {
      long next = HashBucket.overflowAcquire(bucketAt(offset));
      if (next < 0 || next > overflowUsed || next != 0 && linked.get((int) next)) {
        throw refused(path, offset, "links overflow bucket " + next);
      }
      if (next != 0) {
        linked.set((int) next);
      }
    }
    boolean wildcards = false;
    for (long offset = 0; offset < bytes; offset += HashBucket.BYTES) {
      if (offset < tableBytes || linked.get((int) numberAt(offset))) {
        wildcards |= adoptEntries(begin, end, offset, path);
      }
    }
    index.restore(overflowUsed, wildcards);
    for (int number = linked.nextClearBit(1); number <= overflowUsed; ) {
      index.freeOverflow(number);
      number = linked.nextClearBit(number + 1);
    }
  }

  /** Checks the entries of a bucket; returns whether one is a wildcard. */
  private boolean adoptEntries(long begin, long end, long offset, String path) {
    boolean wildcards = false;
    for (int slot = 0; slot < HashBucket.ENTRIES; slot++) {
      long at = HashBucket.entryAddress(bucketAt(offset), slot);
      long entry = Memory.getLong(at);
      checkEntry(entry, begin, end, offset, path);
      if (HashEntry.address(entry) == LogAddress.NONE && entry != HashEntry.FREE) {
        Memory.putLong(at, HashEntry.FREE);
      } else {
        wildcards |= (entry & HashEntry.TAG_FIELD) == HashEntry.WILDCARD;
      }
    }
    return wildcards;
  }

  private static void checkEntry(long entry, long begin, long end, long offset, String path) {
    long address = HashEntry.address(entry);
    boolean leadsAstray = address != LogAddress.NONE && (address < begin || address >= end);
    if (HashEntry.isTentative(entry) || HashEntry.isReadCache(entry) || leadsAstray) {
      throw refused(
          path,
          offset,
          String.format(
              "has the entry %016x, which leads out of the log from %d to %d", entry, begin, end));
    }
  }

  private static CorruptionException refused(String path, long offset, String what) {
    return new CorruptionException(
        path + " is refused: the bucket at offset " + offset + " " + what);
  }

  private long bucketAt(long offset) {
    return offset < tableBytes
        ? index.tableBucket(offset / HashBucket.BYTES)
        : index.overflowBucket(numberAt(offset));
  }

  /** The number of the overflow bucket at an offset behind the table. */
  private long numberAt(long offset) {
    return (offset - tableBytes) / HashBucket.BYTES + 1;
  }
}
