package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Sleepers;
import dev.peregrine.internal.pause.Sleepers.Sleeper;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A checkpoint against each kind of operation, with one of the two asleep: the thread of the
 * operation between two of its steps, or the coordinator in a phase. Then the store is opened as
 * the checkpoint has it: the operation is there if its serial is in the prefix, and only then.
 */
@Timeout(300)
class CheckpointPauseTest {
  private static final int KEYS = 1500;
  private static final long LATE_KEY = KEYS - 10;
  private static final int FRAMES = 16;
  private static final int INDEX_BYTES = 256 << 10;
  private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(30);
  private static final long PATIENT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int DELTA = 1_000_000;
  private static final List<Kind> CHANGES =
      List.of(Kind.UPSERT, Kind.ADD, Kind.DELETE, Kind.INSERT);

  /** What an operation does with its key. */
  private enum Kind {
    READ(0),
    UPSERT(1),
    ADD(2),
    DELETE(3),
    INSERT(KEYS + 7),
    ADD_COLD(5),
    INSERT_COLD(6);

    /** Its key; those of cold ones are on the device. */
    final int index;

    Kind(int index) {
      this.index = index;
    }

    boolean isCold() {
      return this == ADD_COLD || this == INSERT_COLD;
    }

    /** Cold keys are the oldest, the others are in the last page. */
    long key() {
      return isCold() || index > KEYS ? index : KEYS - 1 - index;
    }

    Status run(Session session) {
      long key = key();
      return session.await(
          switch (this) {
            case READ -> session.read(key);
            case UPSERT -> session.upsert(key, DELTA);
            case ADD, ADD_COLD -> session.add(key, DELTA);
            case DELETE -> session.delete(key);
            case INSERT, INSERT_COLD -> session.insertIfAbsent(key, DELTA);
          });
    }

    /** The key's value afterwards; null for none. */
    Long after(Long before) {
      return switch (this) {
        case READ, INSERT_COLD -> before;
        case UPSERT, INSERT -> Long.valueOf(DELTA);
        case ADD, ADD_COLD -> before + DELTA;
        case DELETE -> null;
      };
    }
  }

  private SimulatedVolume volume = SimulatedVolume.create(4, FaultPlan.NONE);
  private final Sleepers sleepers = new Sleepers();
  private Store store;
  private Session loader;
  private long frames;
  private long closedBefore;
  private final Map<Kind, Session> sessions = new EnumMap<>(Kind.class);
  private final List<Sleeper> asleep = new ArrayList<>();

  @AfterEach
  void wakeAll() {
    sleepers.close();
  }

  private void open(long stallNanos, CheckpointToken token) {
    StoreConfig tiny =
        TestStores.tiny(StoreKind.LONG_TO_LONG, Kind.values().length + 2, 4, FRAMES, 512);
    // An entry for each tag, so that an insert makes one.
    StoreConfig config =
        tiny.toBuilder()
            .indexBytes(INDEX_BYTES)
            .memoryBytes(tiny.memoryBytes() + INDEX_BYTES)
            .stallNanos(stallNanos)
            .mutableFraction(0.3)
            .build();
    frames = TestStores.framesOf(config, 512);
    closedBefore = sleepers.count(PausePoint.FRAME_ZEROED);
    store = Store.open(config, volume, token, RecoveryProgress.NONE);
  }

  /** A store whose first keys are on the device, and whose index is not that of a checkpoint. */
  private void load() {
    loader = store.newSession();
    for (int round = 0; round < 2; round++) {
      // The second one is behind the first: it leaves memory with the older half.
      for (long key = 0; key < KEYS; key++) {
        loader.upsert(key + round * (1L << 30), value(key));
      }
    }
    for (long key = KEYS / 2; key < KEYS; key++) {
      loader.upsert(key, value(key));
    }
    assertTrue(store.stats().headAddress() > KEYS * 24L / 4, "nothing has left memory");
  }

  /** Nothing is left to be evicted. */
  private boolean hasFreeFrames() {
    StoreStats stats = store.stats();
    long page = (stats.tailAddress() - 1) / TestStores.PAGE_BYTES;
    long head = stats.headAddress() / TestStores.PAGE_BYTES;
    long closed = sleepers.count(PausePoint.FRAME_ZEROED) - closedBefore;
    return head >= page + 2 - frames && closed >= head;
  }

  private static long value(long key) {
    return key * 31 + 5;
  }

  private static List<CheckpointKind> checkpoints() {
    return List.of(
        CheckpointKind.FOLD_OVER,
        CheckpointKind.SNAPSHOT,
        CheckpointKind.INCREMENTAL,
        CheckpointKind.LOG);
  }

  /** Whether it copies pages instead of freezing them. */
  private static boolean dumps(CheckpointKind checkpoint) {
    return checkpoint == CheckpointKind.SNAPSHOT || checkpoint == CheckpointKind.INCREMENTAL;
  }

