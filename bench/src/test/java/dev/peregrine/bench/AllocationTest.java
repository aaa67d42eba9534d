package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.LongUpdateFunction;
import dev.peregrine.ReadFunction;
import dev.peregrine.Session;
import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.StoreConfig;
import dev.peregrine.StoreKind;
import dev.peregrine.UpdateFunction;
import dev.peregrine.ValueBuffer;
import dev.peregrine.device.DeviceKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/**
 * The gate for rule 6: once warm, no operation allocates, whether it ends in memory or waits for
 * the device. It counts what this thread allocates, so the collector and other tests do not matter.
 */
class AllocationTest {
  private static final int RECORDS = 1 << 14;
  private static final int OPERATIONS = 1_000_000;
  private static final int ROUNDS = 6;
  private static final double NONE = 0.1;
  private static final int VALUE_BYTES = 100;
  private static final int BATCH = 50;
  private static final long SMALL_LOG_BYTES = 2L << 20;

  private static final UpdateFunction ADD_BYTES =
      new UpdateFunction() {
        @Override
        public int initialLength(long argument) {
          return VALUE_BYTES;
        }

        @Override
        public void initialize(ValueBuffer value, long argument) {
          value.putLong(0, argument);
        }

        @Override
        public void update(ValueBuffer value, long argument) {
          value.putLong(0, value.getLong(0) + argument);
        }
      };

  private static final LongUpdateFunction ADD_LONG =
      new LongUpdateFunction() {
        @Override
        public long initial(long argument) {
          return argument;
        }

        @Override
        public long update(long value, long argument) {
          return value + argument;
        }
      };

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment key = arena.allocate(Long.BYTES, Long.BYTES);
  private final MemorySegment value = arena.allocate(VALUE_BYTES, Long.BYTES);
  private final MemorySegment found = arena.allocate(VALUE_BYTES, Long.BYTES);
  private long completed;
  private long seen;
  private final ReadFunction look = (view, argument) -> seen += view.getLong(0);

  @Test
  void shouldAllocateNothingWhenLongsAreInMemory() {
    try (Store store = inMemory(StoreKind.LONG_TO_LONG);
        Session session = store.newSession()) {
      for (long i = 0; i < RECORDS; i++) {
        session.upsert(Keys.of(i), i);
      }
      requireNoAllocation("read", k -> requireDone(session.read(k)));
      requireNoAllocation("upsert", k -> requireDone(session.upsert(k, k)));
      requireNoAllocation("add", k -> requireDone(session.add(k, 1)));
      requireNoAllocation("rmw", k -> requireDone(session.rmw(k, ADD_LONG, 1)));
      Batch b = new Batch(arena);
      requireNoAllocation(
          "readBatch", b, () -> session.readBatch(b.keys, 0, BATCH, b.longs, b.statuses));
      requireNoAllocation(
          "upsertBatch", b, () -> session.upsertBatch(b.keys, b.longs, 0, BATCH, b.statuses));
      requireNoAllocation(
          "insertIfAbsentBatch",
          b,
          () -> session.insertIfAbsentBatch(b.keys, b.longs, 0, BATCH, null, b.statuses));
      requireNoAllocation(
          "addBatch", b, () -> session.addBatch(b.keys, b.longs, 0, BATCH, null, b.statuses));
      requireNoAllocation(
          "rmwBatch",
          b,
          () -> session.rmwBatch(b.keys, ADD_LONG, b.longs, 0, BATCH, null, b.statuses));
    }
  }

  @Test
  void shouldAllocateNothingWhenValuesAreInMemory() {
    try (Store store = inMemory(StoreKind.LONG_TO_BYTES);
        Session session = store.newSession()) {
      for (long i = 0; i < RECORDS; i++) {
        session.upsert(Keys.of(i), value);
      }
      requireNoAllocation("read", k -> requireDone(session.read(k, found)));
      requireNoAllocation("read by function", k -> requireDone(session.read(k, look, k)));
      requireNoAllocation("upsert", k -> requireDone(session.upsert(k, value)));
      requireNoAllocation("rmw", k -> requireDone(session.rmw(k, ADD_BYTES, 1)));
      Batch b = new Batch(arena);
      requireNoAllocation(
          "readBatch",
          b,
          () -> session.readBatch(b.keys, 0, BATCH, b.values, b.lengths, b.statuses));
      requireNoAllocation(
          "readBatch by function", b, () -> session.readBatch(b.keys, 0, BATCH, look, b.statuses));
      requireNoAllocation(
          "upsertBatch", b, () -> session.upsertBatch(b.keys, b.values, 0, BATCH, b.statuses));
      requireNoAllocation(
          "rmwBatch", b, () -> session.rmwBatch(b.keys, ADD_BYTES, b.longs, 0, BATCH, b.statuses));
    }
  }

  @Test
  void shouldAllocateNothingWhenKeysAreBytes() {
    try (Store store = inMemory(StoreKind.BYTES_TO_BYTES);
        Session session = store.newSession()) {
      for (long i = 0; i < RECORDS; i++) {
        session.upsert(bytesOf(Keys.of(i)), value);
      }
      requireNoAllocation("read", k -> requireDone(session.read(bytesOf(k), found)));
      requireNoAllocation("upsert", k -> requireDone(session.upsert(bytesOf(k), value)));
      requireNoAllocation("rmw", k -> requireDone(session.rmw(bytesOf(k), ADD_BYTES, 1)));
      Batch b = new Batch(arena);
      requireNoAllocation(
          "readBatch",
          b,
          () -> session.readBatch(b.byteKeys, 0, BATCH, b.values, b.lengths, b.statuses));
      requireNoAllocation(
          "upsertBatch", b, () -> session.upsertBatch(b.byteKeys, b.values, 0, BATCH, b.statuses));
      requireNoAllocation(
          "rmwBatch",
          b,
          () -> session.rmwBatch(b.byteKeys, ADD_BYTES, b.longs, 0, BATCH, b.statuses));
    }
  }

