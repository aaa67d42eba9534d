package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.Device;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Sleepers;
import dev.peregrine.internal.pause.Sleepers.Sleeper;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A thread asleep between two steps of an operation, while others work on its key. */
@Timeout(180)
class OperationPauseTest {
  private static final long KEY = 1;
  private static final long FILLERS = 1L << 20;
  private static final int FRAMES = 16;
  private static final double MUTABLE = 0.2;

  /** So many pages behind it, a record is not changed in place; a ring is what memory has. */
  private static final long FREEZES_BYTES = 5L * TestStores.PAGE_BYTES;

  private static final int SESSIONS = 4;

  private final Sleepers sleepers = new Sleepers();
  private final UpdateFunction sum = new AddToFirstWord();
  private Store store;
  private StoreKind kind;
  private long filler = FILLERS;

  private void open(StoreKind opened) {
    kind = opened;
    Device device = TestDevice.MEMORY.open(null, 3);
    StoreConfig config =
        TestStores.tiny(kind, SESSIONS, 4, FRAMES, device.sectorBytes()).toBuilder()
            .mutableFraction(MUTABLE)
            .build();
    store = TestStores.open(config, device);
  }

  @AfterEach
  void close() {
    sleepers.close();
    if (store != null) {
      store.close();
    }
  }

  private KindFace face() {
    return new KindFace(kind, store.newSession());
  }

  private static byte[] value(long number) {
    return KindFace.ofLong(number);
  }

  private static byte[] bytes(int number) {
    byte[] bytes = new byte[64];
    Arrays.fill(bytes, (byte) number);
    return bytes;
  }

  private Status add(KindFace face, long key, long delta) {
    return face.isLong() ? face.session().add(key, delta) : face.rmw(key, sum, delta);
  }

  /** Writes other keys until the tail is so far behind an address. */
  private void fill(KindFace face, long address, long bytes) {
    while (store.stats().tailAddress() < address + bytes) {
      face.upsert(filler, value(filler));
      filler++;
    }
  }

  /** Writes a key and some pages, until its record is frozen, written, and still in memory. */
  private long frozen(KindFace face, long key, long number) {
    long address = store.stats().tailAddress();
    face.upsert(key, value(number));
    fill(face, address, FREEZES_BYTES);
    Sleepers.await("the write", () -> store.stats().flushedUntilAddress() > address + 128);
    assertTrue(store.stats().headAddress() <= address, "it has left memory");
    return address;
  }

  /** Writes pages, until a record is not changed in place by who comes now. */
  private void passReadOnly(KindFace face, long address) {
    fill(face, address, FREEZES_BYTES);
    Sleepers.await("readOnly to pass", () -> store.stats().readOnlyAddress() > address + 128);
  }

