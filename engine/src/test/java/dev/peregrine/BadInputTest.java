package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.Volume;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.hlog.ThreadDriver;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wrong arguments and wrong calls: each a clear exception, and the session goes on. */
class BadInputTest {
  /** The longest key or value of a store of bytes with pages of 4 KiB. */
  private static final int MOST = PageImage.usableBytes(TestStores.PAGE_BYTES) - 16;

  private static final MemorySegment SOME = MemorySegment.ofArray(new byte[8]);

  @TempDir Path directory;

  private static void requireNulls(Executable... calls) {
    for (Executable call : calls) {
      assertThrows(NullPointerException.class, call);
    }
  }

  private static void requireUnsupported(StoreKind kind, Executable... calls) {
    for (Executable call : calls) {
      UnsupportedOperationException e = assertThrows(UnsupportedOperationException.class, call);
      assertTrue(e.getMessage().contains(kind.toString()), e.getMessage());
    }
  }

  /** That nothing has come of what was refused. */
  private static void requireUsable(Session session, StoreKind kind) {
    KindFace face = new KindFace(kind, session);
    assertEquals(0, session.pendingCount());
    byte[] value = KindFace.ofLong(77);
    face.upsert(1234, value);
    assertArrayEquals(value, face.get(1234));
    assertEquals(Status.DELETED, face.delete(1234));
  }

