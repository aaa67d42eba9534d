package dev.peregrine.internal.log;

import dev.peregrine.CorruptionException;
import dev.peregrine.MisuseException;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;

/**
 * Walks over the entries of a log in order, in memory or on the device. What it shows lies in a
 * buffer of its own, and stays as it is until it moves on. One thread at a time.
 */
public final class EntryCursor implements AutoCloseable {
  private static final long MIN_LONG_BYTES = 4096;
  private static final int END = 0;
  private static final int GAP = -1;
  private static final int RAW = -2;

  private final LogView log;
  private final int pageBytes;
  private final int windowBytes;
  private final NativeRegion window;
  private final ExtentReader extents;

  /** Where the next header is looked for. */
  private long position = ExtentHeader.BYTES;

  /** The part of the log that lies at {@code windowAt}. */
  private long windowStart;

  private long windowEnd;
  private long windowAt;

  /** The header at hand. */
  private long rawAddress;

  private long rawWord;

  /** The entry at hand. */
  private long entryAddress;

  private long entryAt;
  private long entryLength;

  /** An entry of several pieces, put together. */
  private NativeRegion pieces;

  EntryCursor(LogView log) {
    this.log = log;
    this.pageBytes = log.pageBytes();
    this.windowBytes = pageBytes / 2;
    this.window = NativeRegion.reserve(windowBytes);
    this.extents = log.newExtentReader();
  }

  static long bytesFor(int pageBytes) {
    return pageBytes / 2 + PageReads.bytesFor(pageBytes);
  }

  /** What it takes beside, to put an entry of several pieces together. */
  static long longBytesFor(long entryBytes) {
    return Alignment.up(Math.max(entryBytes, MIN_LONG_BYTES), MIN_LONG_BYTES);
  }

  /** Where it goes on: behind the entry at hand. */
  public long position() {
    return position;
  }

  /** The address of the entry at hand. */
  public long address() {
    return entryAddress;
  }

  /** Where its bytes are, in native memory. */
  public long at() {
    return entryAt;
  }

  /** How many they are. */
  public long length() {
    return entryLength;
  }

  /**
   * Goes to an address.
   *
   * @param address where an entry begins, or the one before ends
   * @param limit up to where the log can be read
   * @throws IllegalArgumentException if it is neither
   */
  public void seek(long address, long limit) {
    if (address < log.begin() || address > limit + ExtentHeader.BYTES) {
      throw new IllegalArgumentException(
          "address " + address + " is outside of the log, " + log.begin() + " to " + limit);
    }
    position = Math.max(Alignment.down(address, pageBytes), ExtentHeader.BYTES);
    while (position < address && address < limit && step(limit) != END) {
      continue;
    }
    if (position != address && address < limit) {
      throw new IllegalArgumentException("no entry begins or ends at address " + address);
    }
    position = address;
  }

  /** Goes on from an address that is known to be good. */
  void moveTo(long address) {
    position = address;
  }

  /**
   * Moves to the next entry.
   *
   * @param limit up to where the log is complete
   * @return false if there is none below it; the position stays before an entry that is there in
   *     part
   * @throws CorruptionException if the log is damaged
   */
  public boolean next(long limit) {
    while (nextRaw(limit)) {
      int kind = EntryHeader.kind(rawWord);
      if (kind == EntryHeader.ENTRY) {
        entryAddress = rawAddress;
        entryAt = windowAt + (rawAddress - windowStart) + EntryHeader.BYTES;
        entryLength = EntryHeader.length(rawWord);
        return true;
      }
      if (kind == EntryHeader.FIRST) {
        long first = rawAddress;
        int last = collect(limit);
        if (last == EntryHeader.LAST) {
          return true;
        }
        if (last == END) {
          position = first;
          return false;
        }
      }
    }
    return false;
  }

