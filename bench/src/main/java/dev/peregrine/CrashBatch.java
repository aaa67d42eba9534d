package dev.peregrine;

import java.util.Arrays;

/** Operations of one kind that a {@link CrashClient} does at once, and what they came to. */
final class CrashBatch {
  private final long[] keys;
  private final byte[][] values;
  private final long[] arguments;
  private final byte[][][] seen;
  private final Status[] statuses;
  private int count;

  CrashBatch(int count) {
    this.count = count;
    keys = new long[count];
    values = new byte[count][];
    arguments = new long[count];
    seen = new byte[count][1][];
    statuses = new Status[count];
  }

  int count() {
    return count;
  }

  /** Leaves out what comes behind. */
  void limit(int fewer) {
    count = fewer;
  }

  void set(int index, long key, byte[] value, long argument) {
    keys[index] = key;
    values[index] = value;
    arguments[index] = argument;
  }

  long key(int index) {
    return keys[index];
  }

  byte[] value(int index) {
    return values[index];
  }

  long argument(int index) {
    return arguments[index];
  }

  /** Where a read leaves its value. */
  byte[][] seen(int index) {
    return seen[index];
  }

  Status status(int index) {
    return statuses[index];
  }

  void upsert(CrashFace face) {
    face.upsertBatch(keys, values, count, statuses);
  }

  void count(CrashFace face) {
    face.countBatch(keys, arguments, count, statuses);
  }

  void read(CrashFace face) {
    face.readBatch(Arrays.copyOf(keys, count), count, seen, statuses);
  }
}
