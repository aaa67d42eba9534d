package dev.peregrine.internal.hlog;

import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;

/**
 * A page as it is on the device: records, then a footer that says what page it is and proves every
 * byte. What the descriptor calls a block is 4 KiB, the unit in which bytes are checked, read back
 * and cut.
 *
 * <pre>
 *   0            4096                    zone           usable                               page
 *  +------------+-----+-----------------+--------------+-----------------------------------------+
 *  | block 0    | ... | block d - 1     | records go on| footer                                  |
 *  +------------+-----+-----------------+--------------+-----------------------------------------+
 *   data blocks, each with a checksum    the footer zone: whole blocks, with one checksum
 *
 *  footer:
 *   0                  8          16            24           28         32                    end
 *  +------------------+----------+-------------+------------+----------+-----------+-----+--------+
 *  | magic, version   | store id | page number | generation | role     | checksum  | pad | zone's |
 *  |                  |          |             |            |          | of each   | to  | check- |
 *  |                  |          |             |            |          | data block| 8   | sum    |
 *  +------------------+----------+-------------+------------+----------+-----------+-----+--------+
 * </pre>
 *
 * A checksum is CRC32C: 4 bytes for a data block; for the zone 8 bytes, zero-extended, over all
 * bytes of the zone before it. There are as many data blocks as leave room for the footer; a page
 * of 4 KiB has none, and is all zone. The generation is that of the run of the store that wrote the
 * footer. The role is 0 for a page in its place in the log, and 1 for one in a snapshot, whose
 * records may have been changed since: so neither is taken for the other.
 *
 * <p>{@code footer} arguments are the physical address of the footer, in a frame or in a buffer.
 */
public final class PageImage {
  /** The unit of checksums, verified reads and cuts: 4 KiB. */
  public static final int BLOCK_BYTES = 4096;

  private static final int MAGIC_OFFSET = 0;
  private static final int STORE_ID_OFFSET = 8;
  private static final int PAGE_OFFSET = 16;
  private static final int GENERATION_OFFSET = 24;
  private static final int ROLE_OFFSET = 28;
  private static final int TABLE_OFFSET = 32;
  private static final int CHECKSUM_BYTES = Integer.BYTES;
  private static final int ZONE_CHECKSUM_BYTES = Long.BYTES;
  private static final int WORD_BYTES = Long.BYTES;
  private static final long CHECKSUM_MASK = 0xFFFF_FFFFL;

  /** "PRGRN" in the upper bytes, then the version of the format. */
  private static final long MAGIC = 0x5052_4752_4E00_0001L;

  /** The role of a page in its place in the log. */
  static final int IN_LOG = 0;

  /** The role of a page in a snapshot. */
  static final int IN_SNAPSHOT = 1;

  private PageImage() {}

  /** Data blocks of a page: those before the zone. */
  public static int dataBlocks(int pageBytes) {
    int blocks = (pageBytes - TABLE_OFFSET - ZONE_CHECKSUM_BYTES) / (BLOCK_BYTES + CHECKSUM_BYTES);
    while (blocks * BLOCK_BYTES + footerBytesFor(blocks) > pageBytes) {
      blocks--;
    }
    return blocks;
  }

  /** Length of the footer of a page. */
  public static int footerBytes(int pageBytes) {
    return footerBytesFor(dataBlocks(pageBytes));
  }

  /** Bytes of a page that records can take, from its start on; the longest record. */
  public static int usableBytes(int pageBytes) {
    return pageBytes - footerBytes(pageBytes);
  }

  /** Where the zone begins in a page. */
  public static int zoneOffset(int pageBytes) {
    return dataBlocks(pageBytes) * BLOCK_BYTES;
  }

  /** Length of the zone. */
  public static int zoneBytes(int pageBytes) {
    return pageBytes - zoneOffset(pageBytes);
  }

  /**
   * Whether the log can be cut at an address: the start of a block that is checked by itself, or
   * the end of such a one.
   */
  public static boolean isCut(long logicalAddress, int pageBytes) {
    return Alignment.isAligned(logicalAddress, BLOCK_BYTES)
        && (logicalAddress & (pageBytes - 1)) <= zoneOffset(pageBytes);
  }

  /** Length of the table of block checksums, without padding. */
  static int tableBytes(int pageBytes) {
    return dataBlocks(pageBytes) * CHECKSUM_BYTES;
  }

