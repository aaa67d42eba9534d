package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TransferQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions on virtual threads, and sessions that move from thread to thread. */
class VirtualThreadTest {
  private static final int THREADS = 40;
  private static final StoreKind KIND = StoreKind.LONG_TO_BYTES;

  @TempDir Path directory;

  private Store open(TestDevice device, int sessions) {
    assumeTrue(device.isAvailable());
    return TestStores.tinyOn(device.open(directory, 3), KIND, sessions, 4, 8);
  }

  @ParameterizedTest
  @EnumSource(TestDevice.class)
  void shouldWorkWhenEachVirtualThreadHasASession(TestDevice device) throws InterruptedException {
    try (Store store = open(device, THREADS)) {
      Threads.run(
          THREADS,
          Thread.ofVirtual(),
          thread -> {
            try (Session session = store.newSession()) {
              KindFace face = new KindFace(KIND, session);
              for (int i = 0; i < 60; i++) {
                face.upsert(thread * 1000L + i, KindFace.ofLong(thread + i));
                session.await(face.rmw(-1, new AddToFirstWord(), 1));
                Thread.yield();
              }
              for (int i = 0; i < 60; i++) {
                assertArrayEquals(KindFace.ofLong(thread + i), face.get(thread * 1000L + i));
              }
            }
          });
      try (Session session = store.newSession()) {
        assertEquals(THREADS * 60L, KindFace.toLong(new KindFace(KIND, session).get(-1)));
      }
    }
  }

  /** One session goes round between platform and virtual threads, with reads pending. */
  @ParameterizedTest
  @EnumSource(TestDevice.class)
  void shouldGoOnWhenASessionIsHandedOn(TestDevice device) throws InterruptedException {
    int turns = 300;
    AtomicLong completed = new AtomicLong();
    CompletionHandler handler = (serial, status, view) -> completed.incrementAndGet();
    AtomicLong pending = new AtomicLong();
    try (Store store = open(device, 2)) {
      Session session = store.newSession(handler);
      TransferQueue<Session> hands = new LinkedTransferQueue<>();
      hands.add(session);
      AtomicLong turn = new AtomicLong();
      Threads.Body body =
          thread -> {
            while (true) {
              Session own = hands.take();
              long number = turn.getAndIncrement();
              if (number >= turns) {
                hands.add(own);
                return;
              }
              KindFace face = new KindFace(KIND, own);
              for (int i = 0; i < 20; i++) {
                face.upsert(number * 20 + i, new byte[100]);
              }
              if (face.read(number * 2, (view, argument) -> {}, 0) == Status.PENDING) {
                pending.incrementAndGet();
              }
              own.completePending();
              hands.add(own);
            }
          };
      Thread virtual =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      Threads.run(3, Thread.ofVirtual(), body);
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      Threads.run(2, body);
      virtual.join();
      session.completeAll();
      assertEquals(pending.get(), completed.get());
      session.close();
    }
  }

  @ParameterizedTest
  @EnumSource(TestDevice.class)
  void shouldGoOnAndKeepTheFlagWhenTheThreadIsInterrupted(TestDevice device) {
    try (Store store = open(device, 1);
        Session session = store.newSession()) {
      KindFace face = new KindFace(KIND, session);
      Thread.currentThread().interrupt();
      try {
        for (int key = 0; key < 400; key++) {
          face.upsert(key, new byte[200]);
        }
        for (int key = 0; key < 400; key++) {
          assertEquals(200, face.get(key).length);
        }
      } finally {
        assertEquals(true, Thread.interrupted(), "the interrupt was swallowed");
      }
    }
  }
}