  @Test
  void shouldAllocateNothingWhenReadsOfValuesArePending() {
    try (Store store = largerThanMemory(StoreKind.LONG_TO_BYTES);
        Session session = store.newSession((serial, status, view) -> completed++)) {
      for (long i = 0; i < RECORDS * 8L; i++) {
        session.upsert(Keys.of(i), value);
      }
      requireNoAllocation("pending read", k -> issue(session, k));
      session.completeAll();
    }
    assertTrue(completed > OPERATIONS / 2, completed + " reads were pending");
  }

  @Test
  void shouldAllocateNothingWhenReadsOfABatchArePending() {
    try (Store store = largerThanMemory(StoreKind.LONG_TO_LONG);
        Session session = store.newSession((serial, status, view) -> completed++)) {
      for (long i = 0; i < RECORDS * 32L; i++) {
        session.upsert(Keys.of(i), i);
      }
      Batch b = new Batch(arena);
      requireNoAllocation(
          "pending batch",
          b,
          () -> {
            int unfinished = session.readBatch(b.keys, 0, BATCH, b.longs, b.statuses);
            session.completeAll();
            return unfinished - BATCH;
          });
    }
    assertTrue(completed > OPERATIONS / 2, completed + " reads were pending");
  }

  @Test
  void shouldAllocateNothingWhenReadsOfLongsArePending() {
    try (Store store = largerThanMemory(StoreKind.LONG_TO_LONG);
        Session session = store.newSession((serial, status, view) -> seen += view.getLong(0))) {
      for (long i = 0; i < RECORDS * 32L; i++) {
        session.upsert(Keys.of(i), i);
      }
      requireNoAllocation(
          "pending read",
          k -> {
            Status status = session.read(k);
            while (status == Status.BUSY) {
              session.completePending();
              status = session.read(k);
            }
            completed += status == Status.PENDING ? 1 : 0;
          });
      session.completeAll();
    }
    assertTrue(completed > OPERATIONS / 2, completed + " reads were pending");
  }

  private void issue(Session session, long k) {
    Status status = session.read(k, found);
    while (status == Status.BUSY) {
      session.completePending();
      status = session.read(k, found);
    }
  }

  private MemorySegment bytesOf(long k) {
    key.set(ValueLayout.JAVA_LONG, 0, k);
    return key;
  }

  private static Store inMemory(StoreKind kind) {
    return Store.open(
        StoreConfig.builder(kind)
            .device(DeviceKind.NULL)
            .memoryBytes(32L << 20)
            .indexBytes(1L << 20)
            .pageBytes(256 << 10)
            .maxSessions(2)
            .build());
  }

  /** The records asked for are the first that were loaded, and have long left memory. */
  private static Store largerThanMemory(StoreKind kind) {
    return Store.open(
        StoreConfig.builder(kind)
            .device(DeviceKind.MEMORY)
            .memoryBytes(4L * SMALL_LOG_BYTES)
            .indexBytes(2L * SMALL_LOG_BYTES)
            .pageBytes(16 << 10)
            .segmentBytes(1L << 20)
            .maxSessions(1)
            .pendingDepth(64)
            .maxRecordBytes(1 << 10)
            .build());
  }

  private static void requireDone(Status status) {
    if (status == Status.PENDING || status == Status.NOT_FOUND || status == Status.BUSY) {
      throw new AssertionError("in memory, but " + status);
    }
  }

  /** The arrays of a batch. */
  private static final class Batch {
    private final long[] keys = new long[BATCH];
    private final MemorySegment[] byteKeys = new MemorySegment[BATCH];
    private final MemorySegment[] values = new MemorySegment[BATCH];
    private final long[] longs = new long[BATCH];
    private final int[] lengths = new int[BATCH];
    private final Status[] statuses = new Status[BATCH];
    private int used;

    Batch(Arena arena) {
      for (int i = 0; i < BATCH; i++) {
        byteKeys[i] = arena.allocate(Long.BYTES, Long.BYTES);
        values[i] = arena.allocate(VALUE_BYTES, Long.BYTES);
      }
    }

    /** Takes one more key; whether the batch is full, and is empty from now on. */
    private boolean isFull(long k) {
      keys[used] = k;
      byteKeys[used].set(ValueLayout.JAVA_LONG, 0, k);
      used = (used + 1) % BATCH;
      return used == 0;
    }
  }

  /** As below; {@code operation} returns 0. */
  private static void requireNoAllocation(String name, Batch batch, IntSupplier operation) {
    requireNoAllocation(
        name,
        k -> {
          if (batch.isFull(k) && operation.getAsInt() != 0) {
            throw new AssertionError(name + " was not done: " + batch.statuses[0]);
          }
        });
  }

  /**
   * The least of several rounds counts: compilation may allocate once, an operation always does.
   */
  private static void requireNoAllocation(String name, LongConsumer operation) {
    double least = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least >= NONE; round++) {
      long before = Allocation.bytes();
      for (int i = 0; i < OPERATIONS; i++) {
        operation.accept(Keys.of(i & (RECORDS - 1)));
      }
      least = Math.min(least, (double) (Allocation.bytes() - before) / OPERATIONS);
    }
    assertTrue(least < NONE, name + " allocates " + least + " bytes");
  }
}