  @Test
  void shouldRefuseWhenSomethingIsNull() {
    assertThrows(NullPointerException.class, () -> Store.open(null));
    StoreConfig config = TestStores.config(StoreKind.BYTES_TO_BYTES).build();
    assertThrows(NullPointerException.class, () -> Store.open(config, (Device) null));
    assertThrows(NullPointerException.class, () -> Store.open(config, (Volume) null));
    try (Store store = Store.open(config);
        Session session = store.newSession()) {
      assertThrows(NullPointerException.class, () -> store.newSession(null));
      MemorySegment none = null;
      ReadFunction noRead = null;
      UpdateFunction noUpdate = null;
      requireNulls(
          () -> session.read(none, SOME),
          () -> session.read(SOME, none),
          () -> session.read(none, (view, argument) -> {}, 0),
          () -> session.read(SOME, noRead, 0),
          () -> session.upsert(none, SOME),
          () -> session.upsert(SOME, none),
          () -> session.insertIfAbsent(none, SOME),
          () -> session.insertIfAbsent(SOME, none),
          () -> session.rmw(none, ModelUpdates.BYTES, 0),
          () -> session.rmw(SOME, noUpdate, 0),
          () -> session.delete(none));
      requireUsable(session, StoreKind.BYTES_TO_BYTES);
    }
    try (Store store = TestStores.inMemory(StoreKind.LONG_TO_BYTES);
        Session session = store.newSession()) {
      MemorySegment none = null;
      requireNulls(
          () -> session.read(1, none),
          () -> session.read(1, null, 0),
          () -> session.upsert(1, none),
          () -> session.insertIfAbsent(1, none),
          () -> session.rmw(1, (UpdateFunction) null, 0));
      requireUsable(session, StoreKind.LONG_TO_BYTES);
    }
    try (Store store = TestStores.inMemory(StoreKind.LONG_TO_LONG);
        Session session = store.newSession()) {
      requireNulls(() -> session.rmw(1, (LongUpdateFunction) null, 0));
      requireUsable(session, StoreKind.LONG_TO_LONG);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseWhenTheCallIsForAnotherKind(StoreKind kind) {
    try (Store store = TestStores.inMemory(kind);
        Session session = store.newSession()) {
      if (kind != StoreKind.LONG_TO_LONG) {
        requireUnsupported(
            kind,
            () -> session.read(1),
            () -> session.upsert(1, 1),
            () -> session.insertIfAbsent(1, 1),
            () -> session.add(1, 1),
            () -> session.rmw(1, ModelUpdates.LONG, 1));
      }
      if (kind != StoreKind.LONG_TO_BYTES) {
        requireUnsupported(
            kind,
            () -> session.read(1, SOME),
            () -> session.read(1, (view, argument) -> {}, 0),
            () -> session.upsert(1, SOME),
            () -> session.insertIfAbsent(1, SOME),
            () -> session.rmw(1, ModelUpdates.BYTES, 1));
      }
      if (kind != StoreKind.BYTES_TO_BYTES) {
        requireUnsupported(
            kind,
            () -> session.read(SOME, SOME),
            () -> session.read(SOME, (view, argument) -> {}, 0),
            () -> session.upsert(SOME, SOME),
            () -> session.insertIfAbsent(SOME, SOME),
            () -> session.rmw(SOME, ModelUpdates.BYTES, 1),
            () -> session.delete(SOME));
      } else {
        requireUnsupported(kind, () -> session.delete(1));
      }
      requireUsable(session, kind);
    }
  }

  @Test
  void shouldRefuseWhenKeyOrValueIsTooLarge() {
    try (Store store = TestStores.inMemory(StoreKind.BYTES_TO_BYTES);
        Session session = store.newSession()) {
      MemorySegment empty = MemorySegment.ofArray(new byte[0]);
      MemorySegment huge = Arena.ofAuto().allocate(65_536);
      MemorySegment large = MemorySegment.ofArray(new byte[MOST]);
      MemorySegment tooLarge = MemorySegment.ofArray(new byte[MOST + 1]);
      for (Executable call :
          List.<Executable>of(
              () -> session.read(huge, SOME),
              () -> session.read(huge, (view, argument) -> {}, 0),
              () -> session.upsert(huge, empty),
              () -> session.insertIfAbsent(huge, empty),
              () -> session.rmw(huge, ModelUpdates.BYTES, 2),
              () -> session.delete(huge),
              () -> session.upsert(tooLarge, empty),
              () -> session.upsert(empty, tooLarge),
              () -> session.upsert(SOME, large),
              () -> session.insertIfAbsent(empty, tooLarge),
              () -> session.rmw(large, ModelUpdates.BYTES, 2 | 5L << 20))) {
        assertThrows(IllegalArgumentException.class, call);
      }
      assertEquals(Status.CREATED, session.upsert(large, empty));
      assertEquals(Status.CREATED, session.upsert(empty, large));
      requireUsable(session, StoreKind.BYTES_TO_BYTES);
    }
  }

  @Test
  void shouldFindNothingToDeleteWhenTheKeyFitsNoRecord() {
    Device device = TestDevice.MEMORY.open(null, 0);
    StoreConfig config = TestStores.tiny(StoreKind.BYTES_TO_BYTES, 1, 8, 6, device.sectorBytes());
    // All keys are in one chain, so that it might be one of those on the device.
    try (Store store = TestStores.open(config, device, new ThreadDriver("test-log"), 0);
        Session session = store.newSession()) {
      KindFace face = new KindFace(StoreKind.BYTES_TO_BYTES, session);
      for (int key = 0; key < 40; key++) {
        face.upsert(key, new byte[1000]);
      }
      for (int bytes : new int[] {MOST + 1, TestStores.PAGE_BYTES, 65_535}) {
        assertEquals(Status.NOT_FOUND, session.delete(MemorySegment.ofArray(new byte[bytes])));
      }
    }
  }

  @Test
  void shouldRefuseWhenASegmentCantBeUsed() throws InterruptedException {
    try (Store store = TestStores.inMemory(StoreKind.BYTES_TO_BYTES);
        Session session = store.newSession()) {
      session.upsert(SOME, SOME);
      MemorySegment readOnly = MemorySegment.ofArray(new byte[8]).asReadOnly();
      assertThrows(IllegalArgumentException.class, () -> session.read(SOME, readOnly));
      MemorySegment freed = freed();
      for (Executable call :
          List.<Executable>of(
              () -> session.read(freed, SOME),
              () -> session.read(SOME, freed),
              () -> session.upsert(freed, SOME),
              () -> session.upsert(SOME, freed),
              () -> session.upsert(MemorySegment.ofArray(new byte[3]), freed),
              () -> session.insertIfAbsent(MemorySegment.ofArray(new byte[3]), freed),
              () -> session.delete(freed))) {
        assertThrows(IllegalStateException.class, call);
        requireUsable(session, StoreKind.BYTES_TO_BYTES);
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment foreign = arena.allocate(8);
        Threads.run(
            1,
            thread -> {
              assertThrows(WrongThreadException.class, () -> session.upsert(SOME, foreign));
              assertThrows(WrongThreadException.class, () -> session.read(foreign, SOME));
            });
      }
      assertEquals(Status.FOUND, session.read(SOME, MemorySegment.ofArray(new byte[8])));
      assertEquals(8, session.valueLength());
      requireUsable(session, StoreKind.BYTES_TO_BYTES);
    }
  }

  private static MemorySegment freed() {
    try (Arena arena = Arena.ofConfined()) {
      return arena.allocate(8);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldRefuseWhenASegmentCantBeUsedForAKeyOnTheDevice(StoreKind kind) {
    try (Store store = TestStores.tinyOn(TestDevice.MEMORY.open(null, 0), kind, 1, 4, 6);
        Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < 500; key++) {
        face.upsert(key, new byte[200]);
      }
      MemorySegment freed = freed();
      for (int i = 0; i < 20; i++) {
        assertThrows(
            IllegalStateException.class,
            () ->
                session.await(
                    kind == StoreKind.LONG_TO_BYTES
                        ? session.insertIfAbsent(1, freed)
                        : session.insertIfAbsent(KindFace.bytesOf(1), freed)));
        assertEquals(0, session.pendingCount());
        assertThrows(IllegalStateException.class, () -> session.await(face.read(1, freed)));
        assertEquals(0, session.pendingCount());
      }
      requireUsable(session, kind);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseToWaitWhenNothingIsPending(StoreKind kind) {
    try (Store store = TestStores.inMemory(kind);
        Session session = store.newSession()) {
      assertThrows(IllegalArgumentException.class, () -> session.await(Status.PENDING));
      assertThrows(IllegalArgumentException.class, () -> session.future(Status.PENDING));
      assertEquals(Status.BUSY, session.await(Status.BUSY));
      assertEquals(0, session.completePending());
      session.completeAll();
      session.refresh();
      requireUsable(session, kind);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseTheNextSessionWhenAllAreOpen(StoreKind kind) {
    StoreConfig config = TestStores.config(kind).maxSessions(3).build();
    try (Store store = Store.open(config)) {
      List<Session> sessions = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        sessions.add(store.newSession());
      }
      MisuseException e = assertThrows(MisuseException.class, store::newSession);
      assertTrue(e.getMessage().contains("maxSessions"), e.getMessage());
      assertEquals(3, store.stats().openSessions());
      sessions.get(1).close();
      sessions.get(1).close();
      assertEquals(2, store.stats().openSessions());
      Session again = store.newSession();
      requireUsable(again, kind);
      assertThrows(MisuseException.class, store::newSession);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldBeBusyWhenTheTableIsFull(StoreKind kind) {
    FaultyDevice device = TestStores.faultyDevice(0);
    try (Store store = TestStores.tinyOn(device, kind, 1, 4, 6);
        Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < 4_000; key++) {
        face.upsert(key, KindFace.ofLong(key));
      }
      device.stalled = true;
      MemorySegment to = MemorySegment.ofArray(new byte[8]);
      for (int key = 0; key < 4; key++) {
        assertEquals(Status.PENDING, face.read(key, to));
      }
      assertEquals(Status.BUSY, face.read(9, to));
      assertEquals(Status.BUSY, face.insertIfAbsent(9, KindFace.ofLong(1)));
      assertEquals(
          Status.BUSY, face.isLong() ? session.add(9, 1) : face.rmw(9, ModelUpdates.BYTES, 2));
      assertEquals(4, session.pendingCount());
      assertEquals(0, session.completePending());
      assertArrayEquals(KindFace.ofLong(3_999), face.get(3_999));
      device.stalled = false;
      session.completeAll();
      assertArrayEquals(KindFace.ofLong(9), face.get(9));
    }
  }

  @Test
  void shouldSayWhatToDoWhenADeviceThatKeepsNothingIsFull() {
    StoreConfig config = TestStores.config(StoreKind.LONG_TO_LONG).device(DeviceKind.NULL).build();
    try (Store store = Store.open(config);
        Session session = store.newSession()) {
      long stored = 0;
      StoreIoException failure = null;
      while (failure == null) {
        assertTrue(stored < 100_000, "a device that keeps nothing took everything");
        try {
          session.upsert(stored, stored);
          stored++;
        } catch (StoreIoException e) {
          failure = e;
        }
      }
      assertEquals(Severity.CALL, failure.severity());
      assertTrue(failure.getMessage().contains("memoryBytes"), failure.getMessage());
      for (long key = 0; key < stored; key++) {
        assertEquals(Status.FOUND, session.read(key));
        assertEquals(key, session.longValue());
        assertEquals(Status.UPDATED, session.add(key, 1));
      }
      assertThrows(StoreIoException.class, () -> session.upsert(-1, 1));
      assertEquals(Status.NOT_FOUND, session.read(-1));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"URING", "PREAD"})
  void shouldRefuseTheDirectoryWhenItHoldsALogWithoutACheckpoint(TestDevice device) {
    assumeTrue(device.isAvailable());
    StoreConfig config =
        TestStores.config(StoreKind.LONG_TO_LONG)
            .device(device.kind())
            .directory(directory.resolve("made"))
            .build();
    try (Store store = Store.open(config);
        Session session = store.newSession()) {
      for (int key = 0; key < 100_000; key++) {
        session.upsert(key, key);
      }
      assertTrue(store.stats().flushedUntilAddress() > 4096);
    }
    TestStores.clear(directory.resolve("made").resolve("checkpoints"));
    StoreIoException e = assertThrows(StoreIoException.class, () -> Store.open(config));
    assertTrue(e.toString().contains("made") || e.getCause().toString().contains("made"));
  }

  @Test
  void shouldNameThePathWhenTheDirectoryCantBeMade() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    StoreConfig config =
        TestStores.config(StoreKind.LONG_TO_LONG)
            .device(DeviceKind.PREAD)
            .directory(file.resolve("below"))
            .build();
    StoreIoException e = assertThrows(StoreIoException.class, () -> Store.open(config));
    assertInstanceOf(RuntimeException.class, e.getCause());
    assertTrue(e.getCause().getMessage().contains("file"), e.getCause().getMessage());
  }
}
