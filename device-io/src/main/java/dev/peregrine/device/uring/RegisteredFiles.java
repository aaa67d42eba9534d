package dev.peregrine.device.uring;

import dev.peregrine.device.segment.SegmentFile;
import dev.peregrine.posix.DirectFile;
import java.util.Arrays;

/**
 * The files that one ring knows by index, which spares the kernel a look-up and a reference count
 * at each request.
 *
 * <p>Owned by the ring's user. Direct-mapped: a segment has one possible index, and a new one puts
 * an old one out. Files come in when they are first used, so that segments may appear at any time.
 */
final class RegisteredFiles {
  /** The answer for a file that is not registered. */
  static final int NONE = -1;

  private static final int SLOT_COUNT = 256;
  private static final int SLOT_MASK = SLOT_COUNT - 1;
  private static final long EMPTY = -1;

  private final Ring ring;
  private final long[] numbers = new long[SLOT_COUNT];
  private boolean enabled;

  /**
   * An empty table.
   *
   * @param held a file that no request is for: the ring keeps it open until it is gone itself; may
   *     be null
   */
  RegisteredFiles(Ring ring, DirectFile held) {
    this.ring = ring;
    Arrays.fill(numbers, EMPTY);
    enabled = ring.registerFileTable(SLOT_COUNT + 1);
    if (enabled && held != null) {
      // A kernel that refuses it lets go of the file with the process.
      var _ = ring.registerFile(SLOT_COUNT, held.fd());
    }
  }

  /** Whether the segment's index is taken by another, which entries not yet submitted may mean. */
  boolean wouldEvict(SegmentFile segment) {
    long held = numbers[(int) segment.number() & SLOT_MASK];
    return enabled && held != EMPTY && held != segment.number();
  }

  /** The index of a segment's file, registered now if need be, or {@link #NONE}. */
  int indexOf(SegmentFile segment) {
    int index = (int) segment.number() & SLOT_MASK;
    if (numbers[index] == segment.number()) {
      return index;
    }
    if (!enabled) {
      return NONE;
    }
    if (!ring.registerFile(index, segment.file().fd())) {
      // Forget all: an index that may mean another file is worse than none.
      enabled = false;
      Arrays.fill(numbers, EMPTY);
      return NONE;
    }
    numbers[index] = segment.number();
    return index;
  }
}
