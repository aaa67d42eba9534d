package dev.peregrine.internal.hlog;

import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.invoke.VarHandle;

/**
 * The block checksums of pages on the device, as many as a bounded memory holds: page {@code p} has
 * one slot that it can be in, and takes it from whoever has it.
 *
 * <pre>
 *   0          8            16            16 + 4 d
 *  +----------+------------+-------------+-----+
 *  | sequence | page + 1   | d checksums | pad |      a slot of a log with d data blocks a page
 *  +----------+------------+-------------+-----+
 * </pre>
 *
 * The sequence is odd while somebody writes the slot. A reader compares it before and after and
 * takes a change for a miss; who finds it odd does not write. What a page's table holds never
 * changes, so it does not matter who puts it.
 *
 * <p>Any thread; nobody waits.
 */
final class ChecksumTables implements AutoCloseable {
  /** The fewest slots. */
  static final int MIN_SLOTS = 8;

  private static final int PAGE_OFFSET = 8;
  private static final int TABLE_OFFSET = 16;
  private static final long WRITING = 1;

  private final int tableBytes;
  private final int slotBytes;
  private final long slotCount;
  private final long base;
  private final NativeRegion region;

  /**
   * @param pageBytes the log's page
   * @param bytes memory for the slots, at least {@link #minBytes}
   */
  ChecksumTables(int pageBytes, long bytes) {
    this(pageBytes, bytes, 0);
  }

  /** As the other, in zeroed memory that somebody else owns, unless it is 0. */
  ChecksumTables(int pageBytes, long bytes, long slots) {
    tableBytes = PageImage.tableBytes(pageBytes);
    slotBytes = slotBytes(pageBytes);
    slotCount = tableBytes == 0 ? 0 : bytes / slotBytes;
    region = slotCount == 0 || slots != 0 ? null : NativeRegion.reserve(slotCount * slotBytes);
    base = region == null ? slots : region.address();
  }

  /** The least memory that it works with: 0 for pages without data blocks. */
  static long minBytes(int pageBytes) {
    return PageImage.tableBytes(pageBytes) == 0 ? 0 : (long) MIN_SLOTS * slotBytes(pageBytes);
  }

  private static int slotBytes(int pageBytes) {
    return (int) Alignment.up(TABLE_OFFSET + PageImage.tableBytes(pageBytes), Long.BYTES);
  }

  /**
   * Copies the checksums of some blocks of a page.
   *
   * @param into takes them, from index 0 on; undefined after a miss
   * @return false if they are not here
   */
  boolean find(long page, int firstBlock, int count, int[] into) {
    if (slotCount == 0) {
      return false;
    }
    long slot = slot(page);
    // Pairs with the release in put.
    long sequence = Memory.getLongAcquire(slot);
    if ((sequence & WRITING) != 0 || Memory.getLong(slot + PAGE_OFFSET) != page + 1) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      into[i] = PageImage.blockChecksum(slot + TABLE_OFFSET, firstBlock + i);
    }
    // Keeps the loads above before the second look; pairs with the fence in put.
    VarHandle.loadLoadFence();
    return Memory.getLongOpaque(slot) == sequence;
  }

  /**
   * Puts a page's table in its slot, unless it is there or somebody else is writing the slot.
   *
   * @param table where the table is; not changed meanwhile
   */
  void put(long page, long table) {
    if (slotCount == 0) {
      return;
    }
    long slot = slot(page);
    long sequence = Memory.getLongAcquire(slot);
    if ((sequence & WRITING) != 0
        || Memory.getLong(slot + PAGE_OFFSET) == page + 1
        || !Memory.casLong(slot, sequence, sequence | WRITING)) {
      return;
    }
    VarHandle.storeStoreFence();
    Memory.putLong(slot + PAGE_OFFSET, page + 1);
    Memory.copy(table, slot + TABLE_OFFSET, tableBytes);
    Memory.putLongRelease(slot, (sequence | WRITING) + 1);
  }

  long bytes() {
    return region == null ? 0 : region.bytes();
  }

  @Override
  public void close() {
    if (region != null) {
      region.close();
    }
  }

  private long slot(long page) {
    return base + page % slotCount * slotBytes;
  }
}
