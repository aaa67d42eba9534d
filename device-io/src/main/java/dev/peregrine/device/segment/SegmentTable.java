package dev.peregrine.device.segment;

import java.util.Arrays;

/**
 * The segments a device has: a run of numbers without gaps, growing at its end and truncated at its
 * beginning.
 *
 * <p>Any thread may call any method. {@link #acquire} takes no lock: it reads one snapshot, which
 * growth and truncation replace as a whole under this object's monitor.
 */
public abstract class SegmentTable {
  private record Snapshot(long first, Segment[] segments) {
    long end() {
      return first + segments.length;
    }
  }

  /** The most segments at a time: a bound for the table, not for the device's life. */
  public static final int MAX_SEGMENT_COUNT = 1 << 20;

  private final long segmentBytes;
  private final int shift;
  private volatile Snapshot snapshot;
  private boolean closed;

  /** A table that begins empty at segment 0. */
  protected SegmentTable(long segmentBytes) {
    TransferChecks.requireSegmentBytes(segmentBytes);
    this.segmentBytes = segmentBytes;
    this.shift = Long.numberOfTrailingZeros(segmentBytes);
    this.snapshot = new Snapshot(0, new Segment[0]);
  }

  /** Makes a segment, whole or not at all. */
  protected abstract Segment create(long number);

  /** Makes the names of segments created since the last call durable. */
  protected abstract void publishCreated();

  /** Takes the names of segments away, durably. Their space is given back by their last holder. */
  protected abstract void remove(Segment[] segments);

  /** Starts with segments that are there already, in order and without a gap. */
  protected final void adopt(long first, Segment[] segments) {
    snapshot = new Snapshot(first, segments);
  }

  /** The length of each segment. */
  public final long segmentBytes() {
    return segmentBytes;
  }

  /** Where the first segment begins. */
  public final long beginOffset() {
    return snapshot.first << shift;
  }

  /** Where the last segment ends. */
  public final long endOffset() {
    return snapshot.end() << shift;
  }

  /** The segments there are. */
  public final Segment[] segments() {
    return snapshot.segments.clone();
  }

  /**
   * The segment at an offset, held for the caller until {@link Segment#release}; null if the offset
   * is below the first or past the last.
   */
  final Segment acquire(long deviceOffset) {
    Snapshot now = snapshot;
    long index = (deviceOffset >>> shift) - now.first;
    if (index < 0 || index >= now.segments.length) {
      return null;
    }
    Segment segment = now.segments[(int) index];
    return segment.acquire() ? segment : null;
  }

  /** Creates the segments that lack below {@code endOffset}. */
  public final void ensureCapacity(long endOffset) {
    if (endOffset < 0) {
      throw new IllegalArgumentException("endOffset " + endOffset + " must not be negative");
    }
    if (endOffset > endOffset()) {
      grow((endOffset - 1 >>> shift) + 1);
    }
  }

  private synchronized void grow(long end) {
    requireOpen();
    Snapshot now = snapshot;
    if (end <= now.end()) {
      return;
    }
    if (end - now.first > MAX_SEGMENT_COUNT) {
      throw new IllegalArgumentException(
          "offset "
              + (end << shift)
              + " needs more than "
              + MAX_SEGMENT_COUNT
              + " segments of "
              + segmentBytes
              + " bytes: choose longer ones");
    }
    int missing = (int) (end - now.end());
    Segment[] segments = Arrays.copyOf(now.segments, now.segments.length + missing);
    int count = now.segments.length;
    try {
      while (count < segments.length) {
        segments[count] = create(now.first + count);
        count++;
      }
    } finally {
      if (count > now.segments.length) {
        publishCreated();
        snapshot = new Snapshot(now.first, Arrays.copyOf(segments, count));
      }
    }
  }

  /**
   * Removes the segments that lie wholly below {@code offset}. A table that would be left empty
   * grows by one segment first, so that its beginning is not forgotten.
   */
  public final void truncateBefore(long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset " + offset + " must not be negative");
    }
    if (offset >>> shift > snapshot.first) {
      shrink(offset);
    }
  }

  private synchronized void shrink(long offset) {
    requireOpen();
    long begin = Math.min(offset >>> shift, snapshot.end());
    if (begin == snapshot.end() && begin > snapshot.first) {
      grow(begin + 1);
    }
    Snapshot now = snapshot;
    int count = (int) Math.max(0, begin - now.first);
    if (count == 0) {
      return;
    }
    Segment[] removed = Arrays.copyOf(now.segments, count);
    snapshot = new Snapshot(begin, Arrays.copyOfRange(now.segments, count, now.segments.length));
    try {
      remove(removed);
    } finally {
      for (Segment segment : removed) {
        segment.release();
      }
    }
  }

  /** Lets go of all segments; their data stay. */
  public final synchronized void close() {
    closed = true;
    Snapshot now = snapshot;
    snapshot = new Snapshot(now.end(), new Segment[0]);
    for (Segment segment : now.segments) {
      segment.release();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the device is closed");
    }
  }
}
