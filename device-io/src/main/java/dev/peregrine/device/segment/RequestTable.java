package dev.peregrine.device.segment;

import dev.peregrine.device.DeviceException;

/**
 * The requests of one queue: a fixed table of slots, with a stack of the free ones and a FIFO of
 * those that finished without the help of the system.
 *
 * <p>Owned by the queue's thread; another thread may carry out a slot's request while the queue
 * hands the slot over and back with a happens-before edge. A slot's generation changes each time it
 * is freed, so that a completion that comes too late or twice is noticed. Nothing allocates after
 * the constructor.
 */
public final class RequestTable {
  private final long[] tokens;
  private final long[] deviceOffsets;
  private final long[] addresses;
  private final int[] lengths;
  private final int[] done;
  private final int[] errnos;
  private final int[] retries;
  private final int[] generations;
  private final boolean[] writes;
  private final Segment[] segments;
  private final DeviceException[] failures;
  private final int[] free;
  private int freeCount;
  private final int[] ready;
  private int readyHead;
  private int readyCount;

  RequestTable(int depth) {
    tokens = new long[depth];
    deviceOffsets = new long[depth];
    addresses = new long[depth];
    lengths = new int[depth];
    done = new int[depth];
    errnos = new int[depth];
    retries = new int[depth];
    generations = new int[depth];
    writes = new boolean[depth];
    segments = new Segment[depth];
    failures = new DeviceException[depth];
    free = new int[depth];
    ready = new int[depth];
    for (int slot = 0; slot < depth; slot++) {
      free[slot] = depth - 1 - slot;
    }
    freeCount = depth;
  }

  boolean isFull() {
    return freeCount == 0;
  }

  int inFlight() {
    return free.length - freeCount;
  }

  int take(boolean write, long deviceOffset, long address, int bytes, long token) {
    int slot = free[--freeCount];
    tokens[slot] = token;
    deviceOffsets[slot] = deviceOffset;
    addresses[slot] = address;
    lengths[slot] = bytes;
    done[slot] = 0;
    errnos[slot] = 0;
    retries[slot] = 0;
    writes[slot] = write;
    return slot;
  }

  void hold(int slot, Segment segment) {
    segments[slot] = segment;
  }

  /** Frees a slot and lets go of its segment. */
  void release(int slot) {
    Segment segment = segments[slot];
    segments[slot] = null;
    failures[slot] = null;
    generations[slot]++;
    free[freeCount++] = slot;
    if (segment != null) {
      segment.release();
    }
  }

  void fail(int slot, DeviceException failure) {
    failures[slot] = failure;
  }

  DeviceException failure(int slot) {
    return failures[slot];
  }

  void pushReady(int slot) {
    int tail = readyHead + readyCount++;
    ready[tail < ready.length ? tail : tail - ready.length] = slot;
  }

  boolean hasReady() {
    return readyCount > 0;
  }

  int popReady() {
    int slot = ready[readyHead];
    readyHead = readyHead + 1 == ready.length ? 0 : readyHead + 1;
    readyCount--;
    return slot;
  }

  long token(int slot) {
    return tokens[slot];
  }

  /** Whether the slot's request is a write. */
  public boolean isWrite(int slot) {
    return writes[slot];
  }

  /** Where in the device the slot's request begins. */
  public long deviceOffset(int slot) {
    return deviceOffsets[slot];
  }

  /** Where in memory the slot's request begins. */
  public long address(int slot) {
    return addresses[slot];
  }

  /** The whole length of the slot's request. */
  public int bytes(int slot) {
    return lengths[slot];
  }

  /** How many of its bytes have been transferred. */
  public int done(int slot) {
    return done[slot];
  }

  /** Sets how many of its bytes have been transferred. */
  public void setDone(int slot, int bytes) {
    done[slot] = bytes;
  }

  /** The error number of the slot's request, or 0. */
  public int errno(int slot) {
    return errnos[slot];
  }

  /** Sets the error number of the slot's request. */
  public void setErrno(int slot, int errno) {
    errnos[slot] = errno;
  }

  /** Counts one more retry of the slot's request, and returns how many there were. */
  public int countRetry(int slot) {
    return ++retries[slot];
  }

  /** The slot's generation. */
  public int generation(int slot) {
    return generations[slot];
  }

  /** Whether a slot waits for its outcome to be delivered. */
  public boolean isAnyReady() {
    return hasReady();
  }

  /** The number of slots. */
  public int depth() {
    return tokens.length;
  }

  /** The segment of the slot's request; held until it completes. */
  public Segment segment(int slot) {
    return segments[slot];
  }
}