  private void requireValue(long number) {
    KindFace face = face();
    assertArrayEquals(value(number), face.get(KEY));
    face.session().close();
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldAddToTheNewValueWhenTheKeyIsSetWhileItsCopierSleeps(StoreKind opened) {
    open(opened);
    KindFace other = face();
    frozen(other, KEY, 10);
    KindFace copier = face();
    Sleeper sleeper = sleepers.act(PausePoint.COPY_BEGUN, () -> add(copier, KEY, 1)).awaitAsleep();
    assertEquals(Status.UPDATED, other.upsert(KEY, value(100)));
    assertEquals(Status.UPDATED, sleeper.wake().join());
    requireValue(101);
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldBeginAnewWhenTheKeyIsDeletedWhileItsCopierSleeps(StoreKind opened) {
    open(opened);
    KindFace other = face();
    frozen(other, KEY, 10);
    KindFace copier = face();
    Sleeper sleeper = sleepers.act(PausePoint.COPY_BEGUN, () -> add(copier, KEY, 1)).awaitAsleep();
    assertEquals(Status.DELETED, other.delete(KEY));
    assertEquals(Status.CREATED, sleeper.wake().join());
    requireValue(1);
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldCountBothWhenTwoCopyOneRecordAndBothSleep(StoreKind opened) {
    open(opened);
    frozen(face(), KEY, 10);
    KindFace one = face();
    KindFace two = face();
    Sleeper first = sleepers.act(PausePoint.RECORD_VALID, () -> add(one, KEY, 1)).awaitAsleep();
    Sleeper second = sleepers.act(PausePoint.RECORD_VALID, () -> add(two, KEY, 2)).awaitAsleep();
    requireValue(10);
    assertEquals(Status.UPDATED, first.wake().join());
    requireValue(11);
    assertEquals(Status.UPDATED, second.wake().join());
    requireValue(13);
  }

  /** The head passes the record, but its frame stays while somebody may read it. */
  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldCopyTheRightValueWhenThePageIsEvictedWhileTheCopierSleeps(StoreKind opened) {
    open(opened);
    KindFace other = face();
    long address = frozen(other, KEY, 10);
    KindFace copier = face();
    Sleeper sleeper =
        sleepers
            .act(PausePoint.COPY_BEGUN, () -> copier.session().await(add(copier, KEY, 1)))
            .awaitAsleep();
    overrun(address, sleeper);
    assertEquals(Status.UPDATED, sleeper.join());
    requireValue(11);
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldReadTheRightValueWhenThePageIsEvictedWhileTheReaderSleeps(StoreKind opened) {
    open(opened);
    KindFace other = face();
    long address = frozen(other, KEY, 10);
    KindFace reader = face();
    Sleeper sleeper = sleepers.act(PausePoint.RECORD_FOUND, () -> reader.get(KEY)).awaitAsleep();
    overrun(address, sleeper);
    assertArrayEquals(value(10), (byte[]) sleeper.join());
  }

  /** Fills all of memory, until writers wait for the sleeper; then wakes it. */
  private void overrun(long address, Sleeper sleeper) {
    long closedBefore = sleepers.count(PausePoint.FRAME_ZEROED);
    KindFace writer = face();
    long from = filler;
    filler += FILLERS;
    long count = 6000;
    Sleeper writing =
        sleepers.act(
            null,
            () -> {
              for (long key = from; key < from + count; key++) {
                writer.upsert(key, value(key));
              }
              return null;
            });
    Sleepers.await("the head to pass", () -> store.stats().headAddress() > address);
    sleepers.awaitMore(PausePoint.SESSION_SUSPENDED, 3);
    assertEquals(closedBefore, sleepers.count(PausePoint.FRAME_ZEROED), "a frame was recycled");
    assertFalse(writing.isDone(), "memory was overrun");
    sleeper.wake();
    writing.join();
    for (long key = from; key < from + count; key += 37) {
      assertArrayEquals(value(key), writer.get(key));
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldCountBothWhenTheUpdaterInPlaceSleepsWhileItsPageIsFrozen(StoreKind opened) {
    open(opened);
    KindFace other = face();
    long address = store.stats().tailAddress();
    other.upsert(KEY, value(10));
    KindFace updater = face();
    Sleeper sleeper =
        sleepers.act(PausePoint.CHANGE_MARKED, () -> add(updater, KEY, 1)).awaitAsleep();
    passReadOnly(other, address);
    KindFace second = face();
    Sleeper waiting = sleepers.act(null, () -> add(second, KEY, 2));
    sleepers.awaitMore(PausePoint.SESSION_SUSPENDED, 5);
    assertFalse(waiting.isDone(), "it copied a record that is still changed in place");
    assertEquals(Status.UPDATED, sleeper.wake().join());
    assertEquals(Status.UPDATED, waiting.join());
    requireValue(13);
  }

  /** Who sets a value in the fuzzy region appends; the sleeper's change is older. */
  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldKeepTheLaterValueWhenTheUpdaterInPlaceSleepsWhileTheKeyIsSetAnew(StoreKind opened) {
    open(opened);
    KindFace other = face();
    long address = store.stats().tailAddress();
    other.upsert(KEY, value(10));
    KindFace updater = face();
    Sleeper sleeper =
        sleepers.act(PausePoint.CHANGE_MARKED, () -> add(updater, KEY, 1)).awaitAsleep();
    passReadOnly(other, address);
    assertEquals(Status.UPDATED, other.upsert(KEY, value(100)));
    requireValue(100);
    assertEquals(Status.UPDATED, sleeper.wake().join());
    requireValue(100);
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldReadTheOldOrTheNewValueWhenTheWriterSleepsAroundItsLink(StoreKind opened) {
    open(opened);
    KindFace other = face();
    frozen(other, KEY, 10);
    KindFace writer = face();
    Sleeper valid =
        sleepers.act(PausePoint.RECORD_VALID, () -> writer.upsert(KEY, value(20))).awaitAsleep();
    requireValue(10);
    valid.wake().join();
    requireValue(20);
    frozen(other, KEY, 30);
    Sleeper linked =
        sleepers.act(PausePoint.RECORD_LINKED, () -> writer.upsert(KEY, value(40))).awaitAsleep();
    requireValue(40);
    assertEquals(Status.UPDATED, add(other, KEY, 1));
    linked.wake().join();
    requireValue(41);
  }

  /** A record that has lost is valid for a moment; nobody is led to it. */
  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldNotShowARecordThatHasLostWhenItsWriterSleeps(StoreKind opened) {
    open(opened);
    KindFace other = face();
    frozen(other, KEY, 10);
    KindFace writer = face();
    Sleeper valid = sleepers.act(PausePoint.RECORD_VALID, () -> add(writer, KEY, 1)).awaitAsleep();
    Sleeper lost = sleepers.again(valid, PausePoint.LINK_LOST);
    assertEquals(Status.UPDATED, other.upsert(KEY, value(50)));
    valid.wake();
    lost.awaitAsleep();
    requireValue(50);
    assertEquals(Status.UPDATED, add(other, KEY, 2));
    assertEquals(Status.UPDATED, lost.wake().join());
    requireValue(53);
    assertEquals(1, sleepers.count(PausePoint.LINK_LOST));
  }

  /** Not where the value is a long: 8-byte values are one word. */
  @ParameterizedTest
  @EnumSource(value = StoreKind.class, mode = EnumSource.Mode.EXCLUDE, names = "LONG_TO_LONG")
  void shouldReadTheWholeNewValueWhenTheReaderSleepsBetweenCopyAndCheck(StoreKind opened) {
    open(opened);
    KindFace writer = face();
    byte[] before = bytes(1);
    byte[] after = bytes(2);
    writer.upsert(KEY, before);
    KindFace reader = face();
    Sleeper sleeper = sleepers.act(PausePoint.VALUE_COPIED, () -> reader.get(KEY)).awaitAsleep();
    writer.upsert(KEY, after);
    assertArrayEquals(after, (byte[]) sleeper.wake().join());
    assertEquals(2, sleepers.count(PausePoint.VALUE_COPIED), "it has copied once more");
  }

  /** Not where the value is a long: 8-byte values have no writer bit. */
  @ParameterizedTest
  @EnumSource(value = StoreKind.class, mode = EnumSource.Mode.EXCLUDE, names = "LONG_TO_LONG")
  void shouldHoldUpOneKeyOnlyWhenTheHolderOfAWriterBitSleeps(StoreKind opened) {
    open(opened);
    KindFace writer = face();
    writer.upsert(KEY, value(10));
    writer.upsert(KEY + 1, value(11));
    Sleeper sleeper =
        sleepers.act(PausePoint.RECORD_LOCKED, () -> writer.delete(KEY)).awaitAsleep();
    KindFace other = face();
    assertArrayEquals(value(11), other.get(KEY + 1));
    assertEquals(Status.UPDATED, other.upsert(KEY + 1, value(12)));
    Sleeper second = sleepers.act(null, () -> add(other, KEY, 5));
    assertEquals(Status.DELETED, sleeper.wake().join());
    assertEquals(Status.CREATED, second.join());
    requireValue(5);
  }

  /** Writes a key and fills memory, until its record is on the device only. */
  private void evicted(KindFace face, long key, long number) {
    long address = store.stats().tailAddress();
    face.upsert(key, value(number));
    fill(face, address, (FRAMES + 2L) * TestStores.PAGE_BYTES);
    Sleepers.await("the record to leave", () -> store.stats().headAddress() > address + 128);
  }

  @ParameterizedTest
  @EnumSource(names = {"PENDING_BEGUN", "PENDING_ARRIVED", "PENDING_PROTECTED"})
  void shouldUseTheNewValueWhenTheKeyIsSetWhileAPendingChangeSleeps(PausePoint point) {
    for (StoreKind each : StoreKind.values()) {
      open(each);
      KindFace other = face();
      KindFace pending = face();
      evicted(other, KEY, 10);
      Sleeper sleeper =
          sleepers.act(point, () -> pending.session().await(add(pending, KEY, 1))).awaitAsleep();
      other.upsert(KEY, value(100));
      assertEquals(Status.UPDATED, sleeper.wake().join());
      requireValue(101);
      store.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PENDING_BEGUN", "PENDING_ARRIVED", "PENDING_PROTECTED"})
  void shouldFindTheKeyGoneWhenItIsDeletedWhileAPendingChangeSleeps(PausePoint point) {
    for (StoreKind each : StoreKind.values()) {
      open(each);
      KindFace other = face();
      KindFace pending = face();
      evicted(other, KEY, 10);
      Sleeper sleeper =
          sleepers.act(point, () -> pending.session().await(add(pending, KEY, 1))).awaitAsleep();
      assertEquals(Status.DELETED, other.delete(KEY));
      assertEquals(Status.CREATED, sleeper.wake().join());
      requireValue(1);
      store.close();
    }
  }

  /** What is newer has left memory, too, by the time the change looks the key up again. */
  @ParameterizedTest
  @EnumSource(names = {"PENDING_BEGUN", "PENDING_ARRIVED"})
  void shouldUseTheNewValueWhenItIsEvictedAgainWhileAPendingChangeSleeps(PausePoint point) {
    for (StoreKind each : StoreKind.values()) {
      open(each);
      KindFace other = face();
      KindFace pending = face();
      evicted(other, KEY, 10);
      boolean inside = point == PausePoint.PENDING_BEGUN;
      Sleeper sleeper =
          sleepers.act(point, () -> pending.session().await(add(pending, KEY, 1))).awaitAsleep();
      if (inside) {
        // It is in the epoch: a ring of pages is all that others get.
        other.upsert(KEY, value(100));
      } else {
        evicted(other, KEY, 100);
        evicted(other, KEY + 1, 0);
      }
      assertEquals(Status.UPDATED, sleeper.wake().join());
      requireValue(101);
      store.close();
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldInsertOnceWhenTheKeyIsInsertedWhileAPendingInsertSleeps(StoreKind opened) {
    open(opened);
    KindFace other = face();
    KindFace pending = face();
    evicted(other, KEY, 10);
    assertEquals(Status.DELETED, other.delete(KEY));
    evicted(other, KEY + 1, 0);
    assertNull(other.get(KEY));
    Sleeper sleeper =
        sleepers
            .act(
                PausePoint.PENDING_ARRIVED,
                () -> pending.session().await(pending.insertIfAbsent(KEY, value(7))))
            .awaitAsleep();
    assertEquals(Status.CREATED, other.session().await(other.insertIfAbsent(KEY, value(8))));
    assertEquals(Status.FOUND, sleeper.wake().join());
    requireValue(8);
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldDeleteOnceWhenTheDeleterInPlaceSleepsAndAnotherDeletes(StoreKind opened) {
    open(opened);
    KindFace one = face();
    KindFace two = face();
    one.upsert(KEY, value(10));
    Sleeper sleeper = sleepers.act(PausePoint.CHANGE_MARKED, () -> one.delete(KEY)).awaitAsleep();
    Sleeper other = sleepers.act(null, () -> two.delete(KEY));
    if (kind == StoreKind.LONG_TO_LONG) {
      assertEquals(Status.DELETED, other.join());
      assertEquals(Status.NOT_FOUND, sleeper.wake().join());
    } else {
      // The sleeper has the writer bit.
      assertEquals(Status.DELETED, sleeper.wake().join());
      assertEquals(Status.NOT_FOUND, other.join());
    }
    assertNull(one.get(KEY));
  }
}
