package dev.peregrine.internal.log;

import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;

/**
 * The header of an extent: what was written to the device at once. Extents lie back to back, each a
 * number of whole blocks of 4 KiB inside one page, and cover the log without a gap; behind the
 * header come entries, then zeros.
 *
 * <pre>
 *   0                            8        16        24       28           32              40
 *  +----------------------------+--------+---------+--------+------------+---------------+
 *  | kind, mark, flags, version | log id | address | length | generation | durable until |
 *  +----------------------------+--------+---------+--------+------------+---------------+
 *   40              48         56                 60                      64
 *  +---------------+----------+------------------+-----------------------+
 *  | commit number | 0        | CRC32C of the    | CRC32C of bytes 0     |
 *  |               |          | extent from 64   | to 59 of the header   |
 *  +---------------+----------+------------------+-----------------------+
 *
 *  first word:
 *   63 ....... 56   55 .......... 32   31 ........ 16   15 ......... 0
 *  +-------------+------------------+----------------+----------------+
 *  | 7           | 'P' 'R' 'L'      | flags          | format version |
 *  +-------------+------------------+----------------+----------------+
 * </pre>
 *
 * {@code length} is in bytes, header included. {@code durable until} is up to where the log was
 * committed when the header was made: it proves that a bad extent below it is damage and no torn
 * tail. With the flag {@link #COMMIT} the extent ends a commit: it is the commit's record.
 */
public final class ExtentHeader {
  /** Length of a header, and the address of the first entry of a log. */
  public static final int BYTES = 64;

  /** Flag: a commit ends with this extent. */
  static final int COMMIT = 1;

  private static final int LOG_ID_OFFSET = 8;
  private static final int ADDRESS_OFFSET = 16;
  private static final int LENGTH_OFFSET = 24;
  private static final int GENERATION_OFFSET = 28;
  private static final int DURABLE_OFFSET = 32;
  private static final int COMMIT_OFFSET = 40;
  private static final int RESERVED_OFFSET = 48;
  private static final int BODY_CHECKSUM_OFFSET = 56;
  private static final int CHECKSUM_OFFSET = 60;
  private static final int FLAGS_SHIFT = 16;
  private static final long FLAGS_MASK = 0xFFFF;
  private static final long VERSION_MASK = 0xFFFF;
  private static final long FIXED_MASK = ~(FLAGS_MASK << FLAGS_SHIFT | VERSION_MASK);
  private static final long FIXED = EntryHeader.of(EntryHeader.EXTENT, 0);

  private ExtentHeader() {}

  /**
   * Writes the header of an extent whose entries are complete; its first word last, by release, for
   * those who read the log's tail.
   *
   * @param at where it is
   * @param address its address
   * @param length of the extent
   * @param version of the log's format
   * @param identity whose log it is, and in which run
   * @param durableUntil what is committed
   * @param commit the number of the commit that ends with it, or 0 for none
   * @param checksum over the memory around it
   */
  static void seal(
      long at,
      long address,
      int length,
      int version,
      PageIdentity identity,
      long durableUntil,
      long commit,
      Checksum checksum) {
    long flags = commit == 0 ? 0 : COMMIT;
    long word = FIXED | flags << FLAGS_SHIFT | version;
    Memory.putLong(at + LOG_ID_OFFSET, identity.storeId());
    Memory.putLong(at + ADDRESS_OFFSET, address);
    Memory.putInt(at + LENGTH_OFFSET, length);
    Memory.putInt(at + GENERATION_OFFSET, identity.generationOf(blockOf(address)));
    Memory.putLong(at + DURABLE_OFFSET, durableUntil);
    Memory.putLong(at + COMMIT_OFFSET, commit);
    Memory.putLong(at + RESERVED_OFFSET, 0);
    Memory.putInt(at + BODY_CHECKSUM_OFFSET, checksum.of(at + BYTES, length - BYTES));
    Memory.putLongRelease(at, word);
    Memory.putInt(at + CHECKSUM_OFFSET, checksum.of(at, CHECKSUM_OFFSET));
  }

