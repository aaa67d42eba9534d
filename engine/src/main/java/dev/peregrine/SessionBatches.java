package dev.peregrine;

import dev.peregrine.internal.ops.BytesBatches;
import dev.peregrine.internal.ops.BytesOperations;
import dev.peregrine.internal.ops.LongOperations;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** The batched operations of a {@link Session}, whose Javadoc says what they have in common. */
abstract sealed class SessionBatches permits Session {
  // ---------------------------------------------------------------- 8-byte keys, 8-byte values

  /**
   * Reads many values.
   *
   * @param keys the keys, from index {@code from} on
   * @param from the first of them
   * @param count how many
   * @param values gets the value of each key that is {@code FOUND}, from index 0 on
   * @param statuses gets what {@link Session#read(long)} returns for each, from index 0 on
   * @return how many keys are {@code PENDING} or {@code BUSY}
   */
  public int readBatch(long[] keys, int from, int count, long[] values, Status[] statuses) {
    LongOperations longs = longs();
    requireKeys(keys, from, count, statuses);
    requireLength(values.length, "values", 0, count);
    return isEmpty(count) ? 0 : longs.batches().read(keys, from, count, values, statuses);
  }

  /**
   * Sets many values.
   *
   * @param keys the keys, from index {@code from} on
   * @param values the values, from index {@code from} on
   * @param from the first of them
   * @param count how many
   * @param statuses gets what {@link Session#upsert(long, long)} returns for each, from index 0 on
   * @return 0
   */
  public int upsertBatch(long[] keys, long[] values, int from, int count, Status[] statuses) {
    LongOperations longs = longs();
    requireKeys(keys, from, count, statuses);
    requireLength(values.length, "values", from, count);
    return isEmpty(count) ? 0 : longs.batches().upsert(keys, values, from, count, statuses);
  }

  /**
   * Sets the values of those of many keys that have none.
   *
   * @param keys the keys, from index {@code from} on
   * @param values the values, from index {@code from} on
   * @param from the first of them
   * @param count how many
   * @param results gets the value that each key has now, from index 0 on, unless {@code PENDING} or
   *     {@code BUSY}; null if nobody wants to know
   * @param statuses gets what {@link Session#insertIfAbsent(long, long)} returns for each, from
   *     index 0 on
   * @return how many keys are {@code PENDING} or {@code BUSY}
   */
  public int insertIfAbsentBatch(
      long[] keys, long[] values, int from, int count, long[] results, Status[] statuses) {
    LongOperations longs = longs();
    requireKeys(keys, from, count, statuses);
    requireLength(values.length, "values", from, count);
    requireResults(results, count);
    return isEmpty(count)
        ? 0
        : longs.batches().insertIfAbsent(keys, values, from, count, results, statuses);
  }

  /**
   * Adds to many values.
   *
   * @param keys the keys, from index {@code from} on
   * @param deltas what to add, from index {@code from} on
   * @param from the first of them
   * @param count how many
   * @param results gets each sum, from index 0 on, unless {@code PENDING} or {@code BUSY}; null if
   *     nobody wants to know
   * @param statuses gets what {@link Session#add} returns for each, from index 0 on
   * @return how many keys are {@code PENDING} or {@code BUSY}
   */
  public int addBatch(
      long[] keys, long[] deltas, int from, int count, long[] results, Status[] statuses) {
    LongOperations longs = longs();
    requireKeys(keys, from, count, statuses);
    requireLength(deltas.length, "deltas", from, count);
    requireResults(results, count);
    return isEmpty(count) ? 0 : longs.batches().add(keys, deltas, from, count, results, statuses);
  }

  /**
   * Updates many values.
   *
   * @param keys the keys, from index {@code from} on
   * @param function computes the new values
   * @param arguments handed to the function with the key of the same index, from {@code from} on
   * @param from the first of them
   * @param count how many
   * @param results gets each new value, from index 0 on, unless {@code PENDING} or {@code BUSY};
   *     null if nobody wants to know
   * @param statuses gets what {@link Session#rmw(long, LongUpdateFunction, long)} returns for each,
   *     from index 0 on
   * @return how many keys are {@code PENDING} or {@code BUSY}
   */
  public int rmwBatch(
      long[] keys,
      LongUpdateFunction function,
      long[] arguments,
      int from,
      int count,
      long[] results,
      Status[] statuses) {
    Objects.requireNonNull(function, "function");
    LongOperations longs = longs();
    requireKeys(keys, from, count, statuses);
    requireLength(arguments.length, "arguments", from, count);
    requireResults(results, count);
    return isEmpty(count)
        ? 0
        : longs.batches().rmw(keys, function, arguments, from, count, results, statuses);
  }

