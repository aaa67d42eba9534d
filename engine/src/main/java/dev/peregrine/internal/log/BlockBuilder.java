package dev.peregrine.internal.log;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Entries as they lie in the log, back to back in memory of its own. One thread at a time. */
public final class BlockBuilder implements AutoCloseable {
  private static final long FIRST_BYTES = 64 << 10;

  private final int pieceBytes;
  private final long maxEntryBytes;
  private NativeRegion region = NativeRegion.reserve(FIRST_BYTES);
  private long bytes;
  private int count;

  /**
   * @param pieceBytes the longest piece
   * @param maxEntryBytes the longest entry
   */
  public BlockBuilder(int pieceBytes, long maxEntryBytes) {
    this.pieceBytes = pieceBytes;
    this.maxEntryBytes = maxEntryBytes;
  }

  /**
   * Adds an entry.
   *
   * @throws IllegalArgumentException if it is too long
   */
  public void add(MemorySegment source, long offset, long length) {
    requireRange(source, offset, length, maxEntryBytes);
    long before = bytes;
    try {
      if (length <= pieceBytes) {
        addPiece(EntryHeader.ENTRY, source, offset, length, 0);
      } else {
        addPieces(source, offset, length);
      }
      count++;
    } catch (RuntimeException | Error e) {
      bytes = before;
      throw e;
    }
  }

  /** Refuses what is not of a segment, or too long. */
  public static void requireRange(MemorySegment source, long offset, long length, long most) {
    Objects.checkFromIndexSize(offset, length, source.byteSize());
    if (length > most) {
      throw new IllegalArgumentException(
          "an entry of " + length + " bytes is longer than maxEntryBytes " + most);
    }
  }

  private void addPieces(MemorySegment source, long offset, long length) {
    long done = 0;
    while (done < length) {
      boolean isFirst = done == 0;
      int head = isFirst ? EntryHeader.TOTAL_BYTES : 0;
      long piece = Math.min(length - done, pieceBytes - head);
      int kind = EntryHeader.MIDDLE;
      if (isFirst) {
        kind = EntryHeader.FIRST;
      } else if (done + piece == length) {
        kind = EntryHeader.LAST;
      }
      addPiece(kind, source, offset + done, piece, isFirst ? length : 0);
      done += piece;
    }
  }

  private void addPiece(int kind, MemorySegment source, long offset, long length, long total) {
    int head = kind == EntryHeader.FIRST ? EntryHeader.TOTAL_BYTES : 0;
    long size = EntryHeader.sizeOf(head + length);
    reserve(size);
    long at = region.address() + bytes;
    // The padding is what is left of an earlier use.
    Memory.putLong(at + size - Long.BYTES, 0);
    Memory.putLong(at, EntryHeader.of(kind, (int) (head + length)));
    if (head > 0) {
      Memory.putLong(at + EntryHeader.BYTES, total);
    }
    Memory.copyIn(source, offset, at + EntryHeader.BYTES + head, length);
    bytes += size;
  }

  private void reserve(long more) {
    if (bytes + more > region.bytes()) {
      NativeRegion larger = NativeRegion.reserve(Math.max(bytes + more, 2 * region.bytes()));
      Memory.copy(region.address(), larger.address(), bytes);
      region.close();
      region = larger;
    }
  }

  /** Where the first header is. */
  public long address() {
    return region.address();
  }

  /** Bytes of all entries, headers and padding included. */
  public long bytes() {
    return bytes;
  }

  /** How many entries. */
  public int count() {
    return count;
  }

  /** Takes all out. */
  public void clear() {
    bytes = 0;
    count = 0;
  }

  @Override
  public void close() {
    clear();
    region.close();
  }
}