  /** Where the table is. */
  static long tableAddress(long footer) {
    return footer + TABLE_OFFSET;
  }

  /** The checksum of a data block in a table. */
  static int blockChecksum(long table, int block) {
    return Memory.getInt(table + (long) block * CHECKSUM_BYTES);
  }

  static void putBlockChecksum(long table, int block, int checksum) {
    Memory.putInt(table + (long) block * CHECKSUM_BYTES, checksum);
  }

  /** Writes all but the table and the zone's checksum, of a page of the log. */
  static void putIdentity(long footer, long storeId, long page, int generation) {
    Memory.putLong(footer + MAGIC_OFFSET, MAGIC);
    Memory.putLong(footer + STORE_ID_OFFSET, storeId);
    Memory.putLong(footer + PAGE_OFFSET, page);
    Memory.putInt(footer + GENERATION_OFFSET, generation);
    Memory.putInt(footer + ROLE_OFFSET, IN_LOG);
  }

  /** Whether the footer is one of this format and version. */
  static boolean hasMagic(long footer) {
    return Memory.getLong(footer + MAGIC_OFFSET) == MAGIC;
  }

  static long storeId(long footer) {
    return Memory.getLong(footer + STORE_ID_OFFSET);
  }

  static long page(long footer) {
    return Memory.getLong(footer + PAGE_OFFSET);
  }

  static int generation(long footer) {
    return Memory.getInt(footer + GENERATION_OFFSET);
  }

  static int role(long footer) {
    return Memory.getInt(footer + ROLE_OFFSET);
  }

  /** Bytes of the zone that its checksum covers. */
  static int checkedZoneBytes(int pageBytes) {
    return zoneBytes(pageBytes) - ZONE_CHECKSUM_BYTES;
  }

  /** Writes the checksum of the zone that ends at {@code end}. */
  static void putZoneChecksum(long end, int checksum) {
    Memory.putLong(end - ZONE_CHECKSUM_BYTES, checksum & CHECKSUM_MASK);
  }

  /** Whether the zone that ends at {@code end} says that its checksum is this. */
  static boolean hasZoneChecksum(long end, int checksum) {
    return zoneChecksum(end) == (checksum & CHECKSUM_MASK);
  }

  /** What the zone that ends at {@code end} says that its checksum is. */
  static long zoneChecksum(long end) {
    return Memory.getLong(end - ZONE_CHECKSUM_BYTES);
  }

  /** The checksum of a sealed page's zone, which proves all of the page. */
  public static int pageChecksum(long page, int pageBytes) {
    return (int) zoneChecksum(page + pageBytes);
  }

  /**
   * Makes a page of the log out of one of a snapshot, whose checksums hold.
   *
   * @param page where it is
   * @param generation of the run that puts it into the log
   * @param checksum over the memory around it
   */
  public static void moveToLog(long page, int pageBytes, int generation, Checksum checksum) {
    long end = page + pageBytes;
    long footer = end - footerBytes(pageBytes);
    Memory.putInt(footer + GENERATION_OFFSET, generation);
    Memory.putInt(footer + ROLE_OFFSET, IN_LOG);
    int sum = checksum.of(page + zoneOffset(pageBytes), checkedZoneBytes(pageBytes));
    putZoneChecksum(end, sum);
  }

  /**
   * Writes the whole footer of a page of a snapshot whose records are complete.
   *
   * @param page where it is
   * @param checksum over the memory around it
   */
  static void seal(
      long page, int pageBytes, long storeId, long number, int generation, Checksum checksum) {
    long end = page + pageBytes;
    long footer = end - footerBytes(pageBytes);
    putIdentity(footer, storeId, number, generation);
    Memory.putInt(footer + ROLE_OFFSET, IN_SNAPSHOT);
    for (int block = 0; block < dataBlocks(pageBytes); block++) {
      int sum = checksum.of(page + (long) block * BLOCK_BYTES, BLOCK_BYTES);
      putBlockChecksum(tableAddress(footer), block, sum);
    }
    int sum = checksum.of(page + zoneOffset(pageBytes), checkedZoneBytes(pageBytes));
    putZoneChecksum(end, sum);
  }

  private static int footerBytesFor(int dataBlocks) {
    return (int) Alignment.up(TABLE_OFFSET + (long) dataBlocks * CHECKSUM_BYTES, WORD_BYTES)
        + ZONE_CHECKSUM_BYTES;
  }
}