  /**
   * Deletes many keys of 8 bytes.
   *
   * @param keys the keys, from index {@code from} on
   * @param from the first of them
   * @param count how many
   * @param statuses gets what {@link Session#delete(long)} returns for each, from index 0 on
   * @return 0
   */
  public int deleteBatch(long[] keys, int from, int count, Status[] statuses) {
    requireKeys(keys, from, count, statuses);
    if (hasLongValues()) {
      return isEmpty(count) ? 0 : longs().batches().delete(keys, from, count, statuses);
    }
    BytesBatches batches = longKeyed().batches();
    return isEmpty(count) ? 0 : batches.delete(keys, null, from, count, statuses);
  }

  // ---------------------------------------------------------------- 8-byte keys, values of bytes

  /**
   * Copies many values.
   *
   * @param keys the keys, from index {@code from} on
   * @param from the first of them
   * @param count how many
   * @param destinations where they go, from index 0 on; those of {@code PENDING} keys must stay
   *     alive and untouched
   * @param lengths gets the length of each value that is {@code FOUND}, from index 0 on; null if
   *     nobody wants to know
   * @param statuses gets what {@link Session#read(long, MemorySegment)} returns for each, from
   *     index 0 on
   * @return how many keys are {@code PENDING} or {@code BUSY}
   */
  public int readBatch(
      long[] keys,
      int from,
      int count,
      MemorySegment[] destinations,
      int[] lengths,
      Status[] statuses) {
    BytesBatches batches = longKeyed().batches();
    requireKeys(keys, from, count, statuses);
    requireCopies(destinations, lengths, count);
    return isEmpty(count)
        ? 0
        : batches.read(keys, null, from, count, destinations, lengths, null, statuses);
  }

  /**
   * Shows many values to a function.
   *
   * @param keys the keys, from index {@code from} on
   * @param from the first of them
   * @param count how many
   * @param function sees each value, and as its argument the index from 0 on of the key in this
   *     batch
   * @param statuses gets what {@link Session#read(long, ReadFunction, long)} returns for each, from
   *     index 0 on
   * @return how many keys are {@code PENDING} or {@code BUSY}
   */
  public int readBatch(long[] keys, int from, int count, ReadFunction function, Status[] statuses) {
    Objects.requireNonNull(function, "function");
    BytesBatches batches = longKeyed().batches();
    requireKeys(keys, from, count, statuses);
    return isEmpty(count)
        ? 0
        : batches.read(keys, null, from, count, null, null, function, statuses);
  }

  /**
   * Sets many values.
   *
   * @param keys the keys, from index {@code from} on
   * @param values the values, from index {@code from} on
   * @param from the first of them
   * @param count how many
   * @param statuses gets what {@link Session#upsert(long, MemorySegment)} returns for each, from
   *     index 0 on
   * @return 0
   * @throws IllegalArgumentException if a record would be larger than {@link
   *     StoreConfig#maxRecordBytes}; then nothing is done
   */
  public int upsertBatch(
      long[] keys, MemorySegment[] values, int from, int count, Status[] statuses) {
    BytesBatches batches = longKeyed().batches();
    requireKeys(keys, from, count, statuses);
    requireLength(values.length, "values", from, count);
    return isEmpty(count) ? 0 : batches.upsert(keys, null, values, from, count, statuses);
  }

  /**
   * Sets the values of those of many keys that have none.
   *
   * @param keys the keys, from index {@code from} on
   * @param values the values, from index {@code from} on
   * @param from the first of them
   * @param count how many
   * @param statuses gets what {@link Session#insertIfAbsent(long, MemorySegment)} returns for each,
   *     from index 0 on
   * @return how many keys are {@code PENDING} or {@code BUSY}
   * @throws IllegalArgumentException if a record would be too large; then nothing is done
   */
  public int insertIfAbsentBatch(
      long[] keys, MemorySegment[] values, int from, int count, Status[] statuses) {
    BytesBatches batches = longKeyed().batches();
    requireKeys(keys, from, count, statuses);
    requireLength(values.length, "values", from, count);
    return isEmpty(count) ? 0 : batches.insertIfAbsent(keys, null, values, from, count, statuses);
  }

  /**
   * Updates many values.
   *
   * @param keys the keys, from index {@code from} on
   * @param function computes the new values; while it works on one of a group of 32 keys, the store
   *     waits with what needs this session, so it should be short
   * @param arguments handed to the function with the key of the same index, from {@code from} on
   * @param from the first of them
   * @param count how many
   * @param statuses gets what {@link Session#rmw(long, UpdateFunction, long)} returns for each,
   *     from index 0 on
   * @return how many keys are {@code PENDING} or {@code BUSY}
   */
  public int rmwBatch(
      long[] keys,
      UpdateFunction function,
      long[] arguments,
      int from,
      int count,
      Status[] statuses) {
    Objects.requireNonNull(function, "function");
    BytesBatches batches = longKeyed().batches();
    requireKeys(keys, from, count, statuses);
    requireLength(arguments.length, "arguments", from, count);
    return isEmpty(count) ? 0 : batches.rmw(keys, null, function, arguments, from, count, statuses);
  }

