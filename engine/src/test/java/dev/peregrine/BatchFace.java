package dev.peregrine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * One set of batched operations over the three kinds of store: numbered keys, values as byte
 * arrays. Outputs of the latest batch are kept here.
 */
final class BatchFace {
  private static final long UNTOUCHED_LONG = 0x5A5A5A5A5A5A5A5AL;
  private static final int UNTOUCHED_INT = 0x5A5A5A5A;

  /** Longer than the values of the tests. */
  private static final int DESTINATION_BYTES = ModelUpdates.MAX_VALUE_BYTES;

  /** Elements behind the last output, which must stay as they are. */
  private static final int SPARE = 3;

  private final StoreKind kind;
  private final Session session;
  private long[] results;
  private int[] lengths;
  private MemorySegment[] destinations;
  private byte[][] seen;
  private Status[] statuses;

  BatchFace(StoreKind kind, Session session) {
    this.kind = kind;
    this.session = session;
  }

  boolean isLong() {
    return kind == StoreKind.LONG_TO_LONG;
  }

  /** The i-th outcome of the latest batch. */
  Status status(int i) {
    return statuses[i];
  }

  /** The i-th value that the latest batch has read, or left in a store of longs. */
  byte[] value(int i) {
    if (isLong()) {
      return KindFace.ofLong(results[i]);
    }
    if (seen != null) {
      return seen[i];
    }
    byte[] all = destinations[i].toArray(ValueLayout.JAVA_BYTE);
    return Arrays.copyOf(all, lengths[i]);
  }

  /** Reads, by function or to buffers. */
  int read(long[] keys, int from, int count, boolean byFunction) {
    prepare(count);
    if (isLong()) {
      return session.readBatch(keys, from, count, results, statuses);
    }
    boolean longKeys = kind == StoreKind.LONG_TO_BYTES;
    if (byFunction) {
      byte[][] shown = new byte[count][];
      seen = shown;
      ReadFunction function = (view, index) -> shown[(int) index] = view.toByteArray();
      return longKeys
          ? session.readBatch(keys, from, count, function, statuses)
          : session.readBatch(bytesOf(keys), from, count, function, statuses);
    }
    return longKeys
        ? session.readBatch(keys, from, count, destinations, lengths, statuses)
        : session.readBatch(bytesOf(keys), from, count, destinations, lengths, statuses);
  }

  int upsert(long[] keys, byte[][] values, int from, int count) {
    prepare(count);
    return switch (kind) {
      case LONG_TO_LONG -> session.upsertBatch(keys, longs(values), from, count, statuses);
      case LONG_TO_BYTES -> session.upsertBatch(keys, segments(values), from, count, statuses);
      case BYTES_TO_BYTES ->
          session.upsertBatch(bytesOf(keys), segments(values), from, count, statuses);
    };
  }

  int insertIfAbsent(long[] keys, byte[][] values, int from, int count) {
    prepare(count);
    return switch (kind) {
      case LONG_TO_LONG ->
          session.insertIfAbsentBatch(keys, longs(values), from, count, results, statuses);
      case LONG_TO_BYTES ->
          session.insertIfAbsentBatch(keys, segments(values), from, count, statuses);
      case BYTES_TO_BYTES ->
          session.insertIfAbsentBatch(bytesOf(keys), segments(values), from, count, statuses);
    };
  }

  int add(long[] keys, long[] deltas, int from, int count) {
    prepare(count);
    return session.addBatch(keys, deltas, from, count, results, statuses);
  }

  int rmw(long[] keys, LongUpdateFunction function, long[] arguments, int from, int count) {
    prepare(count);
    return session.rmwBatch(keys, function, arguments, from, count, results, statuses);
  }

  int rmw(long[] keys, UpdateFunction function, long[] arguments, int from, int count) {
    prepare(count);
    return kind == StoreKind.LONG_TO_BYTES
        ? session.rmwBatch(keys, function, arguments, from, count, statuses)
        : session.rmwBatch(bytesOf(keys), function, arguments, from, count, statuses);
  }

  int delete(long[] keys, int from, int count) {
    prepare(count);
    return kind == StoreKind.BYTES_TO_BYTES
        ? session.deleteBatch(bytesOf(keys), from, count, statuses)
        : session.deleteBatch(keys, from, count, statuses);
  }

  /** Throws if something behind the outputs was written. */
  void requireSpareUntouched(int count) {
    for (int i = count; i < count + SPARE; i++) {
      if (statuses[i] != null || results[i] != UNTOUCHED_LONG || lengths[i] != UNTOUCHED_INT) {
        throw new AssertionError("output " + i + " was written by a batch of " + count);
      }
    }
  }

  private void prepare(int count) {
    statuses = new Status[count + SPARE];
    results = new long[count + SPARE];
    Arrays.fill(results, UNTOUCHED_LONG);
    lengths = new int[count + SPARE];
    Arrays.fill(lengths, UNTOUCHED_INT);
    seen = null;
    if (!isLong()) {
      destinations = new MemorySegment[count];
      for (int i = 0; i < count; i++) {
        destinations[i] = MemorySegment.ofArray(new byte[DESTINATION_BYTES]);
      }
    }
  }

  private static MemorySegment[] bytesOf(long[] keys) {
    return Arrays.stream(keys).mapToObj(KindFace::bytesOf).toArray(MemorySegment[]::new);
  }

  private static MemorySegment[] segments(byte[][] values) {
    return Arrays.stream(values).map(MemorySegment::ofArray).toArray(MemorySegment[]::new);
  }

  private static long[] longs(byte[][] values) {
    return Arrays.stream(values).mapToLong(KindFace::toLong).toArray();
  }
}
