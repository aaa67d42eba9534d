package dev.peregrine.internal.log;

import dev.peregrine.memory.Alignment;

/**
 * The word before the bytes of an entry, or of a piece of a long one.
 *
 * <pre>
 *   63 ......... 56   55 ................ 32   31 ................. 0
 *  +---------------+-----------------------+------------------------+
 *  | kind          | 'P' 'R' 'L'           | length of what follows |
 *  +---------------+-----------------------+------------------------+
 * </pre>
 *
 * What follows is padded with zeros to 8 bytes. A zero word is no entry: the extent ends in its
 * block, or the page does. A long entry is in pieces {@link #FIRST}, {@link #MIDDLE} …, {@link
 * #LAST}, back to back but for the headers of extents; what follows a {@code FIRST} begins with the
 * 8 bytes of the entry's length. Pieces without a {@code LAST} are no entry.
 */
public final class EntryHeader {
  /** Length of a header. */
  public static final int BYTES = Long.BYTES;

  /** A whole entry. */
  public static final int ENTRY = 1;

  /** The first piece. */
  public static final int FIRST = 2;

  /** A piece. */
  public static final int MIDDLE = 3;

  /** The last piece. */
  public static final int LAST = 4;

  /** Room that was taken and not used. */
  public static final int VOID = 5;

  /** Positions of consumers; no entry of the user. */
  public static final int POSITIONS = 6;

  /** Not an entry, but the header of an extent. */
  static final int EXTENT = 7;

  /** Bytes of the length in a {@link #FIRST}. */
  static final int TOTAL_BYTES = Long.BYTES;

  /** Where the mark begins, that all headers of entries and extents share. */
  static final int MARK_SHIFT = 32;

  /** The mark, in place. */
  static final long MARK = 0x50_524CL << MARK_SHIFT;

  private static final long MARK_MASK = 0xFF_FFFFL << MARK_SHIFT;
  private static final int KIND_SHIFT = 56;
  private static final long LENGTH_MASK = 0xFFFF_FFFFL;

  private EntryHeader() {}

  /** The header of a kind of entry. */
  public static long of(int kind, int length) {
    return (long) kind << KIND_SHIFT | MARK | length;
  }

  /** The kind, of a word that is not zero. */
  public static int kind(long word) {
    return (int) (word >>> KIND_SHIFT);
  }

  /** Bytes that follow, without padding. */
  public static long length(long word) {
    return word & LENGTH_MASK;
  }

  /** Whether a word can be the header of an entry. */
  public static boolean isEntry(long word) {
    int kind = kind(word);
    return (word & MARK_MASK) == MARK && kind >= ENTRY && kind <= POSITIONS;
  }

  /** Bytes that an entry with so many takes, header and padding included. */
  public static long sizeOf(long length) {
    return BYTES + Alignment.up(length, BYTES);
  }
}
