package dev.peregrine.internal.hlog;

import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;

/**
 * Hands out space at the log's end: one word, a fetch-and-add (FASTER, SIGMOD 2018, section 5.1).
 *
 * <pre>
 *   63 ......................... 16 + P   15 + P ................. 0
 *  +-------------------------------------+------------------------+
 *  | page                                | offset in the page     |      page size = 2^P
 *  +-------------------------------------+------------------------+
 * </pre>
 *
 * A page is full when the offset is where the {@linkplain PageFormat usable} part of it ends, or
 * past it. It has room for 65,535 adds of a whole page before it would touch the page half.
 * Everybody loads the word before adding and does not add to a full page, so each thread runs it
 * over at most once a page.
 *
 * <p>A full page is turned by a CAS of the whole word to the next page's start, by anyone who needs
 * space: no thread that stops in between holds the others up. It is turned only when the next
 * page's frame is free and zeroed, so the word never leads to bytes that others may still read. The
 * add of a thread that is late for the old page falls into the new one and is as good as any.
 */
final class TailAllocator {
  /** Result: the page is full and the next frame is not free yet. */
  static final long WAIT = -1;

  private static final int OFFSET_HEADROOM_BITS = 64 - LogAddress.BITS;

  private final long word;
  private final int pageBits;
  private final int pageShift;
  private final long usableBytes;
  private final int firstOffset;
  private final long firstAddress;
  private final long offsetMask;
  private final FrameGate gate;

  /** Says whether the frame for a page is free, and hears when it is taken. */
  interface FrameGate {
    /** Whether {@code page} may be opened; true stays true. */
    boolean isFree(long page);

    /** {@code page} has been opened; called once for it, inside the epoch. */
    void onOpened(long page);
  }

  /**
   * A log of the store's pages.
   *
   * @param pageBits log2 of the page size
   * @param firstAddress where the first allocation goes; at a page's start, that page is opened by
   *     it
   * @param gate is asked before a page is turned, and told after
   */
  TailAllocator(int pageBits, long firstAddress, FrameGate gate) {
    this(pageBits, firstAddress, gate, 0);
  }

  /** As the other, with the word in memory that somebody else owns, unless it is 0. */
  TailAllocator(int pageBits, long firstAddress, FrameGate gate, long wordAddress) {
    this(pageBits, new FooterFormat(1 << pageBits, null, null), firstAddress, gate, wordAddress);
  }

  /** As the others, for pages of any format. */
  TailAllocator(
      int pageBits, PageFormat format, long firstAddress, FrameGate gate, long wordAddress) {
    this.word =
        wordAddress != 0 ? wordAddress : NativeRegion.reserveFor(this, CacheLine.STRIDE_BYTES);
    this.pageBits = pageBits;
    this.pageShift = pageBits + OFFSET_HEADROOM_BITS;
    this.usableBytes = format.usableBytes();
    this.firstOffset = format.firstOffset();
    this.firstAddress = firstAddress;
    this.offsetMask = (1L << pageShift) - 1;
    this.gate = gate;
    boolean behindCut = Alignment.isAligned(firstAddress, PageImage.BLOCK_BYTES);
    Memory.putLongVolatile(word, behindCut ? wordBehind(firstAddress) : wordAt(firstAddress));
  }

  /**
   * Takes space inside one page.
   *
   * @param bytes at most {@link PageFormat#usableBytes}, a multiple of 8
   * @return its logical address, or {@link #WAIT}
   */
  long allocate(int bytes) {
    for (; ; ) {
      long seen = Memory.getLongAcquire(word);
      if ((seen & offsetMask) < usableBytes) {
        Pauses.at(PausePoint.TAIL_SEEN);
        long before = Memory.getAndAddLong(word, bytes);
        Pauses.at(PausePoint.TAIL_ADDED);
        long offset = before & offsetMask;
        if (offset + bytes <= usableBytes) {
          return (before >>> pageShift << pageBits) + offset;
        }
      } else if (!tryTurn(seen)) {
        return WAIT;
      }
    }
  }

  /** The end of the log: all space below has been handed out, and none from it on. */
  long tailAcquire() {
    return addressOf(Memory.getLongAcquire(word));
  }

  /**
   * Moves the tail to where the log can be {@linkplain PageImage#isCut cut}: the next block, or the
   * next page if there is none before the footer. Does nothing where it is there already, and to a
   * log that nothing has been allocated in. Others may allocate meanwhile.
   *
   * @return the cut: all space handed out before lies below it, all later space from it on
   */
  long padToBlock() {
    for (; ; ) {
      long seen = Memory.getLongAcquire(word);
      long address = addressOf(seen);
      long cut = Alignment.up(address, PageImage.BLOCK_BYTES);
      if (cut == address || address == firstAddress) {
        return address;
      }
      if ((cut & (1L << pageBits) - 1) >= usableBytes) {
        cut = Alignment.up(address, 1L << pageBits);
      }
      Pauses.at(PausePoint.TAIL_CUTTING);
      // Against adds and turns: fails if anything has been handed out since.
      if (Memory.casLong(word, seen, wordAt(cut))) {
        return cut;
      }
    }
  }

  /**
   * Cuts a log whose format leaves room behind each cut: moves the tail behind the next block, if
   * anything has been allocated since the cut before. Others may allocate meanwhile.
   *
   * @param lastCut what it gave last, or where the log began
   * @return the cut: all space handed out before lies below it, all later space above; {@code
   *     lastCut} if there is nothing between
   */
  long cutAfter(long lastCut) {
    for (; ; ) {
      long seen = Memory.getLongAcquire(word);
      long address = addressOf(seen);
      if (address <= lastCut + firstOffset) {
        return lastCut;
      }
      long cut = Alignment.up(address, PageImage.BLOCK_BYTES);
      Pauses.at(PausePoint.TAIL_CUTTING);
      // Against adds and turns, as in padToBlock.
      if (Memory.casLong(word, seen, wordBehind(cut))) {
        return cut;
      }
    }
  }

  /** The word for a tail behind a cut; at a page's end, the page's turn leaves the room. */
  private long wordBehind(long cut) {
    return Alignment.isAligned(cut, 1L << pageBits) && cut > 0
        ? wordAt(cut)
        : wordAt(cut + firstOffset);
  }

  private long addressOf(long seen) {
    long page = seen >>> pageShift;
    long offset = seen & offsetMask;
    return offset < usableBytes ? (page << pageBits) + offset : page + 1 << pageBits;
  }

  /** The word for a tail; at a page's start, it is that of the page before, full. */
  private long wordAt(long address) {
    long page = address >>> pageBits;
    long offset = address & (1L << pageBits) - 1;
    return offset == 0 && page > 0
        ? page - 1 << pageShift | usableBytes
        : page << pageShift | offset;
  }

  /** Turns the page if it can be turned; false if the next frame is not free. */
  private boolean tryTurn(long full) {
    long next = (full >>> pageShift) + 1;
    if (!gate.isFree(next)) {
      return false;
    }
    Pauses.at(PausePoint.TAIL_FULL);
    if (Memory.casLong(word, full, next << pageShift | firstOffset)) {
      Pauses.at(PausePoint.TAIL_TURNED);
      gate.onOpened(next);
    }
    return true;
  }
}