  static List<Arguments> asleepInside() {
    List<Arguments> all = new ArrayList<>();
    for (CheckpointKind checkpoint : CheckpointKind.values()) {
      all.add(Arguments.of(checkpoint, Kind.READ, PausePoint.EPOCH_ENTERED));
      all.add(Arguments.of(checkpoint, Kind.READ, PausePoint.RECORD_FOUND));
      all.add(Arguments.of(checkpoint, Kind.UPSERT, PausePoint.EPOCH_ENTERED));
      all.add(Arguments.of(checkpoint, Kind.UPSERT, PausePoint.CHANGE_MARKED));
      all.add(Arguments.of(checkpoint, Kind.UPSERT, PausePoint.EPOCH_LEAVING));
      all.add(Arguments.of(checkpoint, Kind.ADD, PausePoint.CHANGE_MARKED));
      all.add(Arguments.of(checkpoint, Kind.DELETE, PausePoint.CHANGE_MARKED));
      all.add(Arguments.of(checkpoint, Kind.INSERT, PausePoint.ENTRY_TENTATIVE));
      all.add(Arguments.of(checkpoint, Kind.INSERT, PausePoint.TAIL_ADDED));
      all.add(Arguments.of(checkpoint, Kind.INSERT, PausePoint.RECORD_VALID));
      all.add(Arguments.of(checkpoint, Kind.INSERT, PausePoint.RECORD_LINKED));
      all.add(Arguments.of(checkpoint, Kind.ADD_COLD, PausePoint.PENDING_BEGUN));
      all.add(Arguments.of(checkpoint, Kind.ADD_COLD, PausePoint.PENDING_PROTECTED));
      all.add(Arguments.of(checkpoint, Kind.ADD_COLD, PausePoint.RECORD_VALID));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("asleepInside")
  void shouldNameTheSessionAndGoOnWhenAThreadSleepsInsideAnOperation(
      CheckpointKind checkpoint, Kind kind, PausePoint point) {
    open(STALL_NANOS, null);
    load();
    CheckpointToken before = store.checkpoint(CheckpointKind.SNAPSHOT).await();
    loader.upsert(1L << 40, 0);
    Session session = store.newSession();
    Sleeper sleeper = sleepers.act(point, () -> kind.run(session)).awaitAsleep();
    CheckpointException e = null;
    try {
      store.checkpoint(checkpoint).await();
    } catch (CheckpointException thrown) {
      e = thrown;
    }
    assertTrue(e != null && e.getMessage().contains(session.toString()), String.valueOf(e));
    assertEquals(before, store.checkpoints().getLast().token());
    // Nobody else is held up.
    assertEquals(Status.UPDATED, loader.add(LATE_KEY, 1));
    loader.upsert(LATE_KEY, value(LATE_KEY));
    sleeper.wake().join();
    CheckpointToken token = store.checkpoint(CheckpointKind.FOLD_OVER).await();
    sessions.put(kind, session);
    requireRecovered(token);
  }

  static List<Arguments> coordinatorAsleep() {
    List<Arguments> all = new ArrayList<>();
    List<PausePoint> points = new ArrayList<>();
    for (PausePoint point : PausePoint.values()) {
      if (point.name().startsWith("PHASE_")) {
        points.add(point);
      }
    }
    points.add(PausePoint.INDEX_COPYING);
    points.add(PausePoint.PAGE_COPYING);
    points.add(PausePoint.MANIFEST_WRITING);
    points.add(PausePoint.MANIFEST_RENAMED);
    for (CheckpointKind checkpoint : checkpoints()) {
      for (PausePoint point : points) {
        boolean index = point == PausePoint.INDEX_COPYING || point.name().endsWith("_INDEX");
        boolean snapshot = point == PausePoint.PAGE_COPYING || point == PausePoint.PHASE_SETTLE;
        if ((!index || checkpoint.hasIndex()) && (!snapshot || dumps(checkpoint))) {
          all.add(Arguments.of(checkpoint, point));
        }
      }
    }
    return all;
  }

  /** Opens a store with records, in which the checkpoint finds what it needs. */
  private void openLoaded(long stallNanos, CheckpointKind checkpoint) {
    open(stallNanos, null);
    load();
    if (checkpoint == CheckpointKind.INCREMENTAL) {
      store.checkpoint(CheckpointKind.SNAPSHOT).await();
      loader.upsert(1L << 40, 0);
    }
    openSessions();
    Sleepers.await("free frames ahead of the tail", this::hasFreeFrames);
  }

  /** Each kind of operation runs, or waits, while the coordinator sleeps. */
  @ParameterizedTest
  @MethodSource("coordinatorAsleep")
  void shouldRecoverAPrefixWhenTheCoordinatorSleepsWhileOperationsRun(
      CheckpointKind checkpoint, PausePoint point) {
    openLoaded(PATIENT_NANOS, checkpoint);
    Sleeper coordinator = sleepers.anybodyAt(point);
    Checkpoint running = store.checkpoint(checkpoint);
    coordinator.awaitAsleep();
    boolean waits = point == PausePoint.PHASE_IN_PROGRESS || point == PausePoint.PHASE_WAIT_PENDING;
    Map<Kind, Sleeper> actors = new EnumMap<>(Kind.class);
    sessions.forEach(
        (kind, session) -> actors.put(kind, sleepers.act(null, () -> kind.run(session))));
    if (waits) {
      actors.get(Kind.READ).join();
      sleepers.awaitMore(PausePoint.SESSION_SUSPENDED, 5);
      assertFalse(actors.get(Kind.UPSERT).isDone(), "a change of the new version did not wait");
    } else if (point != PausePoint.PHASE_SETTLE) {
      actors.values().forEach(Sleeper::join);
    }
    coordinator.wake();
    CheckpointToken token = running.await();
    actors.values().forEach(Sleeper::join);
    requireRecovered(token);
  }

  /** What is behind the cut holds up the end of copying, at most, and not the promise. */
  @ParameterizedTest
  @EnumSource(names = {"PHASE_WAIT_FLUSH", "PHASE_PERSISTENCE", "MANIFEST_WRITING"})
  void shouldCompleteWhenThreadsSleepInOperationsThatBeganBehindTheCut(PausePoint point) {
    for (CheckpointKind checkpoint : checkpoints()) {
      if (point != PausePoint.PHASE_WAIT_FLUSH || dumps(checkpoint)) {
        Checkpoint running = sleepBehindTheCut(checkpoint, point, false);
        requirePrefixOf(running.await());
      }
    }
  }

  /** The log is written up to the cut when everybody has seen that it is frozen. */
  @ParameterizedTest
  @EnumSource(names = {"FOLD_OVER", "LOG"})
  void shouldNameTheSessionsWhenThreadsSleepBehindTheCutBeforeItIsFrozen(
      CheckpointKind checkpoint) {
    Checkpoint running = sleepBehindTheCut(checkpoint, PausePoint.PHASE_WAIT_FLUSH, true);
    CheckpointException e = assertThrows(CheckpointException.class, running::await);
    for (Kind kind : CHANGES) {
      assertTrue(e.getMessage().contains(sessions.get(kind).toString()), e.getMessage());
    }
    loader.upsert(LATE_KEY, value(LATE_KEY));
    asleep.forEach(sleeper -> sleeper.wake().join());
    // It is over for its user, but until they have left, records below the cut are not changed.
    Sleepers.await("its end", () -> running.progress().done());
    requirePrefixOf(store.checkpoint(checkpoint).await());
  }

  /** Changes sleep that began while the coordinator slept, which then goes on. */
  private Checkpoint sleepBehindTheCut(
      CheckpointKind checkpoint, PausePoint point, boolean beforeFreeze) {
    volume = SimulatedVolume.create(4, FaultPlan.NONE);
    openLoaded(STALL_NANOS, checkpoint);
    Sleeper coordinator = sleepers.anybodyAt(point);
    Sleeper freezing = beforeFreeze ? sleepers.anybodyAt(PausePoint.READ_ONLY_MOVED) : null;
    Checkpoint running = store.checkpoint(checkpoint);
    coordinator.awaitAsleep();
    for (Kind kind : CHANGES) {
      Session session = sessions.get(kind);
      asleep.add(sleepers.act(PausePoint.RECORD_VALID, () -> kind.run(session)).awaitAsleep());
    }
    if (freezing != null) {
      freezing.awaitAsleep().wake();
    }
    coordinator.wake();
    return running;
  }

  private void requirePrefixOf(CheckpointToken token) {
    asleep.forEach(sleeper -> sleeper.wake().join());
    asleep.clear();
    requireRecovered(token);
  }

  private void openSessions() {
    for (Kind kind : Kind.values()) {
      sessions.put(kind, store.newSession());
    }
  }

  /** Crashes, and opens the store as a checkpoint has it; each session did one operation. */
  private void requireRecovered(CheckpointToken token) {
    Map<Kind, Long> ids = new EnumMap<>(Kind.class);
    sessions.forEach((kind, session) -> ids.put(kind, session.id()));
    store.close();
    volume = volume.crash();
    open(PATIENT_NANOS, token);
    try (Session reader = store.newSession()) {
      Map<Long, Long> expected = new HashMap<>();
      for (long key = 0; key < KEYS; key++) {
        expected.put(key, value(key));
      }
      ids.forEach(
          (kind, id) -> {
            long committed = store.recovery().serials().getOrDefault(id, 0L);
            assertTrue(committed <= 1, kind.name());
            if (committed == 1) {
              expected.compute(kind.key(), (key, before) -> kind.after(before));
            }
          });
      for (long key = 0; key < KEYS; key++) {
        Status status = reader.await(reader.read(key));
        Long found = status == Status.FOUND ? Long.valueOf(reader.longValue()) : null;
        assertEquals(expected.get(key), found, "key " + key);
      }
      long inserted = Kind.INSERT.key();
      Status status = reader.await(reader.read(inserted));
      Long found = status == Status.FOUND ? Long.valueOf(reader.longValue()) : null;
      assertEquals(expected.get(inserted), found);
    }
    store.close();
  }
}
