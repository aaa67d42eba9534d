package dev.peregrine.device;

/**
 * A byte space that grows at its end and is truncated at its beginning.
 *
 * <p>It knows offsets and segments, and nothing of pages, records or epochs. All methods may be
 * called by any thread; transfers go through {@linkplain #openQueue queues}.
 */
public interface Device extends AutoCloseable {
  /**
   * Opens a queue.
   *
   * @param depth the most requests outstanding at once, 1 to 4096
   * @param mode which threads will use it
   * @throws DeviceException if the system refuses the resources
   */
  DeviceQueue openQueue(int depth, QueueMode mode);

  /**
   * The unit of alignment for offsets, addresses and lengths, and the unit of atomic overwriting.
   */
  int sectorBytes();

  /** The length of a segment file; no request crosses the edge between two of them. */
  long segmentBytes();

  /**
   * Makes sure that {@code [0, endOffset)} above the truncation point can be written: creates and
   * preallocates the segments that lack, and makes their names durable.
   *
   * @throws DeviceException for instance with {@code ENOSPC}; nothing written earlier is affected
   */
  void ensureCapacity(long endOffset);

  /**
   * Gives back the space of every segment that lies wholly below {@code offset}, durably. Reads
   * there fail afterwards; requests already enqueued complete. The last segment stays, or an empty
   * one takes its place, so that the beginning is remembered.
   */
  void truncateBefore(long offset);

  /** The first offset that has not been given back: 0, or a multiple of the segment length. */
  long beginOffset();

  /** The end of what can be written: 0, or a multiple of the segment length. */
  long endOffset();

  /**
   * Makes every write whose completion was delivered before this call durable.
   *
   * @throws DeviceException if that is not certain; the device then refuses further writes and
   *     syncs, because a later success would prove nothing
   */
  void sync();

  /** Whether what is written can be read back: false for a device that drops it. */
  default boolean keepsData() {
    return true;
  }

  /**
   * What it is, in one line for people: the kind, the path, and a cause where it is a fall-back.
   */
  String describe();

  /** Counts since the device was opened. */
  DeviceStats stats();

  /**
   * Closes the files. Queues must be closed first.
   *
   * @throws IllegalStateException if a queue is open
   */
  @Override
  void close();
}
