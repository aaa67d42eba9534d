package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches that wait, that end early, and that meet those of other sessions. */
class BatchTest {
  private static final int COUNT = 100;

  /** Adds to the first word, growing and shrinking at times, and fails for the argument −1. */
  private static final UpdateFunction COUNTER =
      new UpdateFunction() {
        @Override
        public int initialLength(long argument) {
          return Long.BYTES;
        }

        @Override
        public void initialize(ValueBuffer value, long argument) {
          update(value, argument);
        }

        @Override
        public int updatedLength(ValueView value, long argument) {
          return argument % 8 != 0
              ? value.length()
              : value.length() > 100 ? Long.BYTES : value.length() + Long.BYTES;
        }

        @Override
        public void update(ValueBuffer value, long argument) {
          if (argument < 0) {
            throw new ArithmeticException("negative");
          }
          value.putLong(0, value.getLong(0) + argument);
        }
      };

  private static final LongUpdateFunction LONG_COUNTER =
      new LongUpdateFunction() {
        @Override
        public long initial(long argument) {
          return update(0, argument);
        }

        @Override
        public long update(long value, long argument) {
          if (argument < 0) {
            throw new ArithmeticException("negative");
          }
          return value + argument;
        }
      };

  private static int count(BatchFace face, long[] keys, long[] arguments, int from, int count) {
    return face.isLong()
        ? face.rmw(keys, LONG_COUNTER, arguments, from, count)
        : face.rmw(keys, COUNTER, arguments, from, count);
  }

  private static long[] numbers(int count) {
    long[] numbers = new long[count];
    Arrays.setAll(numbers, i -> i);
    return numbers;
  }

