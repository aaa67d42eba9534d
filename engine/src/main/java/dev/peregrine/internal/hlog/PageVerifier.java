package dev.peregrine.internal.hlog;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.Device;
import dev.peregrine.memory.Checksum;

/**
 * Checks what has been read back from the device, block by block, before anybody looks at it. One
 * for each reader, with a native buffer of its own; one thread at a time.
 */
public final class PageVerifier {
  private final int pageBits;
  private final int pageBytes;
  private final int zoneBytes;
  private final int zoneOffset;
  private final int footerBytes;
  private final Device device;
  private final PageIdentity identity;
  private final int role;
  private final ChecksumTables tables;
  private final Checksum checksum;

  /**
   * @param pageBits log2 of the page size
   * @param device is named in errors
   * @param identity what pages must say that they are
   * @param tables the block checksums that are known, or null to keep none
   * @param checksum over the buffer that reads go to
   */
  PageVerifier(
      int pageBits,
      Device device,
      PageIdentity identity,
      ChecksumTables tables,
      Checksum checksum) {
    this(pageBits, device, identity, PageImage.IN_LOG, tables, checksum);
  }

  private PageVerifier(
      int pageBits,
      Device device,
      PageIdentity identity,
      int role,
      ChecksumTables tables,
      Checksum checksum) {
    this.pageBits = pageBits;
    this.pageBytes = 1 << pageBits;
    this.zoneBytes = PageImage.zoneBytes(pageBytes);
    this.zoneOffset = PageImage.zoneOffset(pageBytes);
    this.footerBytes = PageImage.footerBytes(pageBytes);
    this.device = device;
    this.identity = identity;
    this.role = role;
    this.tables = tables;
    this.checksum = checksum;
  }

  /**
   * Checks pages without a log; {@link #find} is not for it.
   *
   * @param pageBytes the page size
   * @param device is named in errors
   * @param identity what pages must say that they are
   * @param checksum over the buffer that reads go to
   */
  public static PageVerifier standalone(
      int pageBytes, Device device, PageIdentity identity, Checksum checksum) {
    return new PageVerifier(
        Integer.numberOfTrailingZeros(pageBytes), device, identity, null, checksum);
  }

  /** As {@link #standalone}, for pages of a snapshot. */
  public static PageVerifier ofSnapshot(
      int pageBytes, Device device, PageIdentity identity, Checksum checksum) {
    return new PageVerifier(
        Integer.numberOfTrailingZeros(pageBytes),
        device,
        identity,
        PageImage.IN_SNAPSHOT,
        null,
        checksum);
  }

  /**
   * Looks up the checksums that a range of data blocks must have.
   *
   * @param logicalAddress start of the first block
   * @param count how many, all of one page
   * @param into takes them
   * @return false if they are not known: read the zone first
   */
  public boolean find(long logicalAddress, int count, int[] into) {
    return tables.find(logicalAddress >>> pageBits, blockOf(logicalAddress), count, into);
  }

  /**
   * Checks a footer zone, and keeps the checksums that it brings.
   *
   * @param logicalAddress start of the zone
   * @param physicalAddress where it has been read to
   * @throws CorruptionException if it is not the one that was written last
   */
  public void requireZone(long logicalAddress, long physicalAddress) {
    long end = physicalAddress + zoneBytes;
    int sum = checksum.of(physicalAddress, PageImage.checkedZoneBytes(pageBytes));
    if (!PageImage.hasZoneChecksum(end, sum)) {
      throw damaged(
          logicalAddress,
          "the checksum of its "
              + zoneBytes
              + " bytes is "
              + hex(sum)
              + ", and says "
              + Long.toHexString(PageImage.zoneChecksum(end)));
    }
    long footer = end - footerBytes;
    long page = logicalAddress >>> pageBits;
    if (!PageImage.hasMagic(footer)) {
      throw damaged(logicalAddress, "it is no page of this format");
    }
    if (PageImage.storeId(footer) != identity.storeId()) {
      throw damaged(
          logicalAddress,
          "it is a page of store "
              + Long.toHexString(PageImage.storeId(footer))
              + ", not of "
              + Long.toHexString(identity.storeId()));
    }
    if (PageImage.page(footer) != page) {
      throw damaged(logicalAddress, "it is page " + PageImage.page(footer) + ", not " + page);
    }
    if (PageImage.role(footer) != role) {
      throw damaged(
          logicalAddress,
          role == PageImage.IN_LOG
              ? "it is a page of a snapshot, not of the log"
              : "it is a page of the log, not of a snapshot");
    }
    if (PageImage.generation(footer) != identity.generationOf(page)) {
      throw damaged(
          logicalAddress,
          "it was written in generation "
              + PageImage.generation(footer)
              + ", not in "
              + identity.generationOf(page));
    }
    if (tables != null) {
      tables.put(page, PageImage.tableAddress(footer));
    }
  }

  /**
   * Takes the checksums that a range of data blocks must have from a zone that has been checked.
   *
   * @param logicalAddress start of the first block
   * @param count how many, all of the zone's page
   * @param zone where the zone has been read to
   * @param into takes them
   */
  public void copyChecksums(long logicalAddress, int count, long zone, int[] into) {
    long table = PageImage.tableAddress(zone + zoneBytes - footerBytes);
    int first = blockOf(logicalAddress);
    for (int i = 0; i < count; i++) {
      into[i] = PageImage.blockChecksum(table, first + i);
    }
  }

  /**
   * Checks data blocks.
   *
   * @param logicalAddress start of the first
   * @param count how many
   * @param physicalAddress where they have been read to
   * @param expected their checksums
   * @throws CorruptionException if one is not what was written last
   */
  public void requireBlocks(long logicalAddress, int count, long physicalAddress, int[] expected) {
    for (int i = 0; i < count; i++) {
      long offset = (long) i * PageImage.BLOCK_BYTES;
      int sum = checksum.of(physicalAddress + offset, PageImage.BLOCK_BYTES);
      if (sum != expected[i]) {
        throw damaged(
            logicalAddress + offset,
            "the checksum of its "
                + PageImage.BLOCK_BYTES
                + " bytes is "
                + hex(sum)
                + ", and was "
                + hex(expected[i]));
      }
    }
  }

  /**
   * Checks a whole page.
   *
   * @param page its number
   * @param physicalAddress where it has been read to
   * @param scratch room for the checksums of its data blocks
   * @throws CorruptionException if a byte of it is not what was written last
   */
  public void requirePage(long page, long physicalAddress, int[] scratch) {
    long logicalAddress = page << pageBits;
    long zone = physicalAddress + zoneOffset;
    int blocks = blockOf(logicalAddress + zoneOffset);
    requireZone(logicalAddress + zoneOffset, zone);
    copyChecksums(logicalAddress, blocks, zone, scratch);
    requireBlocks(logicalAddress, blocks, physicalAddress, scratch);
  }

  /** The error of an address whose bytes are not what they should be. */
  public CorruptionException damaged(long logicalAddress, String reason) {
    return new CorruptionException(
        "the log is damaged at address "
            + logicalAddress
            + ", which is the offset on "
            + device.describe()
            + ": "
            + reason);
  }

  private int blockOf(long logicalAddress) {
    return (int) (logicalAddress & (pageBytes - 1)) / PageImage.BLOCK_BYTES;
  }

  private static String hex(int checksum) {
    return Integer.toHexString(checksum);
  }
}
