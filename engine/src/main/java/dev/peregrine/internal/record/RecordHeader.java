package dev.peregrine.internal.record;

import dev.peregrine.memory.Memory;

/**
 * The word that every record begins with.
 *
 * <pre>
 *    63       62       61        60      59 ... 56   55 ...... 49    48     47 .............. 0
 *  +---------+--------+---------+--------+----------+-----------+--------+--------------------+
 *  | present | valid  | tomb-   | sealed | version  | reserved  | read   | previous address   |
 *  |         |        | stone   |        | mod 16   |           | cache  | in the chain       |
 *  +---------+--------+---------+--------+----------+-----------+--------+--------------------+
 * </pre>
 *
 * <ul>
 *   <li>{@code present} is set in every header, so a zero word ends a page.
 *   <li>{@code valid} is clear while the record is being written and after it has lost the race for
 *       its index entry; scans step over it.
 *   <li>{@code tombstone}: the key has no value.
 *   <li>{@code sealed}: a newer version has been copied from this one; whoever wants to change it
 *       in place looks the key up again.
 *   <li>{@code version}: of the checkpoint the record belongs to.
 *   <li>{@code read cache}: the previous address is one of the read cache.
 * </ul>
 *
 * Before its index entry points to it, a record belongs to the thread that allocated it. Afterwards
 * only {@code tombstone} and {@code sealed} change, by fetch-and-or, and only in the mutable
 * region.
 */
public final class RecordHeader {
  /** Length in bytes. */
  public static final int BYTES = Long.BYTES;

  private static final long PRESENT = 1L << 63;
  private static final long VALID = 1L << 62;
  private static final long TOMBSTONE = 1L << 61;
  private static final long SEALED = 1L << 60;
  private static final int VERSION_SHIFT = 56;
  private static final long VERSION_MASK = 0xF;

  /** Versions that a header can tell apart. */
  public static final int VERSIONS = (int) VERSION_MASK + 1;

  private RecordHeader() {}

  /** The header of a record that is being written, or was given up. */
  public static long invalid() {
    return PRESENT;
  }

  /** The header of a record with a value. */
  public static long live(long previousAddress, long version) {
    return PRESENT | VALID | (version & VERSION_MASK) << VERSION_SHIFT | previousAddress;
  }

  /** The header of a record without one. */
  public static long tombstone(long previousAddress, long version) {
    return live(previousAddress, version) | TOMBSTONE;
  }

  /** Whether there is a record at all. */
  public static boolean isPresent(long header) {
    return (header & PRESENT) != 0;
  }

  /** Whether the record is complete and not given up. */
  public static boolean isValid(long header) {
    return (header & VALID) != 0;
  }

  /** Whether the key has no value. */
  public static boolean isTombstone(long header) {
    return (header & TOMBSTONE) != 0;
  }

  /** Whether a newer version has been copied from it. */
  public static boolean isSealed(long header) {
    return (header & SEALED) != 0;
  }

  /** The next older record of the chain, or {@link LogAddress#NONE}. */
  public static long previousAddress(long header) {
    return header & LogAddress.MASK;
  }

  /** The version, modulo 16. */
  public static long version(long header) {
    return header >>> VERSION_SHIFT & VERSION_MASK;
  }

  /** Deletes the record in place; returns the header before. */
  public static long setTombstone(long physicalAddress) {
    return Memory.getAndOrLong(physicalAddress, TOMBSTONE);
  }

  /** Refuses further changes in place. */
  public static void setSealed(long physicalAddress) {
    Memory.getAndOrLong(physicalAddress, SEALED);
  }
}
