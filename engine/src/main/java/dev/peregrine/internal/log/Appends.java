package dev.peregrine.internal.log;

import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.internal.record.NativeValue;
import dev.peregrine.log.EntryWriter;
import dev.peregrine.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * Appends entries. What fits a quarter of a page goes in one piece, which takes no lock: enter the
 * epoch, take space, copy, leave. Longer entries, and batches longer than half a page, are appended
 * while nobody else appends. Any thread.
 *
 * <p>Results are addresses, or {@link #BACK_PRESSURED}.
 */
public final class Appends {
  /** Nothing was appended: there is no space now. */
  public static final long BACK_PRESSURED = -1;

  private final LogCore core;
  private final LogShape shape;
  private final int pieceBytes;
  private final long commitBytes;

  Appends(LogCore core, LogShape shape) {
    this.core = core;
    this.shape = shape;
    this.pieceBytes = shape.pieceBytes();
    this.commitBytes = shape.commitBytes();
  }

  /** The longest entry that is in one piece. */
  public int pieceBytes() {
    return pieceBytes;
  }

  /**
   * Appends a part of a segment as an entry.
   *
   * @param waits whether to wait for space
   */
  public long append(MemorySegment source, long offset, long length, boolean waits) {
    if (length > pieceBytes) {
      return appendLong(source, offset, length, waits);
    }
    long size = EntryHeader.sizeOf(length);
    for (; ; ) {
      long slot = core.enter();
      try {
        long address = allocate((int) size);
        if (address >= 0) {
          copyIn(source, offset, (int) length, core.log().physical(address));
          return appended(address, size);
        }
      } finally {
        core.leave(slot);
      }
      if (!waits) {
        return BACK_PRESSURED;
      }
      awaitSpace();
    }
  }

  /** Appends an entry that somebody writes in place. */
  public long append(int length, EntryWriter writer, boolean waits) {
    long size = EntryHeader.sizeOf(length);
    for (; ; ) {
      long slot = core.enter();
      try {
        long address = allocate((int) size);
        if (address >= 0) {
          long at = core.log().physical(address);
          fill(writer, length, at, core.viewOf(slot));
          return appended(address, size);
        }
      } finally {
        core.leave(slot);
      }
      if (!waits) {
        return BACK_PRESSURED;
      }
      awaitSpace();
    }
  }

  /**
   * Appends entries that lie in memory as they do in the log, all or none.
   *
   * @param from the first header
   * @param bytes of all, long entries in pieces
   * @return the address of the first
   */
  public long appendBlock(long from, long bytes, boolean waits) {
    if (bytes > shape.blockBytes()) {
      return appendLongBlock(from, bytes, waits);
    }
    for (; ; ) {
      long slot = core.enter();
      try {
        long address = allocate((int) bytes);
        if (address >= 0) {
          Memory.copy(from, core.log().physical(address), bytes);
          return appended(address, bytes);
        }
      } finally {
        core.leave(slot);
      }
      if (!waits) {
        return BACK_PRESSURED;
      }
      awaitSpace();
    }
  }

  /** Takes space, unless somebody appends alone; inside the epoch. */
  private long allocate(int size) {
    core.requireWritable();
    return core.exclusive().isTaken() ? BACK_PRESSURED : core.log().allocate(size);
  }

  private void copyIn(MemorySegment source, long offset, int length, long at) {
    int kind = EntryHeader.VOID;
    try {
      Memory.copyIn(source, offset, at + EntryHeader.BYTES, length);
      Pauses.at(PausePoint.ENTRY_COPIED);
      kind = EntryHeader.ENTRY;
    } finally {
      Memory.putLongRelease(at, EntryHeader.of(kind, length));
    }
  }

  private void fill(EntryWriter writer, int length, long at, NativeValue view) {
    int kind = EntryHeader.VOID;
    try {
      writer.write(view.set(at + EntryHeader.BYTES, length));
      kind = EntryHeader.ENTRY;
    } finally {
      view.clear();
      Memory.putLongRelease(at, EntryHeader.of(kind, length));
    }
  }

  /** Inside the epoch. */
  private long appended(long address, long size) {
    if (address + size - core.commits().cuts().last() >= commitBytes) {
      core.commits().want(address + size - ExtentHeader.BYTES);
    }
    return address;
  }

  void awaitSpace() {
    core.commits().cutIfWanted();
    core.log().awaitSpace();
  }

  private long appendLong(MemorySegment source, long offset, long length, boolean waits) {
    if (!takeAlone(length, waits)) {
      return BACK_PRESSURED;
    }
    try {
      long first = -1;
      long done = 0;
      while (done < length) {
        boolean isFirst = first < 0;
        int head = isFirst ? EntryHeader.TOTAL_BYTES : 0;
        int piece = (int) Math.min(length - done, nextPieceBytes() - head);
        int kind =
            isFirst
                ? EntryHeader.FIRST
                : done + piece == length ? EntryHeader.LAST : EntryHeader.MIDDLE;
        long address = appendPiece(source, offset + done, piece, kind, length);
        first = isFirst ? address : first;
        done += piece;
      }
      return first;
    } finally {
      core.exclusive().giveBack();
      core.commits().cutIfWanted();
    }
  }

  /** What the rest of the page takes, if that is worth it, or else what the next page does. */
  private int nextPieceBytes() {
    long tail = core.log().tailAcquire();
    long rest = shape.pageBytes() - (tail & shape.pageBytes() - 1) - EntryHeader.BYTES;
    return rest < ExtentHeader.BYTES ? pieceBytes : (int) Math.min(rest, pieceBytes);
  }

  private long appendPiece(MemorySegment source, long offset, int bytes, int kind, long total) {
    int head = kind == EntryHeader.FIRST ? EntryHeader.TOTAL_BYTES : 0;
    long size = EntryHeader.sizeOf(head + bytes);
    for (; ; ) {
      long slot = core.enter();
      try {
        core.requireWritable();
        long address = core.log().allocate((int) size);
        if (address >= 0) {
          long at = core.log().physical(address);
          int written = EntryHeader.VOID;
          try {
            if (head > 0) {
              Memory.putLong(at + EntryHeader.BYTES, total);
            }
            Memory.copyIn(source, offset, at + EntryHeader.BYTES + head, bytes);
            written = kind;
          } finally {
            Memory.putLongRelease(at, EntryHeader.of(written, head + bytes));
          }
          return appended(address, size);
        }
      } finally {
        core.leave(slot);
      }
      core.log().awaitSpace();
    }
  }

  /** Entry by entry, since a block need not fit a page, and nobody else appends. */
  private long appendLongBlock(long from, long bytes, boolean waits) {
    if (!takeAlone(bytes, waits)) {
      return BACK_PRESSURED;
    }
    try {
      long first = -1;
      for (long done = 0; done < bytes; ) {
        long size = EntryHeader.sizeOf(EntryHeader.length(Memory.getLong(from + done)));
        long address = appendRaw(from + done, size);
        first = first < 0 ? address : first;
        done += size;
      }
      return first;
    } finally {
      core.exclusive().giveBack();
      core.commits().cutIfWanted();
    }
  }

  private long appendRaw(long from, long size) {
    for (; ; ) {
      long slot = core.enter();
      try {
        core.requireWritable();
        long address = core.log().allocate((int) size);
        if (address >= 0) {
          Memory.copy(from, core.log().physical(address), size);
          return appended(address, size);
        }
      } finally {
        core.leave(slot);
      }
      core.log().awaitSpace();
    }
  }

  private boolean takeAlone(long bytes, boolean waits) {
    if (waits) {
      core.exclusive().take();
      return true;
    }
    // A page more for what the ends of pages leave, and one for the page that the tail is in.
    long pages = bytes / (shape.pageBytes() - shape.pieceBytes()) + 2;
    if (pages >= shape.frameCount()) {
      throw new IllegalArgumentException(
          bytes + " bytes do not fit the log's memory at once: append them with waiting");
    }
    if (!core.exclusive().tryTake()) {
      return false;
    }
    if (core.log().hasFreePages(pages)) {
      return true;
    }
    core.exclusive().giveBack();
    core.log().signal();
    return false;
  }

  /**
   * Puts the consumers' positions in the log, if it has not all of them, before it is cut. Who
   * finds another at it waits for what that comes to.
   *
   * @return whether the log has all that were set before, below its tail; false if there is no
   *     space for them now
   */
  boolean appendPositions() {
    Consumers consumers = core.consumers();
    if (!consumers.isChanged()) {
      return true;
    }
    synchronized (this) {
      if (!consumers.isChanged()) {
        return true;
      }
      long slot = core.enter();
      try {
        // Inside: they are not set back between this and the append.
        byte[] positions = consumers.take();
        long address = allocate((int) EntryHeader.sizeOf(positions.length));
        if (address < 0) {
          return false;
        }
        consumers.setWritten();
        long at = core.log().physical(address);
        MemorySegment source = MemorySegment.ofArray(positions);
        Memory.copyIn(source, 0, at + EntryHeader.BYTES, positions.length);
        Memory.putLongRelease(at, EntryHeader.of(EntryHeader.POSITIONS, positions.length));
        return true;
      } finally {
        core.leave(slot);
      }
    }
  }
}
