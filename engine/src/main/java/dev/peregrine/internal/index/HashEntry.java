package dev.peregrine.internal.index;

import dev.peregrine.internal.record.LogAddress;

/**
 * An entry of the hash index: one word.
 *
 * <pre>
 *    63          62           61 ....... 48   47 ................. 0
 *  +-----------+------------+---------------+----------------------+
 *  | tentative | read cache | tag (14 bits) | address of the chain |
 *  +-----------+------------+---------------+----------------------+
 * </pre>
 *
 * The zero word is a free entry; tags of keys are 1 to 16,381, so no entry in use is zero. Address
 * 0 means a chain without records. The tag {@link #WILDCARD} marks the entry that stands for all
 * tags of a bucket that have no entry of their own.
 */
final class HashEntry {
  /** A free entry. */
  static final long FREE = 0;

  /** Bits of a tag. */
  static final int TAG_BITS = 14;

  private static final int HOME_BITS = 8;
  private static final int HOME_SHIFT = Long.SIZE - TAG_BITS - HOME_BITS;
  private static final long HOME_MASK = (1L << HOME_BITS) - 1;
  private static final int TAG_SHIFT = LogAddress.BITS;
  private static final long READ_CACHE = 1L << 62;
  private static final long TENTATIVE = 1L << 63;
  private static final long KEY_TAGS = (1L << TAG_BITS) - 3;

  /** The tag field of the entry that stands for all tags. */
  static final long WILDCARD = ((1L << TAG_BITS) - 1) << TAG_SHIFT;

  /** What two entries of one tag have in common, whatever their addresses. */
  static final long TAG_FIELD = WILDCARD;

  /** As {@link #TAG_FIELD}, and not tentative. */
  static final long MATCH_FIELD = TAG_FIELD | TENTATIVE;

  /** What is kept when the address changes. */
  static final long KEEP_FIELD = ~(LogAddress.MASK | READ_CACHE);

  private HashEntry() {}

  /** The tag field for a hash, from its upper bits: 1 to 16,381, shifted to its place. */
  static long tagOf(long hash) {
    return numberOf(hash) << TAG_SHIFT;
  }

  private static long numberOf(long hash) {
    long upper = hash >>> (Long.SIZE - TAG_BITS);
    return 1 + (upper * KEY_TAGS >>> TAG_BITS);
  }

  /** Whether it is the entry of a hash's tag, and not tentative. */
  static boolean isOf(long entry, long hash) {
    return (entry >>> TAG_SHIFT & MATCH_FIELD >>> TAG_SHIFT) == numberOf(hash);
  }

  /** The entry of the first bucket that a key of this hash takes if it is free: 0 to 6. */
  static long homeOf(long hash) {
    return (hash >>> HOME_SHIFT & HOME_MASK) * HashBucket.ENTRIES >>> HOME_BITS;
  }

  /** The entry's address. */
  static long address(long entry) {
    return entry & LogAddress.MASK;
  }

  /** The entry with another address, no longer one of the read cache. */
  static long withAddress(long entry, long address) {
    return entry & KEEP_FIELD | address;
  }

  /** A new, empty entry that {@code find} does not see. */
  static long tentative(long tag) {
    return tag | TENTATIVE;
  }

  /** Whether its address is one of the read cache. */
  static boolean isReadCache(long entry) {
    return (entry & READ_CACHE) != 0;
  }

  /** Whether {@code find} must not see it. */
  static boolean isTentative(long entry) {
    return entry < 0;
  }
}
