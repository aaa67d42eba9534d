package dev.peregrine.internal.log;

import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;

/**
 * A durable mark: up to where the log was durable at some time. A block of the device of marks,
 * which is written anew as a whole; one that is torn is none.
 *
 * <pre>
 *   0           8        16           24              32              40         48      4096
 *  +-----------+--------+------------+---------------+---------------+----------+-------+
 *  | "PRGRMARK"| log id | generation | durable until | commit number | CRC32C   | zeros |
 *  |           |        |            |               |               | of 0..39 |       |
 *  +-----------+--------+------------+---------------+---------------+----------+-------+
 * </pre>
 */
final class MarkSlot {
  /** Length of a slot. */
  static final int BYTES = PageImage.BLOCK_BYTES;

  /** "PRGRMARK". */
  private static final long MAGIC = 0x4B52_414D_5247_5250L;

  private static final int LOG_ID_OFFSET = 8;
  private static final int GENERATION_OFFSET = 16;
  private static final int DURABLE_OFFSET = 24;
  private static final int COMMIT_OFFSET = 32;
  private static final int CHECKSUM_OFFSET = 40;

  private MarkSlot() {}

  /** Writes a slot, whose rest is zero. */
  static void seal(
      long at, PageIdentity identity, long durableUntil, long commit, Checksum checksum) {
    Memory.putLong(at, MAGIC);
    Memory.putLong(at + LOG_ID_OFFSET, identity.storeId());
    Memory.putLong(at + GENERATION_OFFSET, identity.generation());
    Memory.putLong(at + DURABLE_OFFSET, durableUntil);
    Memory.putLong(at + COMMIT_OFFSET, commit);
    Memory.putLong(at + CHECKSUM_OFFSET, sum(at, checksum));
  }

  private static long sum(long at, Checksum checksum) {
    return checksum.of(at, CHECKSUM_OFFSET) & 0xFFFF_FFFFL;
  }

  /** Whether nothing was written there. */
  static boolean isEmpty(long at) {
    return Memory.getLong(at) == 0 && Memory.getLong(at + CHECKSUM_OFFSET) == 0;
  }

  /** Whether a slot is whole, and this log's. */
  static boolean isGood(long at, PageIdentity identity, Checksum checksum) {
    return Memory.getLong(at) == MAGIC
        && Memory.getLong(at + CHECKSUM_OFFSET) == sum(at, checksum)
        && Memory.getLong(at + LOG_ID_OFFSET) == identity.storeId();
  }

  static long generation(long at) {
    return Memory.getLong(at + GENERATION_OFFSET);
  }

  static long durableUntil(long at) {
    return Memory.getLong(at + DURABLE_OFFSET);
  }
}
