package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Writes, growth and queues that fail: the error is told, and nothing that was stored is lost. */
class DeviceErrorTest {
  private static final int FRAMES = 8;
  private static final int MANY = 20_000;
  private static final int VALUE_BYTES = 500;

  private FaultyDevice device = TestStores.faultyDevice(1);

  private Store open(StoreKind kind) {
    return TestStores.tinyOn(device, kind, 3, 8, FRAMES);
  }

  private static byte[] value(KindFace face, long key) {
    byte[] bytes = new byte[face.isLong() ? Long.BYTES : VALUE_BYTES];
    Arrays.fill(bytes, (byte) (key * 31 + 1));
    return bytes;
  }

  /** Stores keys from 0 on until the store refuses; returns how many it took. */
  private static int fill(KindFace face, List<StoreIoException> failure) {
    for (int key = 0; key < MANY; key++) {
      try {
        face.upsert(key, value(face, key));
      } catch (StoreIoException e) {
        failure.add(e);
        return key;
      }
    }
    throw new AssertionError("the failure reached nobody");
  }

  private static void requireRefused(Executable change) {
    StoreIoException e = assertThrows(StoreIoException.class, change);
    assertEquals(Severity.WRITES, e.severity());
    assertInstanceOf(DeviceException.class, e.getCause());
  }

  private static void requireChangesRefused(KindFace face, int known) {
    requireRefused(() -> face.upsert(known - 1, value(face, 1)));
    requireRefused(() -> face.upsert(MANY, value(face, 1)));
    requireRefused(() -> face.insertIfAbsent(MANY, value(face, 1)));
    requireRefused(() -> face.delete(known - 1));
    if (face.isLong()) {
      requireRefused(() -> face.session().add(0, 1));
      requireRefused(() -> face.session().rmw(0, ModelUpdates.LONG, 1));
    } else {
      requireRefused(() -> face.rmw(known - 1, ModelUpdates.BYTES, 2));
    }
  }

  private DeviceException fillUntilRefused(Store store) {
    try (Session session = store.newSession()) {
      KindFace face = new KindFace(store.config().kind(), session);
      List<StoreIoException> failures = new ArrayList<>();
      int stored = fill(face, failures);
      assertTrue(device.injected.get() > 0);
      assertEquals(Severity.WRITES, failures.getFirst().severity());
      requireChangesRefused(face, stored);
      assertTrue(store.stats().headAddress() <= store.stats().flushedUntilAddress());
      requireAll(face, stored);
      try (Session other = store.newSession()) {
        KindFace otherFace = new KindFace(store.config().kind(), other);
        requireChangesRefused(otherFace, stored);
        requireAll(otherFace, stored);
      }
      return (DeviceException) failures.getFirst().getCause();
    }
  }

  private static void requireAll(KindFace face, int stored) {
    for (int key = 0; key < stored; key++) {
      assertArrayEquals(value(face, key), face.get(key), "key " + key + " of " + stored);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseChangesAndKeepAllWhenTheNthWriteFails(StoreKind kind) {
    for (int n = 1; n <= 24; n++) {
      device = TestStores.faultyDevice(n);
      int fatal = n;
      device.writeFails = number -> number == fatal;
      device.failedWritesLand = n % 2 == 0;
      device.reorders = n % 3 == 0;
      try (Store store = open(kind)) {
        DeviceException cause = fillUntilRefused(store);
        assertEquals("write", cause.operation());
        assertEquals(FaultyDevice.PATH, cause.path());
        assertEquals((n - 1) * (long) TestStores.PAGE_BYTES, cause.offset());
        assertEquals(FaultyDevice.EIO, cause.errno());
        assertTrue(store.stats().flushedUntilAddress() <= Math.max(64, cause.offset()));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseChangesAndKeepAllWhenTheDeviceIsFull(StoreKind kind) {
    for (int pages = 0; pages < 40; pages += 3) {
      device = TestStores.faultyDevice(pages);
      device.capacityBytes = pages * (long) TestStores.PAGE_BYTES;
      try (Store store = open(kind)) {
        DeviceException cause = fillUntilRefused(store);
        assertEquals("allocate", cause.operation());
        assertEquals(FaultyDevice.ENOSPC, cause.errno());
      }
    }
  }

  @Test
  void shouldRefuseChangesAndKeepAllWhenTheFlusherGetsNoQueue() {
    device.queueFails = number -> number == 1;
    try (Store store = open(StoreKind.LONG_TO_LONG)) {
      assertEquals("open queue", fillUntilRefused(store).operation());
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldFailTheReadAndGoOnWhenTheSessionGetsNoQueue(StoreKind kind) {
    try (Store store = open(kind);
        Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      int keys = kind == StoreKind.LONG_TO_LONG ? 4_000 : 200;
      for (int key = 0; key < keys; key++) {
        face.upsert(key, value(face, key));
      }
      device.queueFails = number -> true;
      for (int i = 0; i < 20; i++) {
        StoreIoException e = assertThrows(StoreIoException.class, () -> face.get(0));
        assertEquals(Severity.CALL, e.severity());
        assertInstanceOf(DeviceException.class, e.getCause());
        assertEquals(0, session.pendingCount());
        session.completeAll();
      }
      assertArrayEquals(value(face, keys - 1), face.get(keys - 1));
      device.queueFails = number -> false;
      requireAll(face, keys);
    }
  }

  @Test
  void shouldTellEveryoneWhoWaitsWhenAWriteFails() throws InterruptedException {
    device.writeFails = number -> number == 10;
    try (Store store = TestStores.tinyOn(device, StoreKind.LONG_TO_BYTES, 4, 8, FRAMES)) {
      Threads.run(
          4,
          thread -> {
            try (Session session = store.newSession()) {
              KindFace face = new KindFace(StoreKind.LONG_TO_BYTES, session);
              List<StoreIoException> failures = new ArrayList<>();
              fill(face, failures);
              assertEquals(1, failures.size());
            }
          });
    }
  }

  @Test
  void shouldGoOnWhenWritesAreSlow() throws InterruptedException {
    device.stalled = true;
    try (Store store = TestStores.tinyOn(device, StoreKind.LONG_TO_BYTES, 3, 8, FRAMES)) {
      Threads.run(
          3,
          thread -> {
            if (thread == 2) {
              // Everybody waits for space by now, or soon will.
              while (store.stats().tailAddress() < (FRAMES - 2L) * TestStores.PAGE_BYTES) {
                Thread.onSpinWait();
              }
              device.stalled = false;
              return;
            }
            try (Session session = store.newSession()) {
              KindFace face = new KindFace(StoreKind.LONG_TO_BYTES, session);
              for (int key = thread; key < 600; key += 2) {
                face.upsert(key, value(face, key));
              }
            }
          });
      try (Session session = store.newSession()) {
        requireAll(new KindFace(StoreKind.LONG_TO_BYTES, session), 600);
      }
    }
  }
}
