package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.Device;
import dev.peregrine.internal.hlog.ThreadDriver;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Concurrent read-modify-writes, none of which may be lost or done twice. */
class SumsTest {
  private static final int THREADS = 3;
  private static final int DEPTH = 8;

  private static final LongUpdateFunction ADDER =
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

  /** A counter in the first word that grows by a word at times, until it shrinks again. */
  private static final UpdateFunction COUNTER =
      new UpdateFunction() {
        @Override
        public int initialLength(long argument) {
          return Long.BYTES;
        }

        @Override
        public void initialize(ValueBuffer value, long argument) {
          value.putLong(0, argument);
        }

        @Override
        public int updatedLength(ValueView value, long argument) {
          return argument % 16 != 0
              ? value.length()
              : value.length() > 200 ? Long.BYTES : value.length() + Long.BYTES;
        }

        @Override
        public void update(ValueBuffer value, long argument) {
          value.putLong(0, value.getLong(0) + argument);
        }
      };

  private static Status update(KindFace face, long key, long delta, boolean byFunction) {
    if (!face.isLong()) {
      return face.rmw(key, COUNTER, delta);
    }
    return byFunction ? face.session().rmw(key, ADDER, delta) : face.session().add(key, delta);
  }

  private static void addAll(Store store, int keys, int updates) {
    Seeds.run(
        1,
        seed -> {
          AtomicLongArray sums = new AtomicLongArray(keys);
          AtomicLongArray created = new AtomicLongArray(keys);
          Threads.run(
              THREADS,
              thread -> {
                SplittableRandom random = new SplittableRandom(seed + thread);
                try (Session session = store.newSession()) {
                  KindFace face = new KindFace(store.config().kind(), session);
                  for (int i = 0; i < updates; i++) {
                    int key = random.nextInt(keys);
                    long delta = 1 + random.nextInt(1000);
                    Status status = update(face, key, delta, random.nextBoolean());
                    while (status == Status.BUSY) {
                      session.completePending();
                      status = update(face, key, delta, random.nextBoolean());
                    }
                    sums.addAndGet(key, delta);
                    if (status == Status.PENDING && random.nextInt(4) == 0) {
                      status = session.await(status);
                    }
                    created.addAndGet(key, status == Status.CREATED ? 1 : 0);
                    session.completePending();
                  }
                  session.completeAll();
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

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldLoseNoUpdateWhenInMemory(StoreKind kind) {
    try (Store store = TestStores.inMemory(kind)) {
      addAll(store, 20, 40_000);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldLoseNoUpdateWhenPagesAreEvicted(StoreKind kind) {
    Device device = TestDevice.MEMORY.open(null, 0);
    try (Store store = TestStores.tinyOn(device, kind, THREADS + 1, DEPTH, 6)) {
      addAll(store, kind == StoreKind.LONG_TO_LONG ? 4_000 : 800, 30_000);
      assertTrue(store.stats().headAddress() > store.stats().beginAddress());
      assertTrue(device.stats().reads() > 0);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldLoseNoUpdateWhenKeysShareOneChain(StoreKind kind) {
    Device device = TestDevice.MEMORY.open(null, 0);
    StoreConfig config = TestStores.tiny(kind, THREADS + 1, DEPTH, 6, device.sectorBytes());
    try (Store store = TestStores.open(config, device, new ThreadDriver("test-log"), 0)) {
      addAll(store, 10, 6_000);
    }
  }

  @Test
  void shouldLoseNoUpdateWhenTheMutableRegionIsOnePage() {
    Device device = TestDevice.MEMORY.open(null, 0);
    StoreConfig tiny = TestStores.tiny(StoreKind.LONG_TO_LONG, 4, DEPTH, 6, device.sectorBytes());
    StoreConfig config =
        TestStores.config(StoreKind.LONG_TO_LONG)
            .memoryBytes(tiny.memoryBytes())
            .maxSessions(tiny.maxSessions())
            .mutableFraction(0.01)
            .build();
    try (Store store = TestStores.open(config, device)) {
      addAll(store, 1_000, 60_000);
    }
  }

  @Test
  void shouldAppendWhenTheSequenceOfChangesIsExhausted() {
    try (Store store = TestStores.inMemory(StoreKind.LONG_TO_BYTES);
        Session session = store.newSession()) {
      long tail = store.stats().tailAddress();
      for (int i = 1; i <= 30_000; i++) {
        Status status = session.rmw(7, COUNTER, 1);
        assertEquals(i == 1 ? Status.CREATED : Status.UPDATED, status);
      }
      byte[] value = new KindFace(StoreKind.LONG_TO_BYTES, session).get(7);
      assertEquals(30_000, KindFace.toLong(value));
      long grown = store.stats().tailAddress() - tail;
      assertTrue(grown >= 4 * 32 && grown < 1000, "grew by " + grown);
    }
  }
}
