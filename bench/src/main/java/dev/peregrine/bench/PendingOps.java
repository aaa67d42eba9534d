package dev.peregrine.bench;

import java.util.Arrays;

/**
 * What a worker must remember of operations that have not completed: when each began, and a tag.
 *
 * <p>An open-addressed table by serial number with room for a bounded number; one thread; nothing
 * is allocated after it has been made.
 */
public final class PendingOps {
  private static final long EMPTY = Long.MIN_VALUE;

  private final long[] serials;
  private final long[] begins;
  private final long[] tags;
  private final int mask;

  private int size;

  public PendingOps(int depth) {
    int slots = Integer.highestOneBit(Math.max(2, depth)) * 8;
    serials = new long[slots];
    begins = new long[slots];
    tags = new long[slots];
    mask = slots - 1;
    Arrays.fill(serials, EMPTY);
  }

  /** Remembers an operation that is not remembered yet. */
  public void put(long serial, long beginNanos, long tag) {
    if (size > mask / 2) {
      throw new IllegalStateException(size + " operations are pending");
    }
    int slot = home(serial);
    while (serials[slot] != EMPTY) {
      slot = (slot + 1) & mask;
    }
    serials[slot] = serial;
    begins[slot] = beginNanos;
    tags[slot] = tag;
    size++;
  }

  /** Where an operation is remembered, until the next change; -1 if it is not. */
  public int find(long serial) {
    int slot = home(serial);
    while (serials[slot] != serial) {
      if (serials[slot] == EMPTY) {
        return -1;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** When the operation in a slot began. */
  public long begin(int slot) {
    return begins[slot];
  }

  /** The tag of the operation in a slot. */
  public long tag(int slot) {
    return tags[slot];
  }

  /** Forgets the operation in a slot, and moves up those that stood behind it. */
  public void remove(int slot) {
    int gap = slot;
    for (int next = (gap + 1) & mask; serials[next] != EMPTY; next = (next + 1) & mask) {
      int distance = (next - home(serials[next])) & mask;
      if (distance >= ((next - gap) & mask)) {
        serials[gap] = serials[next];
        begins[gap] = begins[next];
        tags[gap] = tags[next];
        gap = next;
      }
    }
    serials[gap] = EMPTY;
    size--;
  }

  /** How many are remembered. */
  public int size() {
    return size;
  }

  private int home(long serial) {
    return (int) Keys.of(serial) & mask;
  }
}
