package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.Device;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of many who insert one key at the same time, one creates it and all others find it. */
class InsertTest {
  private static final int THREADS = 3;

  private static void insertAll(Store store, long firstKey, int keys) throws InterruptedException {
    AtomicIntegerArray created = new AtomicIntegerArray(keys);
    AtomicLongArray winner = new AtomicLongArray(keys);
    Threads.run(
        THREADS,
        thread -> {
          try (Session session = store.newSession()) {
            KindFace face = new KindFace(store.config().kind(), session);
            byte[] value = KindFace.ofLong(thread);
            for (int i = 0; i < keys; i++) {
              Status status = session.await(face.insertIfAbsent(firstKey + i, value));
              if (status == Status.CREATED) {
                created.incrementAndGet(i);
                winner.set(i, thread);
              } else {
                assertEquals(Status.FOUND, status);
              }
            }
          }
        });
    try (Session session = store.newSession()) {
      KindFace face = new KindFace(store.config().kind(), session);
      for (int i = 0; i < keys; i++) {
        assertEquals(1, created.get(i), "creators of key " + (firstKey + i));
        assertArrayEquals(KindFace.ofLong(winner.get(i)), face.get(firstKey + i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldCreateOnceWhenManyInsertInMemory(StoreKind kind) throws InterruptedException {
    try (Store store = TestStores.inMemory(kind)) {
      insertAll(store, 1, 10_000);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldCreateOnceWhenTombstonesAreOnTheDevice(StoreKind kind) throws InterruptedException {
    Device device = TestDevice.MEMORY.open(null, 0);
    int keys = 3_000;
    try (Store store = TestStores.tinyOn(device, kind, THREADS + 1, 4, 6)) {
      insertAll(store, 1, keys);
      try (Session session = store.newSession()) {
        KindFace face = new KindFace(kind, session);
        for (int i = 0; i < keys; i++) {
          assertEquals(Status.DELETED, face.delete(1 + i));
        }
      }
      insertAll(store, 1, keys);
      assertTrue(device.stats().reads() > 0);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldFindAllWhenTheyAreOnTheDevice(StoreKind kind) throws InterruptedException {
    Device device = TestDevice.MEMORY.open(null, 0);
    int keys = 3_000;
    try (Store store = TestStores.tinyOn(device, kind, THREADS, 4, 6)) {
      try (Session session = store.newSession()) {
        KindFace face = new KindFace(kind, session);
        for (int i = 0; i < keys; i++) {
          face.upsert(i, KindFace.ofLong(i));
        }
      }
      Threads.run(
          THREADS,
          thread -> {
            try (Session session = store.newSession()) {
              KindFace face = new KindFace(kind, session);
              for (int i = 0; i < keys; i++) {
                Status status = session.await(face.insertIfAbsent(i, KindFace.ofLong(-1)));
                assertEquals(Status.FOUND, status, "key " + i);
              }
            }
          });
    }
  }

  /** One key that some delete and others insert: successes of the two kinds must alternate. */
  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldAlternateWhenSomeDeleteAndOthersInsert(StoreKind kind) throws InterruptedException {
    Device device = TestDevice.MEMORY.open(null, 0);
    int keys = 3;
    AtomicLongArray balance = new AtomicLongArray(keys);
    AtomicLong noise = new AtomicLong(1000);
    try (Store store = TestStores.tinyOn(device, kind, 5, 4, 6)) {
      Threads.run(
          4,
          thread -> {
            try (Session session = store.newSession()) {
              KindFace face = new KindFace(kind, session);
              for (int i = 0; i < 8_000; i++) {
                int key = i % keys;
                if (thread % 2 == 0) {
                  Status status = session.await(face.insertIfAbsent(key, KindFace.ofLong(i)));
                  balance.addAndGet(key, status == Status.CREATED ? 1 : 0);
                } else if (isPresent(face, key)) {
                  // With a version on the device only, a deletion can't tell whether it did
                  // anything.
                  face.delete(key);
                }
                face.upsert(noise.incrementAndGet(), KindFace.ofLong(i));
              }
            }
          });
      try (Session session = store.newSession()) {
        KindFace face = new KindFace(kind, session);
        for (int key = 0; key < keys; key++) {
          assertTrue(balance.get(key) > 0);
          Status status = session.await(face.insertIfAbsent(key, KindFace.ofLong(1)));
          assertEquals(Status.FOUND, session.await(face.insertIfAbsent(key, KindFace.ofLong(2))));
          assertTrue(status == Status.CREATED || status == Status.FOUND);
        }
      }
    }
  }

  private static boolean isPresent(KindFace face, long key) {
    return face.get(key) != null;
  }

  /** In memory each deletion knows what it did, so the two kinds of success must balance. */
  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldBalanceWhenInsertsAndDeletesAreInMemory(StoreKind kind) throws InterruptedException {
    int keys = 3;
    AtomicLongArray balance = new AtomicLongArray(keys);
    try (Store store = TestStores.inMemory(kind)) {
      Threads.run(
          4,
          thread -> {
            try (Session session = store.newSession()) {
              KindFace face = new KindFace(kind, session);
              for (int i = 0; i < 20_000; i++) {
                int key = i % keys;
                if (thread % 2 == 0) {
                  Status status = face.insertIfAbsent(key, KindFace.ofLong(i));
                  balance.addAndGet(key, status == Status.CREATED ? 1 : 0);
                } else {
                  balance.addAndGet(key, face.delete(key) == Status.DELETED ? -1 : 0);
                }
              }
            }
          });
      try (Session session = store.newSession()) {
        KindFace face = new KindFace(kind, session);
        for (int key = 0; key < keys; key++) {
          assertEquals(face.get(key) == null ? 0 : 1, balance.get(key), "key " + key);
        }
      }
    }
  }
}
