package dev.peregrine.internal.hlog;

import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;

/**
 * For each page in memory, the latest version in which one of its records was changed in place: a
 * word a frame. Any thread marks, inside the epoch; the worker resets, when nobody can be in the
 * page.
 */
final class ChangeMarks implements AutoCloseable {
  /** What {@link #get} says of a page that was only appended to. */
  static final long NONE = 0;

  private final NativeRegion region;
  private final long base;
  private final long frameMask;

  ChangeMarks(long frameCount) {
    this(frameCount, 0);
  }

  /** As the other, in zeroed memory that somebody else owns, unless it is 0. */
  ChangeMarks(long frameCount, long words) {
    region = words != 0 ? null : NativeRegion.reserve(bytesFor(frameCount));
    base = region == null ? words : region.address();
    frameMask = Alignment.nextPowerOfTwo(frameCount) - 1;
  }

  /** Native memory for the marks of a log. */
  static long bytesFor(long frameCount) {
    return Alignment.nextPowerOfTwo(frameCount) * Long.BYTES;
  }

  /**
   * Marks a page. One load, unless it is the page's first change in this version; a late mark of an
   * earlier version does not undo a later one.
   */
  void raise(long page, long version) {
    long word = word(page);
    long seen = Memory.getLongOpaque(word);
    while (seen < version && !Memory.casLong(word, seen, version)) {
      seen = Memory.getLongOpaque(word);
    }
  }

  /** The page's mark; complete once everybody of that version has left the epoch. */
  long get(long page) {
    return Memory.getLongAcquire(word(page));
  }

  /** Forgets a page that is closed; before {@code closedUntil} passes it. */
  void reset(long page) {
    Memory.putLongRelease(word(page), NONE);
  }

  @Override
  public void close() {
    if (region != null) {
      region.close();
    }
  }

  private long word(long page) {
    return base + (page & frameMask) * Long.BYTES;
  }
}