  /** Fills a tiny store so that its first keys have left memory. */
  private static void fill(KindFace face, int keys) {
    for (int key = 0; key < keys; key++) {
      face.upsert(key, KindFace.ofLong(key));
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldGiveBusyToTheRestWhenThePendingTableIsFull(StoreKind kind) {
    int depth = 8;
    long[] delivered = new long[COUNT];
    long[] first = new long[1];
    CompletionHandler handler =
        (serial, status, view) -> {
          assertEquals(Status.FOUND, status);
          delivered[(int) (serial - first[0])] = 1 + view.getLong(0);
        };
    FaultyDevice device = TestStores.faultyDevice(0);
    try (Store store = TestStores.tinyOn(device, kind, 1, depth, 6);
        Session session = store.newSession(handler)) {
      KindFace single = new KindFace(kind, session);
      int records = 4_000;
      fill(single, records);
      long[] keys = numbers(COUNT);
      // Every third one is in memory.
      for (int i = 0; i < COUNT; i += 3) {
        keys[i] = records - 1 - i;
      }
      first[0] = session.serial() + 1;
      BatchFace face = new BatchFace(kind, session);
      int onDevice = COUNT - (COUNT + 2) / 3;
      assertEquals(onDevice, face.read(keys, 0, COUNT, false));
      assertEquals(depth, session.pendingCount());
      assertEquals(depth, device.submittedReads.get(), "the reads were not submitted");
      int pending = 0;
      for (int i = 0; i < COUNT; i++) {
        if (i % 3 == 0) {
          assertEquals(Status.FOUND, face.status(i));
          assertArrayEquals(KindFace.ofLong(keys[i]), face.value(i));
        } else {
          assertEquals(pending < depth ? Status.PENDING : Status.BUSY, face.status(i));
          pending++;
        }
      }
      session.completeAll();
      int number = 0;
      for (int i = 0; i < COUNT; i++) {
        boolean waited = i % 3 != 0 && number++ < depth;
        assertEquals(waited ? 1 + keys[i] : 0, delivered[i], "number " + i);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldAwaitTheLastWhenSeveralArePending(StoreKind kind) {
    try (Store store = TestStores.tinyOn(TestDevice.MEMORY.open(null, 0), kind, 1, 8, 6);
        Session session = store.newSession()) {
      KindFace single = new KindFace(kind, session);
      fill(single, 4_000);
      BatchFace face = new BatchFace(kind, session);
      assertEquals(5, face.read(numbers(5), 0, 5, true));
      assertEquals(Status.FOUND, session.await(Status.PENDING));
      if (kind == StoreKind.LONG_TO_LONG) {
        assertEquals(4, session.longValue());
      } else {
        assertArrayEquals(KindFace.ofLong(4), face.value(4));
      }
      session.completeAll();
      assertEquals(0, session.pendingCount());
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldHaveDoneTheKeysBeforeWhenAFunctionThrows(StoreKind kind) {
    for (int failing : new int[] {0, 1, 31, 32, 50, 64, COUNT - 1}) {
      try (Store store = TestStores.inMemory(kind);
          Session session = store.newSession()) {
        KindFace single = new KindFace(kind, session);
        BatchFace face = new BatchFace(kind, session);
        long[] keys = numbers(COUNT);
        long[] arguments = new long[COUNT];
        Arrays.fill(arguments, 5);
        arguments[failing] = -1;
        for (int i = 0; i < COUNT; i += 2) {
          single.upsert(i, KindFace.ofLong(100));
        }
        long before = session.serial();
        assertThrows(ArithmeticException.class, () -> count(face, keys, arguments, 0, COUNT));
        assertEquals(before + failing + 1, session.serial());
        for (int i = 0; i < COUNT; i++) {
          long old = i % 2 == 0 ? 100 : 0;
          byte[] value = single.get(i);
          if (i < failing) {
            assertEquals(old + 5, KindFace.toLong(value), "key " + i);
            assertEquals(old > 0 ? Status.UPDATED : Status.CREATED, face.status(i));
          } else {
            assertArrayEquals(old > 0 ? KindFace.ofLong(old) : null, value, "key " + i);
            assertNull(face.status(i));
          }
        }
        arguments[failing] = 5;
        assertEquals(0, count(face, keys, arguments, failing, COUNT - failing));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldRefuseWhenAFunctionCallsItsSession(StoreKind kind) {
    try (Store store = TestStores.inMemory(kind);
        Session session = store.newSession()) {
      KindFace single = new KindFace(kind, session);
      fill(single, COUNT);
      Status[] statuses = new Status[COUNT];
      BatchFace face = new BatchFace(kind, session);
      ReadFunction nested =
          (view, index) -> assertThrows(MisuseException.class, () -> face.delete(numbers(4), 0, 4));
      MemorySegment[] keys = new MemorySegment[COUNT];
      Arrays.setAll(keys, KindFace::bytesOf);
      int unfinished =
          kind == StoreKind.LONG_TO_BYTES
              ? session.readBatch(numbers(COUNT), 0, COUNT, nested, statuses)
              : session.readBatch(keys, 0, COUNT, nested, statuses);
      assertEquals(0, unfinished);
      assertEquals(Status.FOUND, statuses[COUNT - 1]);
    }
  }

  @Test
  void shouldEndWithTheKeysBeforeDoneWhenTheStoreCantGrow() {
    StoreConfig config = TestStores.config(StoreKind.LONG_TO_LONG).device(DeviceKind.NULL).build();
    try (Store store = Store.open(config);
        Session session = store.newSession()) {
      int count = 100_000;
      long[] keys = numbers(count);
      Status[] statuses = new Status[count];
      assertThrows(
          StoreIoException.class, () -> session.upsertBatch(keys, keys, 0, count, statuses));
      int done = (int) session.serial() - 1;
      assertTrue(done > 1000 && done < count, "done: " + done);
      assertEquals(Status.CREATED, statuses[done - 1]);
      assertNull(statuses[done]);
      assertEquals(Status.FOUND, session.read(done - 1));
      assertEquals(Status.NOT_FOUND, session.read(done));
    }
  }

  private static void addAll(Store store, int threads, Thread.Builder builder, int keys, int rounds)
      throws Exception {
    Seeds.run(
        1,
        seed -> {
          AtomicLongArray sums = new AtomicLongArray(keys);
          AtomicLongArray created = new AtomicLongArray(keys);
          Threads.run(
              threads,
              builder,
              thread -> {
                SplittableRandom random = new SplittableRandom(seed + thread);
                try (Session session = store.newSession()) {
                  addBatches(session, store.config().kind(), random, rounds, sums, created);
                }
              });
          try (Session session = store.newSession()) {
            KindFace face = new KindFace(store.config().kind(), session);
            for (int key = 0; key < keys; key++) {
              byte[] value = face.get(key);
              assertEquals(sums.get(key), value == null ? 0 : KindFace.toLong(value), "key " + key);
              assertTrue(created.get(key) <= 1, "created twice");
            }
          }
        });
  }

  private static void addBatches(
      Session session,
      StoreKind kind,
      SplittableRandom random,
      int rounds,
      AtomicLongArray sums,
      AtomicLongArray created) {
    BatchFace face = new BatchFace(kind, session);
    for (int round = 0; round < rounds; round++) {
      long[] keys = new long[random.nextInt(COUNT)];
      long[] deltas = new long[keys.length];
      Arrays.setAll(keys, i -> random.nextInt(sums.length()));
      Arrays.setAll(deltas, i -> 1 + random.nextInt(1000));
      boolean byFunction = !face.isLong() || random.nextBoolean();
      int unfinished =
          byFunction
              ? count(face, keys, deltas, 0, keys.length)
              : face.add(keys, deltas, 0, keys.length);
      assertEquals(unfinished > 0, session.pendingCount() > 0);
      session.completeAll();
      for (int i = 0; i < keys.length; i++) {
        if (face.status(i) != Status.BUSY) {
          sums.addAndGet((int) keys[i], deltas[i]);
        }
        created.addAndGet((int) keys[i], face.status(i) == Status.CREATED ? 1 : 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldLoseNoUpdateWhenBatchesOfSessionsOverlap(StoreKind kind) throws Exception {
    try (Store store = TestStores.inMemory(kind)) {
      addAll(store, 2, Thread.ofPlatform().daemon(), 30, 600);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldLoseNoUpdateWhenPagesAreEvicted(StoreKind kind) throws Exception {
    Device device = TestDevice.MEMORY.open(null, 0);
    try (Store store = TestStores.tinyOn(device, kind, 3, 8, 6)) {
      addAll(
          store,
          2,
          Thread.ofPlatform().daemon(),
          kind == StoreKind.LONG_TO_LONG ? 4_000 : 800,
          500);
      assertTrue(device.stats().reads() > 0);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldLoseNoUpdateWhenThreadsAreVirtual(StoreKind kind) throws Exception {
    Device device = TestDevice.MEMORY.open(null, 0);
    try (Store store = TestStores.tinyOn(device, kind, 21, 4, 8)) {
      addAll(store, 20, Thread.ofVirtual(), kind == StoreKind.LONG_TO_LONG ? 4_000 : 800, 40);
    }
  }
}
