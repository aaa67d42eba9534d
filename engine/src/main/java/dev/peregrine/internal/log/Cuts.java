package dev.peregrine.internal.log;

import dev.peregrine.internal.hlog.HybridLog;

/**
 * Where the log has been cut for commits that are not finished: made by who commits, read by the
 * log's worker to end extents there, and taken by the committer when they are durable. A bounded
 * ring.
 *
 * <p>A cut moves the tail and is listed under one lock, which the worker takes to end an extent: so
 * what the worker finds frozen has all its cuts listed. Any thread.
 */
final class Cuts {
  /** The most that are not durable: one that is written while the other is synced. */
  static final int CAPACITY = 2;

  private static final long NONE = -1;

  private final long[] addresses = new long[CAPACITY];
  private final long[] numbers = new long[CAPACITY];
  private int oldest;
  private int count;
  private long lastNumber;

  /** Written under the lock; read without it to see whether a cut is needed. */
  private volatile long last;

  /** Written under the lock; read without it to see whether there is something to sync. */
  private volatile long first = Long.MAX_VALUE;

  /**
   * @param last where the log ends
   * @param lastNumber the number of the commit before
   */
  Cuts(long last, long lastNumber) {
    this.last = last;
    this.lastNumber = lastNumber;
  }

  /** The latest cut. */
  long last() {
    return last;
  }

  /** The oldest cut that is not durable; {@link Long#MAX_VALUE} for none. */
  long first() {
    return first;
  }

  /** Whether there is no room for another. */
  synchronized boolean isFull() {
    return count == CAPACITY;
  }

  /** Whether there is none. */
  synchronized boolean isEmpty() {
    return count == 0;
  }

  /**
   * Cuts the log, if anything has been appended since the last cut and there is room.
   *
   * @return whether it did
   */
  synchronized boolean cut(HybridLog log) {
    if (count == CAPACITY) {
      return false;
    }
    long cut = log.cutAfter(last);
    if (cut == last) {
      return false;
    }
    int slot = (oldest + count) % CAPACITY;
    addresses[slot] = cut;
    numbers[slot] = ++lastNumber;
    count++;
    first = addresses[oldest];
    last = cut;
    return true;
  }

  /** The first cut above an address, or −1. */
  synchronized long firstAbove(long address) {
    for (int i = 0; i < count; i++) {
      long cut = addresses[(oldest + i) % CAPACITY];
      if (cut > address) {
        return cut;
      }
    }
    return NONE;
  }

  /** The number of the commit that ends at an address, or 0. */
  synchronized long numberAt(long address) {
    for (int i = 0; i < count; i++) {
      int slot = (oldest + i) % CAPACITY;
      if (addresses[slot] == address) {
        return numbers[slot];
      }
    }
    return 0;
  }

  /** The latest cut that is not above an address, or −1. */
  synchronized long lastUntil(long address) {
    long found = NONE;
    for (int i = 0; i < count; i++) {
      long cut = addresses[(oldest + i) % CAPACITY];
      if (cut <= address) {
        found = cut;
      }
    }
    return found;
  }

  /**
   * Drops the cuts up to an address, whose commits are durable.
   *
   * @return the number of the last of them
   */
  synchronized long dropUntil(long address) {
    long number = 0;
    while (count > 0 && addresses[oldest] <= address) {
      number = numbers[oldest];
      oldest = (oldest + 1) % CAPACITY;
      count--;
    }
    first = count == 0 ? Long.MAX_VALUE : addresses[oldest];
    return number;
  }
}
