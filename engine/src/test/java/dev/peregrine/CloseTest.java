package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.NativeRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is closed refuses, whoever uses it meanwhile. */
class CloseTest {
  private static final int ROUNDS = 120;
  private static final int THREADS = 8;

  private static List<Executable> callsOf(KindFace face) {
    Session session = face.session();
    List<Executable> calls = new ArrayList<>();
    calls.add(() -> face.read(1, (view, argument) -> {}, 0));
    calls.add(() -> face.upsert(1, new byte[8]));
    calls.add(() -> face.insertIfAbsent(1, new byte[8]));
    calls.add(() -> face.delete(1));
    calls.add(() -> session.await(Status.PENDING));
    calls.add(() -> session.future(Status.PENDING));
    calls.add(session::completePending);
    calls.add(session::completeAll);
    calls.add(session::refresh);
    return calls;
  }

  private static void requireClosed(KindFace face) {
    for (Executable call : callsOf(face)) {
      StoreClosedException e = assertThrows(StoreClosedException.class, call);
      assertTrue(e.getMessage().contains("closed"), e.getMessage());
    }
    face.session().close();
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseWhenTheSessionIsClosed(StoreKind kind) {
    try (Store store = TestStores.inMemory(kind)) {
      KindFace face = new KindFace(kind, store.newSession());
      face.upsert(1, new byte[8]);
      face.session().close();
      // Its slot serves another session by now.
      try (Session other = store.newSession()) {
        requireClosed(face);
        assertEquals(8, new KindFace(kind, other).get(1).length);
      }
      requireClosed(face);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseWhenTheStoreIsClosed(StoreKind kind) {
    Store store = TestStores.inMemory(kind);
    KindFace face = new KindFace(kind, store.newSession());
    KindFace closedBefore = new KindFace(kind, store.newSession());
    closedBefore.session().close();
    face.upsert(1, new byte[8]);
    store.close();
    store.close();
    requireClosed(face);
    requireClosed(closedBefore);
    assertThrows(StoreClosedException.class, store::newSession);
    assertThrows(StoreClosedException.class, store::stats);
    assertEquals(kind, store.config().kind());
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldFailTheFuturesWhenClosedWithOperationsPending(StoreKind kind) {
    for (boolean closeStore : new boolean[] {true, false}) {
      FaultyDevice device = TestStores.faultyDevice(0);
      List<CompletableFuture<Outcome>> futures = new ArrayList<>();
      Store store = TestStores.tinyOn(device, kind, 1, 8, 6);
      Session session = store.newSession();
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < 4_000; key++) {
        face.upsert(key, KindFace.ofLong(key));
      }
      device.stalled = true;
      for (int key = 0; key < 8; key++) {
        futures.add(session.future(face.insertIfAbsent(key, KindFace.ofLong(1))));
      }
      if (closeStore) {
        store.close();
      } else {
        session.close();
        store.close();
      }
      for (CompletableFuture<Outcome> future : futures) {
        Throwable cause = assertThrows(CompletionException.class, future::join).getCause();
        assertInstanceOf(StoreClosedException.class, cause);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldThrowNothingElseWhenClosedUnderLoad(StoreKind kind) {
    Seeds.run(
        1,
        seed -> {
          for (int round = 0; round < ROUNDS; round++) {
            boolean evicts = round % 3 != 0;
            Store store =
                evicts
                    ? TestStores.tinyOn(TestDevice.REORDERING.open(null, seed), kind, 9, 4, 8)
                    : Store.open(TestStores.config(kind).maxSessions(9).build());
            closeUnderLoad(store, seed + round);
          }
        });
  }

  private static void closeUnderLoad(Store store, long seed) throws InterruptedException {
    AtomicLong operations = new AtomicLong();
    Threads.run(
        THREADS + 1,
        thread -> {
          if (thread == THREADS) {
            long until = seed % 3 * 200;
            while (operations.get() < until) {
              Thread.onSpinWait();
            }
            store.close();
            return;
          }
          boolean everOpen = false;
          try (Session session = store.newSession()) {
            everOpen = true;
            KindFace face = new KindFace(store.config().kind(), session);
            for (long i = seed; ; i++) {
              use(face, i);
              operations.incrementAndGet();
            }
          } catch (StoreClosedException e) {
            // What must come, sooner or later; also before the session was opened.
            assertTrue(everOpen || e.getMessage().contains("closed"));
          }
        });
  }

  private static void use(KindFace face, long i) {
    Session session = face.session();
    long key = i * 7919 % 3000;
    byte[] value = face.isLong() ? KindFace.ofLong(i) : new byte[(int) (i % 700)];
    switch ((int) (i % 8)) {
      case 0, 1, 2 -> face.upsert(key, value);
      case 3 -> session.await(face.read(key, (view, argument) -> view.length(), 0));
      case 4 -> session.await(face.insertIfAbsent(key, value));
      case 5 -> face.delete(key);
      case 6 -> session.completePending();
      default -> {
        Status status = face.isLong() ? session.add(key, 1) : face.rmw(key, ModelUpdates.BYTES, i);
        if (status == Status.BUSY) {
          session.completeAll();
        }
      }
    }
  }

  @Test
  void shouldGiveFiguresOrRefuseWhenClosedMeanwhile() throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      Store store = TestStores.inMemory(StoreKind.LONG_TO_LONG);
      Threads.run(
          3,
          thread -> {
            if (thread == 0) {
              store.close();
              return;
            }
            try {
              while (store.stats().tailAddress() > 0) {
                Thread.onSpinWait();
              }
            } catch (StoreClosedException e) {
              assertTrue(e.getMessage().contains("closed"));
            }
          });
    }
  }

  /** Epoch slots and the state's word stay until nobody can hold them; all else is freed. */
  @Test
  void shouldFreeItsMemoryWhenClosed() {
    long small = 64 << 10;
    for (StoreKind kind : StoreKind.values()) {
      long before = NativeRegion.liveBytes();
      Store store = TestStores.tinyOn(TestDevice.MEMORY.open(null, 0), kind, 4, 4, 8);
      Session session = store.newSession();
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < 3_000; key++) {
        face.upsert(key, new byte[8]);
      }
      face.get(0);
      store.newSession().close();
      store.close();
      assertTrue(NativeRegion.liveBytes() <= before + small, "memory was kept");
      assertThrows(StoreClosedException.class, () -> face.get(0));
    }
  }

  @Test
  void shouldFreeItsMemoryWhenItCantBeOpened() {
    StoreConfig config =
        TestStores.config(StoreKind.LONG_TO_LONG).memoryBytes(1L << 50).indexBytes(64).build();
    long before = NativeRegion.liveBytes();
    for (int i = 0; i < 5; i++) {
      assertThrows(Throwable.class, () -> Store.open(config).close());
    }
    assertTrue(NativeRegion.liveBytes() <= before + (64 << 10), "memory was kept");
  }
}