  // ---------------------------------------------------------------- keys and values of bytes

  /** As {@link #readBatch(long[], int, int, MemorySegment[], int[], Status[])}. */
  public int readBatch(
      MemorySegment[] keys,
      int from,
      int count,
      MemorySegment[] destinations,
      int[] lengths,
      Status[] statuses) {
    BytesBatches batches = byteKeyed().batches();
    requireKeys(keys, from, count, statuses);
    requireCopies(destinations, lengths, count);
    return isEmpty(count)
        ? 0
        : batches.read(null, keys, from, count, destinations, lengths, null, statuses);
  }

  /** As {@link #readBatch(long[], int, int, ReadFunction, Status[])}. */
  public int readBatch(
      MemorySegment[] keys, int from, int count, ReadFunction function, Status[] statuses) {
    Objects.requireNonNull(function, "function");
    BytesBatches batches = byteKeyed().batches();
    requireKeys(keys, from, count, statuses);
    return isEmpty(count)
        ? 0
        : batches.read(null, keys, from, count, null, null, function, statuses);
  }

  /** As {@link #upsertBatch(long[], MemorySegment[], int, int, Status[])}. */
  public int upsertBatch(
      MemorySegment[] keys, MemorySegment[] values, int from, int count, Status[] statuses) {
    BytesBatches batches = byteKeyed().batches();
    requireKeys(keys, from, count, statuses);
    requireLength(values.length, "values", from, count);
    return isEmpty(count) ? 0 : batches.upsert(null, keys, values, from, count, statuses);
  }

  /** As {@link #insertIfAbsentBatch(long[], MemorySegment[], int, int, Status[])}. */
  public int insertIfAbsentBatch(
      MemorySegment[] keys, MemorySegment[] values, int from, int count, Status[] statuses) {
    BytesBatches batches = byteKeyed().batches();
    requireKeys(keys, from, count, statuses);
    requireLength(values.length, "values", from, count);
    return isEmpty(count) ? 0 : batches.insertIfAbsent(null, keys, values, from, count, statuses);
  }

  /** As {@link #rmwBatch(long[], UpdateFunction, long[], int, int, Status[])}. */
  public int rmwBatch(
      MemorySegment[] keys,
      UpdateFunction function,
      long[] arguments,
      int from,
      int count,
      Status[] statuses) {
    Objects.requireNonNull(function, "function");
    BytesBatches batches = byteKeyed().batches();
    requireKeys(keys, from, count, statuses);
    requireLength(arguments.length, "arguments", from, count);
    return isEmpty(count) ? 0 : batches.rmw(null, keys, function, arguments, from, count, statuses);
  }

  /** As {@link #deleteBatch(long[], int, int, Status[])}. */
  public int deleteBatch(MemorySegment[] keys, int from, int count, Status[] statuses) {
    BytesBatches batches = byteKeyed().batches();
    requireKeys(keys, from, count, statuses);
    return isEmpty(count) ? 0 : batches.delete(null, keys, from, count, statuses);
  }

  // ---------------------------------------------------------------- what a session knows

  /** As {@link Session#refresh}. */
  public abstract void refresh();

  abstract boolean hasLongValues();

  abstract LongOperations longs();

  abstract BytesOperations longKeyed();

  abstract BytesOperations byteKeyed();

  /** Whether nothing is to be done, which a closed session refuses all the same. */
  private boolean isEmpty(int count) {
    if (count == 0) {
      refresh();
    }
    return count == 0;
  }

  private static void requireKeys(long[] keys, int from, int count, Status[] statuses) {
    requireLength(keys.length, "keys", from, count);
    requireLength(statuses.length, "statuses", 0, count);
  }

  private static void requireKeys(MemorySegment[] keys, int from, int count, Status[] statuses) {
    requireLength(keys.length, "keys", from, count);
    requireLength(statuses.length, "statuses", 0, count);
  }

  private static void requireCopies(MemorySegment[] destinations, int[] lengths, int count) {
    requireLength(destinations.length, "destinations", 0, count);
    if (lengths != null) {
      requireLength(lengths.length, "lengths", 0, count);
    }
  }

  private static void requireResults(long[] results, int count) {
    if (results != null) {
      requireLength(results.length, "results", 0, count);
    }
  }

  private static void requireLength(int length, String name, int from, int count) {
    if ((from | count) < 0 || count > length - from) {
      throw new IndexOutOfBoundsException(
          name + " has " + length + " elements, which is not " + count + " from " + from + " on");
    }
  }
}
