package dev.peregrine.device;

/** A bounded FIFO of slot numbers. Not thread-safe: its users share a lock. Never allocates. */
final class SlotRing {
  /** No slot. */
  static final int NONE = -1;

  private final int[] slots;
  private int head;
  private int count;

  SlotRing(int capacity) {
    slots = new int[capacity];
  }

  boolean isEmpty() {
    return count == 0;
  }

  void push(int slot) {
    if (count == slots.length) {
      throw new IllegalStateException("more slots than the queue has");
    }
    int tail = head + count++;
    slots[tail < slots.length ? tail : tail - slots.length] = slot;
  }

  int pop() {
    int slot = slots[head];
    head = head + 1 == slots.length ? 0 : head + 1;
    count--;
    return slot;
  }
}
