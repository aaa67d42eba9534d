package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceException;
import dev.peregrine.internal.hlog.PageDamage;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.memory.Memory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads that fail or bring something else than what was written. */
class ReadErrorTest {
  private static final int FRAMES = 6;
  private static final int DEPTH = 16;

  private FaultyDevice device = TestStores.faultyDevice(1);

  private static final class Collector implements CompletionHandler {
    private final Map<Long, Status> outcomes = new HashMap<>();
    private final Map<Long, RuntimeException> failures = new HashMap<>();

    @Override
    public void onCompletion(long serial, Status status, ValueView value) {
      outcomes.put(serial, status);
    }

    @Override
    public void onFailure(long serial, RuntimeException cause) {
      failures.put(serial, cause);
    }
  }

  private static int keysOf(StoreKind kind) {
    return kind == StoreKind.LONG_TO_LONG ? 4_000 : 600;
  }

  private static byte[] value(KindFace face, long key) {
    byte[] value = new byte[face.isLong() ? Long.BYTES : 200];
    value[0] = (byte) key;
    value[7] = (byte) (key >>> 8);
    return value;
  }

  private Store openFilled(StoreKind kind) {
    Store store = TestStores.tinyOn(device, kind, 2, DEPTH, FRAMES);
    try (Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < keysOf(kind); key++) {
        face.upsert(key, value(face, key));
      }
    }
    return store;
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldFailThatOperationAloneWhenTheNthReadFails(StoreKind kind) {
    for (int n = 1; n <= 12; n++) {
      device = TestStores.faultyDevice(n);
      device.reorders = true;
      try (Store store = openFilled(kind)) {
        Collector collector = new Collector();
        try (Session session = store.newSession(collector)) {
          long fatal = device.readNumber.get() + n;
          device.readFails = number -> number == fatal;
          KindFace face = new KindFace(kind, session);
          for (int key = 0; key < DEPTH; key++) {
            assertEquals(Status.PENDING, face.read(key, (view, argument) -> {}, 0));
          }
          session.completeAll();
          assertEquals(1, device.injected.get());
          assertEquals(1, collector.failures.size());
          assertEquals(DEPTH - 1, collector.outcomes.size());
          requireReadError(collector.failures.values().iterator().next());
          for (int key = 0; key < keysOf(kind); key += 7) {
            assertArrayEquals(value(face, key), face.get(key));
          }
        }
      }
    }
  }