  /** Puts the pieces of an entry together; gives the kind of what ended it, or END. */
  private int collect(long limit) {
    long first = rawAddress;
    long at = windowAt + (rawAddress - windowStart) + EntryHeader.BYTES;
    long length = EntryHeader.length(rawWord);
    long total = length < EntryHeader.TOTAL_BYTES ? -1 : Memory.getLong(at);
    long collected = length - EntryHeader.TOTAL_BYTES;
    if (total < collected) {
      throw damaged(first, "a long entry says that it has " + total + " bytes");
    }
    if (total > log.maxEntryBytes()) {
      position = first;
      throw new MisuseException(
          "the entry at address "
              + first
              + " has "
              + total
              + " bytes; the log was opened to read at most "
              + log.maxEntryBytes()
              + ": open it with more maxEntryBytes");
    }
    reservePieces(total);
    Memory.copy(at + EntryHeader.TOTAL_BYTES, pieces.address(), collected);
    long before = position;
    while (nextRaw(limit)) {
      int kind = EntryHeader.kind(rawWord);
      if (kind != EntryHeader.MIDDLE && kind != EntryHeader.LAST) {
        // It was given up; what comes now stands for itself.
        position = before;
        return kind;
      }
      length = EntryHeader.length(rawWord);
      if (length > total - collected) {
        throw damaged(first, "a long entry has more than its " + total + " bytes");
      }
      at = windowAt + (rawAddress - windowStart) + EntryHeader.BYTES;
      Memory.copy(at, pieces.address() + collected, length);
      collected += length;
      if (kind == EntryHeader.LAST) {
        if (collected != total) {
          throw damaged(first, "a long entry has " + collected + " bytes of " + total);
        }
        entryAddress = first;
        entryAt = pieces.address();
        entryLength = total;
        return kind;
      }
      before = position;
    }
    return END;
  }

  private void reservePieces(long bytes) {
    if (pieces != null && pieces.bytes() < bytes) {
      pieces.close();
      pieces = null;
    }
    if (pieces == null) {
      pieces = NativeRegion.reserve(longBytesFor(bytes));
    }
  }

  /** Moves behind the next header of an entry, of whatever kind. */
  private boolean nextRaw(long limit) {
    int step = step(limit);
    while (step == GAP) {
      step = step(limit);
    }
    return step == RAW;
  }

  /** Moves over one header, or a gap, or to the end. */
  private int step(long limit) {
    long skipped = log.voids().skip(position);
    if (skipped != position) {
      position = skipped;
      return GAP;
    }
    if (position >= limit) {
      return END;
    }
    long pageEnd = Alignment.down(position, pageBytes) + pageBytes;
    long word = wordAt(position, limit);
    if (!Alignment.isAligned(position, PageImage.BLOCK_BYTES)) {
      if (word != 0) {
        return takeRaw(word, limit, pageEnd);
      }
      position = Alignment.up(position, PageImage.BLOCK_BYTES);
      return GAP;
    }
    if (word != 0 && !ExtentHeader.isHeader(word)) {
      return takeRaw(word, limit, pageEnd);
    }
    long behind = position + ExtentHeader.BYTES;
    if (word == 0 && (behind >= Math.min(limit, pageEnd) || wordAt(behind, limit) == 0)) {
      long next = position + PageImage.BLOCK_BYTES;
      if (limit < next) {
        return END;
      }
      // Nothing is in this block; there may be in the next: a page can be cut between its turn and
      // the first allocation in it, and its extents have no headers before they are written.
      position = next;
    } else {
      position = behind;
    }
    return GAP;
  }

  private int takeRaw(long word, long limit, long pageEnd) {
    long size = EntryHeader.sizeOf(EntryHeader.length(word));
    if (!EntryHeader.isEntry(word) || size > Math.min(limit, pageEnd) - position) {
      throw damaged(position, "there is no entry, but " + Long.toHexString(word));
    }
    if (windowEnd - position < size) {
      fill(position, limit);
    }
    rawAddress = position;
    rawWord = word;
    position += size;
    return RAW;
  }

  private long wordAt(long address, long limit) {
    if (address < windowStart || address >= windowEnd) {
      fill(address, limit);
    }
    return Memory.getLong(windowAt + (address - windowStart));
  }

  /** Has the window begin at an address, or around it. */
  private void fill(long address, long limit) {
    long page = Alignment.down(address, pageBytes);
    long end = Math.min(limit, page + pageBytes);
    long bytes = Math.min(end - address, windowBytes);
    windowEnd = windowStart;
    if (log.copyFromMemory(address, window.address(), bytes)) {
      windowStart = address;
      windowEnd = address + bytes;
      windowAt = window.address();
      return;
    }
    long stored = log.storedUntil();
    windowAt = extents.read(page, Math.min(stored, page + pageBytes), stored);
    windowStart = page;
    windowEnd = end;
  }

  /** Forgets what it has read of the log. */
  void forget() {
    windowEnd = windowStart;
  }

  private CorruptionException damaged(long address, String reason) {
    return new CorruptionException("the log is damaged at address " + address + ": " + reason);
  }

  @Override
  public void close() {
    extents.close();
    window.close();
    if (pieces != null) {
      pieces.close();
    }
  }
}