  /** The number by which {@link PageIdentity} knows the block at an address. */
  static long blockOf(long address) {
    return address / PageImage.BLOCK_BYTES;
  }

  /** Whether a word is the first of a header, of whatever version. */
  static boolean isHeader(long word) {
    return (word & FIXED_MASK) == FIXED;
  }

  static long address(long at) {
    return Memory.getLong(at + ADDRESS_OFFSET);
  }

  static long length(long at) {
    return Memory.getInt(at + LENGTH_OFFSET) & 0xFFFF_FFFFL;
  }

  static int generation(long at) {
    return Memory.getInt(at + GENERATION_OFFSET);
  }

  static long durableUntil(long at) {
    return Memory.getLong(at + DURABLE_OFFSET);
  }

  static long commit(long at) {
    return Memory.getLong(at + COMMIT_OFFSET);
  }

  static boolean isCommit(long at) {
    return (Memory.getLong(at) >>> FLAGS_SHIFT & COMMIT) != 0;
  }

  static int version(long at) {
    return (int) (Memory.getLong(at) & VERSION_MASK);
  }

  /**
   * What is wrong with a header; null if it is the one of this log at this address.
   *
   * @param at where it is
   * @param address where it should be
   * @param mostBytes what the extent can have at most
   * @param version of the log's format; extents may be of earlier ones
   * @param identity of the log
   * @param checksum over the memory around it
   */
  static String headerProblem(
      long at,
      long address,
      long mostBytes,
      int version,
      PageIdentity identity,
      Checksum checksum) {
    long word = Memory.getLong(at);
    if (!isHeader(word)) {
      return word == 0 ? "there is nothing where an extent should begin" : "no extent begins here";
    }
    int sum = checksum.of(at, CHECKSUM_OFFSET);
    if (sum != Memory.getInt(at + CHECKSUM_OFFSET)) {
      return "the checksum of the extent's header is "
          + Integer.toHexString(sum)
          + ", and says "
          + Integer.toHexString(Memory.getInt(at + CHECKSUM_OFFSET));
    }
    if (version(at) < LogFormat.OLDEST || version(at) > version) {
      return "the extent is of format " + version(at) + ", in a log of format " + version;
    }
    if (LogFormat.isStrict(version(at)) && hasMore(at)) {
      return "the extent's header has more than format " + version(at) + " knows";
    }
    if (Memory.getLong(at + LOG_ID_OFFSET) != identity.storeId()) {
      return "the extent is of log " + Long.toHexString(Memory.getLong(at + LOG_ID_OFFSET));
    }
    if (address(at) != address) {
      return "the extent is the one of address " + address(at);
    }
    int generation = identity.generationOf(blockOf(address));
    if (generation(at) != generation) {
      return "the extent is of generation " + generation(at) + ", not " + generation;
    }
    long length = length(at);
    if (length == 0 || length > mostBytes || !Alignment.isAligned(length, PageImage.BLOCK_BYTES)) {
      return "the extent says that it has " + length + " bytes, of at most " + mostBytes;
    }
    return null;
  }

  private static boolean hasMore(long at) {
    return (Memory.getLong(at) >>> FLAGS_SHIFT & FLAGS_MASK & ~COMMIT) != 0
        || Memory.getLong(at + RESERVED_OFFSET) != 0;
  }

  /** What is wrong with the bytes behind a header that has been checked; null if nothing is. */
  static String bodyProblem(long at, Checksum checksum) {
    int sum = checksum.of(at + BYTES, length(at) - BYTES);
    int said = Memory.getInt(at + BODY_CHECKSUM_OFFSET);
    return sum == said
        ? null
        : "the checksum of the extent's "
            + length(at)
            + " bytes is "
            + Integer.toHexString(sum)
            + ", and says "
            + Integer.toHexString(said);
  }
}