  private static void requireReadError(Throwable failure) {
    StoreIoException e = assertInstanceOf(StoreIoException.class, failure);
    assertEquals(Severity.CALL, e.severity());
    DeviceException cause = assertInstanceOf(DeviceException.class, e.getCause());
    assertEquals("read", cause.operation());
    assertEquals(FaultyDevice.PATH, cause.path());
    assertTrue(cause.offset() >= 0);
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldTellAllThreeWaysWhenAReadFails(StoreKind kind) {
    try (Store store = openFilled(kind);
        Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      device.readFails = number -> true;
      for (int i = 0; i < 3 * DEPTH; i++) {
        int key = i;
        requireReadError(assertThrows(StoreIoException.class, () -> face.get(key)));
        assertEquals(0, session.pendingCount());
        requireReadError(
            assertThrows(
                StoreIoException.class,
                () -> session.await(face.insertIfAbsent(key, value(face, key + 1)))));
        CompletableFuture<Outcome> future =
            session.future(face.insertIfAbsent(key, value(face, key + 1)));
        session.completeAll();
        requireReadError(assertThrows(CompletionException.class, future::join).getCause());
        assertEquals(Status.PENDING, face.insertIfAbsent(key, value(face, key + 1)));
        // The default handler throws what it is given.
        requireReadError(assertThrows(StoreIoException.class, session::completeAll));
        assertEquals(0, session.pendingCount());
      }
      device.readFails = number -> false;
      for (int key = 0; key < keysOf(kind); key += 3) {
        assertArrayEquals(value(face, key), face.get(key), "a failed operation changed something");
      }
    }
  }

  @Test
  void shouldGoOnWhenAHandlerThrows() {
    try (Store store = openFilled(StoreKind.LONG_TO_BYTES)) {
      List<Long> seen = new ArrayList<>();
      CompletionHandler handler =
          (serial, status, view) -> {
            seen.add(serial);
            throw new IllegalStateException("handler of " + serial);
          };
      try (Session session = store.newSession(handler)) {
        KindFace face = new KindFace(StoreKind.LONG_TO_BYTES, session);
        for (int key = 0; key < DEPTH; key++) {
          assertEquals(Status.PENDING, face.read(key, (view, argument) -> {}, 0));
        }
        for (int i = 0; i < DEPTH; i++) {
          assertThrows(IllegalStateException.class, session::completeAll);
        }
        session.completeAll();
        assertEquals(DEPTH, seen.stream().distinct().count());
        assertEquals(DEPTH, seen.size());
        assertNotNull(face.get(0));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldNameTheAddressWhenThereIsNoRecord(StoreKind kind) {
    List<FaultyDevice.ReadFilter> damages =
        List.of(
            (offset, address, bytes) -> {
              Memory.zero(address, bytes);
              return bytes;
            },
            (offset, address, bytes) -> {
              for (int at = 0; at < bytes; at += Long.BYTES) {
                // Present, and the previous record above this one.
                Memory.putLong(address + at, 1L << 63 | 1L << 62 | (1L << 48) - 1);
              }
              return bytes;
            },
            (offset, address, bytes) -> {
              // No record, but a page that proves itself.
              Memory.zero(address, PageImage.usableBytes(bytes));
              PageDamage.reseal(address, bytes);
              return bytes;
            },
            (offset, address, bytes) -> {
              for (int at = 0; at < PageImage.usableBytes(bytes); at += Long.BYTES) {
                Memory.putLong(address + at, 1L << 63 | 1L << 62 | (1L << 48) - 1);
              }
              PageDamage.reseal(address, bytes);
              return bytes;
            },
            (offset, address, bytes) -> 0,
            (offset, address, bytes) -> bytes - 512);
    try (Store store = openFilled(kind);
        Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      for (FaultyDevice.ReadFilter damage : damages) {
        device.readFilter = damage;
        for (int key = 0; key < 20; key++) {
          int damaged = key;
          CorruptionException e = assertThrows(CorruptionException.class, () -> face.get(damaged));
          assertTrue(e.getMessage().matches(".*address \\d+.*"), e.getMessage());
          assertEquals(Severity.STORE, e.severity());
          assertThrows(
              CorruptionException.class,
              () -> session.await(face.insertIfAbsent(damaged, value(face, 1))));
          assertEquals(0, session.pendingCount());
        }
      }
      device.readFilter = (offset, address, bytes) -> bytes;
      for (int key = 0; key < 20; key++) {
        assertArrayEquals(value(face, key), face.get(key));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldRefuseWhenTheLengthsPointPastThePage(StoreKind kind) {
    try (Store store = openFilled(kind);
        Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      device.readFilter =
          (offset, address, bytes) -> {
            for (int at = 0; at < bytes; at += Long.BYTES) {
              long word = Memory.getLong(address + at);
              // A layout word: its value length is the only one of 200.
              if ((word & 0x3FF_FFFF) == 200) {
                Memory.putLong(address + at, word | 0x3FF_0000);
              }
            }
            PageDamage.reseal(address, bytes);
            return bytes;
          };
      for (int key = 0; key < 20; key++) {
        int damaged = key;
        CorruptionException e = assertThrows(CorruptionException.class, () -> face.get(damaged));
        assertTrue(e.getMessage().contains("there is no record"), e.getMessage());
      }
    }
  }
}
