package dev.peregrine.internal.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Entries of a log in memory, whose extents have no headers yet. */
class EntryCursorTest {
  private static final int PAGE_BYTES = 4 * PageImage.BLOCK_BYTES;
  private static final int LENGTH = 40;

  private final NativeRegion memory = NativeRegion.reserve(3L * PAGE_BYTES);
  private final EntryCursor cursor = new EntryCursor(new InMemory());

  @AfterEach
  void close() {
    cursor.close();
    memory.close();
  }

  @Test
  void shouldShowWhatFollowsWhenAPageWasCutBeforeItsFirstEntry() {
    long first = put(ExtentHeader.BYTES);
    long second = put(PAGE_BYTES + PageImage.BLOCK_BYTES + ExtentHeader.BYTES);
    long third = put(2L * PAGE_BYTES + ExtentHeader.BYTES);
    long limit = 3L * PAGE_BYTES;
    assertShows(first, limit);
    assertShows(second, limit);
    assertShows(third, limit);
    assertFalse(cursor.next(limit));
  }

  @Test
  void shouldShowWhatFollowsAnEmptyBlockWhenThePageIsNotFull() {
    long first = put(ExtentHeader.BYTES);
    long second = put(PAGE_BYTES + PageImage.BLOCK_BYTES + ExtentHeader.BYTES);
    long limit = second + EntryHeader.sizeOf(LENGTH);
    assertShows(first, limit);
    assertShows(second, limit);
    assertFalse(cursor.next(limit));
  }

  @Test
  void shouldWaitAtACutWhenNothingIsBehindItYet() {
    long first = put(ExtentHeader.BYTES);
    long cut = PageImage.BLOCK_BYTES;
    assertShows(first, cut + ExtentHeader.BYTES);
    assertFalse(cursor.next(cut + ExtentHeader.BYTES));
    assertEquals(cut, cursor.position());
    long second = put(cut + ExtentHeader.BYTES);
    assertShows(second, second + EntryHeader.sizeOf(LENGTH));
  }

  private void assertShows(long address, long limit) {
    assertTrue(cursor.next(limit));
    assertEquals(address, cursor.address());
    assertEquals(address, Memory.getLong(cursor.at()));
  }

  /** Puts an entry that tells its address. */
  private long put(long address) {
    long at = memory.address() + address;
    Memory.putLong(at + EntryHeader.BYTES, address);
    Memory.putLong(at, EntryHeader.of(EntryHeader.ENTRY, LENGTH));
    return address;
  }

  /** A log that is in memory as a whole. */
  private final class InMemory implements LogView {
    @Override
    public int pageBytes() {
      return PAGE_BYTES;
    }

    @Override
    public long maxEntryBytes() {
      return PAGE_BYTES;
    }

    @Override
    public long begin() {
      return ExtentHeader.BYTES;
    }

    @Override
    public VoidRanges voids() {
      return VoidRanges.NONE;
    }

    @Override
    public long storedUntil() {
      return 0;
    }

    @Override
    public boolean copyFromMemory(long address, long target, long bytes) {
      Memory.copy(memory.address() + address, target, bytes);
      return true;
    }

    @Override
    public ExtentReader newExtentReader() {
      return new ExtentReader(null, PAGE_BYTES, LogFormat.LATEST, null);
    }
  }
}
