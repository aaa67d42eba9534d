package dev.peregrine.device;

/**
 * A request that a {@link SimulatedQueue} has started: what is left of it, and when it goes on. Not
 * thread-safe: the {@link SimulatedMachine} guards it.
 */
final class SimulatedRequest {
  private final int slot;
  private final SimulatedSegment segment;
  private final long deviceOffset;

  /** What is written, as it was when the request was started; null for a read. */
  private final byte[] data;

  private int doneBytes;
  private long due;
  private boolean begun;
  private boolean overtaken;

  SimulatedRequest(int slot, SimulatedSegment segment, long deviceOffset, byte[] data, long due) {
    this.slot = slot;
    this.segment = segment;
    this.deviceOffset = deviceOffset;
    this.data = data;
    this.due = due;
  }

  int slot() {
    return slot;
  }

  boolean isWrite() {
    return data != null;
  }

  /** The poll of its queue at which its next step is taken. */
  long due() {
    return due;
  }

  void postponeTo(long poll) {
    due = poll;
  }

  /** Where its next step begins. */
  long nextOffset() {
    return deviceOffset + doneBytes;
  }

  int doneBytes() {
    return doneBytes;
  }

  void advance(int bytes) {
    doneBytes += bytes;
  }

  /** Whether this is its first step; true once. */
  boolean begins() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  /** Whether a later one overtakes it for the first time; true once. */
  boolean isOvertaken() {
    boolean first = !overtaken;
    overtaken = true;
    return first;
  }

  /** Reads a part of what is left. */
  void read(long address, int bytes) {
    segment.read(nextOffset(), address, bytes);
  }

  /** Writes a part of what is left. */
  void land(int bytes) {
    segment.write(nextOffset(), data, doneBytes, bytes);
  }

  /** Writes all that is left; of a read, nothing. */
  void landRest() {
    if (isWrite()) {
      land(data.length - doneBytes);
    }
  }
}
