package dev.peregrine.bench;

import site.ycsb.Utils;

/**
 * An exact account of some keys: the last blind write of each worker, and how many modifications
 * were acknowledged.
 *
 * <p>Half of the accounted keys are the hottest of the zipfian sequence, half are spread over all.
 * Each worker writes only its own columns; they are compared when all workers have ended.
 */
final class Accounts {
  /** The slot of a record without an account. */
  static final int NONE = -1;

  private static final int MAX_ACCOUNTS = 1000;

  private final short[] slots;
  private final long[] indices;
  private final long[][] lastWrites;
  private final long[][] modifications;

  Accounts(long records, int workers) {
    slots = new short[Math.toIntExact(records)];
    int count = (int) Math.min(records, MAX_ACCOUNTS);
    indices = new long[count];
    lastWrites = new long[workers][count];
    modifications = new long[workers][count];
    int used = 0;
    for (long rank = 0; used < count / 2; rank++) {
      used = open(Utils.fnvhash64(rank) % records, used);
    }
    for (long i = 0; used < count; i++) {
      used = open((i * records / count + i / count) % records, used);
    }
  }

  private int open(long index, int used) {
    if (slots[(int) index] != 0) {
      return used;
    }
    indices[used] = index;
    slots[(int) index] = (short) (used + 1);
    return used + 1;
  }

  /** How many records have an account. */
  int count() {
    return indices.length;
  }

  /** The record of an account. */
  long index(int slot) {
    return indices[slot];
  }

  /** The account of a record, or {@link #NONE}. */
  int slotOf(long index) {
    return slots[(int) index] - 1;
  }

  /** A worker has written a value blindly. */
  void written(int worker, int slot, long version) {
    lastWrites[worker][slot] = version;
  }

  /** A worker's modification has been acknowledged. */
  void modified(int worker, int slot) {
    modifications[worker][slot]++;
  }

  /** All modifications acknowledged. */
  long modifications(int slot) {
    long sum = 0;
    for (long[] ofWorker : modifications) {
      sum += ofWorker[slot];
    }
    return sum;
  }

  /**
   * Whether this can be the value that is left when all workers have ended: what was there before
   * if nobody wrote, or else the last write of one of the workers.
   */
  boolean canBeLast(int slot, long version) {
    long written = Version.written(version);
    boolean anybodyWrote = false;
    for (long[] ofWorker : lastWrites) {
      if (ofWorker[slot] != 0) {
        anybodyWrote = true;
        if (ofWorker[slot] == written) {
          return true;
        }
      }
    }
    return !anybodyWrote && Version.writer(version) == Version.LOADER;
  }
}
