package dev.peregrine.bench;

/** The keys of one batch, divided into those to read and those to change. One thread. */
final class BatchSplit {
  /** Keys to read: the first {@link #readCount}. */
  final long[] reads;

  /** Keys to change: the first {@link #changeCount}. */
  final long[] changes;

  private int readCount;
  private int changeCount;

  BatchSplit(int batch) {
    reads = new long[batch];
    changes = new long[batch];
  }

  /** Takes {@code count} keys from a position on, wrapped around by the mask. */
  void draw(long[] keys, int position, int mask, int count, Choices choices, long readBound) {
    readCount = 0;
    changeCount = 0;
    for (int i = 0; i < count; i++) {
      long key = keys[position + i & mask];
      if (Workload.isRead(choices.next(), readBound)) {
        reads[readCount++] = key;
      } else {
        changes[changeCount++] = key;
      }
    }
  }

  /** How many are to be read. */
  int readCount() {
    return readCount;
  }

  /** How many are to be changed. */
  int changeCount() {
    return changeCount;
  }
}
