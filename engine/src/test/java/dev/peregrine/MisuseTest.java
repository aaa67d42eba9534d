package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions used by two threads at once, or by their own callbacks. */
class MisuseTest {
  private static final int ROUNDS = 30_000;

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseOneWhenTwoThreadsUseASession(StoreKind kind) throws InterruptedException {
    AtomicLong done = new AtomicLong();
    AtomicInteger refused = new AtomicInteger();
    try (Store store = TestStores.tinyOn(TestDevice.MEMORY.open(null, 0), kind, 2, 8, 6);
        Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      UpdateFunction counter = new AddToFirstWord();
      Threads.run(
          2,
          thread -> {
            for (int i = 0; i < ROUNDS; i++) {
              try {
                Status status = face.isLong() ? session.add(1, 1) : face.rmw(1, counter, 1);
                done.addAndGet(status == Status.BUSY ? 0 : 1);
              } catch (MisuseException e) {
                refused.incrementAndGet();
              }
              try {
                face.upsert(100 + i, new byte[8]);
                session.completePending();
              } catch (MisuseException e) {
                assertTrue(e.getMessage().contains("one thread at a time"), e.getMessage());
                assertEquals(Severity.CALL, e.severity());
              }
            }
          });
      assertTrue(refused.get() > 0, "the threads never met");
      session.completeAll();
      assertEquals(done.get(), KindFace.toLong(face.get(1)));
    }
  }

  private static List<Executable> callsOf(KindFace face) {
    Session session = face.session();
    return List.of(
        () -> face.read(1, (view, argument) -> {}, 0),
        () -> face.upsert(1, new byte[8]),
        () -> face.insertIfAbsent(1, new byte[8]),
        () -> face.delete(1),
        session::completePending,
        session::completeAll,
        session::refresh,
        session::close);
  }

  private static void requireAllRefused(KindFace face) {
    for (Executable call : callsOf(face)) {
      assertThrows(MisuseException.class, call);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldRefuseWhenAFunctionCallsItsSession(StoreKind kind) {
    AtomicInteger calls = new AtomicInteger();
    try (Store store = TestStores.tinyOn(TestDevice.MEMORY.open(null, 0), kind, 1, 8, 6);
        Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < 300; key++) {
        face.upsert(key, new byte[200]);
      }
      ReadFunction reader =
          (view, argument) -> {
            requireAllRefused(face);
            calls.incrementAndGet();
          };
      UpdateFunction updater =
          new UpdateFunction() {
            @Override
            public int initialLength(long argument) {
              requireAllRefused(face);
              calls.incrementAndGet();
              return 8;
            }

            @Override
            public void initialize(ValueBuffer value, long argument) {
              requireAllRefused(face);
            }

            @Override
            public int updatedLength(ValueView value, long argument) {
              requireAllRefused(face);
              return 300;
            }

            @Override
            public void update(ValueBuffer value, long argument) {
              requireAllRefused(face);
              calls.incrementAndGet();
              value.putByte(0, (byte) 3);
            }
          };
      for (long key : new long[] {0, 299}) {
        assertEquals(Status.FOUND, session.await(face.read(key, reader, 0)));
        assertEquals(Status.UPDATED, session.await(face.rmw(key, updater, 0)));
        assertEquals(Status.CREATED, session.await(face.rmw(1000 + key, updater, 0)));
        assertEquals(3, face.get(key)[0]);
      }
      assertTrue(calls.get() >= 6);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseWhenAHandlerCallsItsSession(StoreKind kind) {
    KindFace[] own = new KindFace[1];
    AtomicInteger calls = new AtomicInteger();
    CompletionHandler handler =
        (serial, status, view) -> {
          requireAllRefused(own[0]);
          calls.incrementAndGet();
        };
    try (Store store = TestStores.tinyOn(TestDevice.MEMORY.open(null, 0), kind, 1, 8, 6);
        Session session = store.newSession(handler)) {
      KindFace face = new KindFace(kind, session);
      own[0] = face;
      for (int key = 0; key < 4_000; key++) {
        face.upsert(key, KindFace.ofLong(key));
      }
      for (int key = 0; key < 8; key++) {
        assertEquals(Status.PENDING, face.read(key, (view, argument) -> {}, 0));
      }
      session.completeAll();
      assertEquals(8, calls.get());
      assertArrayEquals(KindFace.ofLong(5), face.get(5));
    }
  }

  @Test
  void shouldLetAnotherSessionInWhenAFunctionUsesIt() {
    try (Store store = TestStores.inMemory(StoreKind.LONG_TO_BYTES);
        Session session = store.newSession();
        Session other = store.newSession()) {
      KindFace face = new KindFace(StoreKind.LONG_TO_BYTES, session);
      KindFace otherFace = new KindFace(StoreKind.LONG_TO_BYTES, other);
      face.upsert(1, KindFace.ofLong(1));
      List<byte[]> seen = new ArrayList<>();
      face.read(1, (view, argument) -> seen.add(otherFace.get(1)), 0);
      assertArrayEquals(KindFace.ofLong(1), seen.getFirst());
    }
  }
}
