package dev.peregrine.internal.index;

import dev.peregrine.memory.Memory;

/**
 * The pool of overflow buckets: a fixed range of native memory behind the table.
 *
 * <p>Buckets are numbered from 1. A new one comes from a counter, or from a stack of those that
 * lost the race to be linked. The stack's head word is a change count (upper half) and a number
 * (lower half), so that a pop cannot mistake a bucket that went and came back. Any thread may call
 * any method.
 */
final class OverflowBuckets {
  private static final int NUMBER_BITS = 32;
  private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;
  private static final long COUNT_UNIT = 1L << NUMBER_BITS;

  private final long base;
  private final long capacity;
  private final long usedWord;
  private final long freeWord;

  /**
   * @param base the first bucket's address
   * @param capacity buckets in the pool, below 2^32
   * @param usedWord where the counter is, zero
   * @param freeWord where the stack's head is, zero
   */
  OverflowBuckets(long base, long capacity, long usedWord, long freeWord) {
    this.base = base;
    this.capacity = capacity;
    this.usedWord = usedWord;
    this.freeWord = freeWord;
  }

  /** The address of a bucket. */
  long addressOf(long number) {
    return base + (number - 1) * HashBucket.BYTES;
  }

  /**
   * Takes a zeroed bucket.
   *
   * @return its number, or 0 when the pool is exhausted
   */
  long allocate() {
    for (; ; ) {
      long head = Memory.getLongAcquire(freeWord);
      long number = head & NUMBER_MASK;
      if (number == 0) {
        break;
      }
      long entry = HashBucket.entryAddress(addressOf(number), 0);
      long next = Memory.getLongOpaque(entry) & NUMBER_MASK;
      if (Memory.casLong(freeWord, head, (head - number + COUNT_UNIT) | next)) {
        Memory.putLong(entry, HashEntry.FREE);
        return number;
      }
    }
    if (Memory.getLongAcquire(usedWord) >= capacity) {
      return 0;
    }
    long number = Memory.getAndAddLong(usedWord, 1) + 1;
    return number <= capacity ? number : 0;
  }

  /** Gives a bucket back that was never linked. */
  void free(long number) {
    long entry = HashBucket.entryAddress(addressOf(number), 0);
    for (; ; ) {
      long head = Memory.getLongAcquire(freeWord);
      Memory.putLongOpaque(entry, head & NUMBER_MASK);
      if (Memory.casLong(freeWord, head, ((head & ~NUMBER_MASK) + COUNT_UNIT) | number)) {
        return;
      }
    }
  }

  /** Buckets of the pool. */
  long capacity() {
    return capacity;
  }

  /** Takes the first {@code used} buckets as taken; nobody else uses the pool yet. */
  void restore(long used) {
    Memory.putLongRelease(usedWord, used);
  }

  /** Buckets taken so far, those on the stack included. */
  long used() {
    return Math.min(Memory.getLongAcquire(usedWord), capacity);
  }
}
