package dev.peregrine.bench.compare.peer;

import dev.peregrine.Status;
import dev.peregrine.bench.Choices;
import dev.peregrine.bench.Workload;

/**
 * The keys of a batch of a store that is in memory as a whole, divided into those to read and those
 * to change. One thread.
 */
final class PeerBatch {
  /** The most keys. */
  static final int SIZE = 64;

  /** Keys to read: the first {@link #readCount}. */
  final long[] reads = new long[SIZE];

  /** Keys to change: the first {@link #changeCount}. */
  final long[] changes = new long[SIZE];

  /** How each came out. */
  final Status[] statuses = new Status[SIZE];

  private int readCount;
  private int changeCount;

  /** What a session does with the keys of a batch. */
  interface Work {
    /** Reads and checks those to be read. */
    void readBatch();

    /** Changes those to be changed; as {@link PeerSession#mix} has it of the counter. */
    void changeBatch(long counter);
  }

  /** Reads keys, batch after batch. */
  void read(Keystream keys, int count, Work work) {
    for (int done = 0; done < count; done += SIZE) {
      readCount = Math.min(SIZE, count - done);
      for (int i = 0; i < readCount; i++) {
        reads[i] = keys.next();
      }
      work.readBatch();
    }
  }

  /** Reads and changes keys, batch after batch, as {@link PeerSession#mix} has it. */
  void mix(Keystream keys, int count, Choices choices, long readBound, long counter, Work work) {
    long next = counter;
    for (int done = 0; done < count; done += SIZE) {
      draw(keys, Math.min(SIZE, count - done), choices, readBound);
      work.readBatch();
      work.changeBatch(next);
      requireUpdated();
      if (counter >= 0) {
        next += changeCount;
      }
    }
  }

  private void draw(Keystream keys, int count, Choices choices, long readBound) {
    int read = 0;
    int changed = 0;
    for (int i = 0; i < count; i++) {
      if (Workload.isRead(choices.next(), readBound)) {
        reads[read++] = keys.next();
      } else {
        changes[changed++] = keys.next();
      }
    }
    readCount = read;
    changeCount = changed;
  }

  /** How many are to be read. */
  int readCount() {
    return readCount;
  }

  /** How many are to be changed. */
  int changeCount() {
    return changeCount;
  }

  /** Throws unless all keys that were read have been found. */
  void requireFound() {
    require(reads, readCount, Status.FOUND);
  }

  /** Throws unless all keys that were changed had a value before. */
  private void requireUpdated() {
    require(changes, changeCount, Status.UPDATED);
  }

  private void require(long[] keys, int count, Status wanted) {
    for (int i = 0; i < count; i++) {
      if (statuses[i] != wanted) {
        throw Payload.missing(keys[i]);
      }
    }
  }
}
