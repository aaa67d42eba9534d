package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.FaultPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Things that happen in each step of a checkpoint, one step after the other: sessions that are
 * closed or leaked with changes pending, a store that is closed, a listener that throws.
 */
class CheckpointPhaseTest {
  private static final int KEYS = 1200;
  private static final int PENDING = 4;
  private static final int FRAMES = 6;
  private static final int MOST_STEPS = 500;

  static List<Arguments> kinds() {
    List<Arguments> all = new ArrayList<>();
    for (CheckpointKind kind : CheckpointKind.values()) {
      all.add(Arguments.of(StoreKind.LONG_TO_LONG, kind));
      all.add(Arguments.of(StoreKind.BYTES_TO_BYTES, kind));
    }
    return all;
  }

  /** A store with a checkpoint, and a session whose changes are pending. */
  private static final class Scene {
    final SteppedStore stepped;
    final Session session;
    final KindFace face;
    final CheckpointToken before;
    final long idBefore;
    final Set<String> phases = new HashSet<>();

    Scene(StoreKind kind) {
      stepped =
          new SteppedStore(
              TestStores.tiny(kind, 3, PENDING, FRAMES, 512),
              9,
              FaultPlan.builder().maxDelay(3).build());
      stepped.open(null);
      session = stepped.store.newSession();
      face = new KindFace(kind, session);
      idBefore = session.id();
      for (int key = 0; key < keys(); key++) {
        face.upsert(key, stepped.value(key, 1));
      }
      before = stepped.checkpoint(CheckpointKind.FOLD_OVER);
      // An index that has not changed would be referred to.
      face.upsert(keys() + 1, stepped.value(0, 1));
      for (int key = 0; key < PENDING; key++) {
        assertEquals(Status.PENDING, face.insertIfAbsent(key, stepped.value(key, 9)));
      }
    }

    /** Those of 24 bytes need more to fill the memory. */
    int keys() {
      return stepped.kind == StoreKind.LONG_TO_LONG ? 3 * KEYS : KEYS;
    }

    /** Starts a checkpoint and takes so many steps; null if it has ended by then. */
    Checkpoint startAndStep(CheckpointKind kind, int steps) {
      Checkpoint checkpoint = stepped.store.checkpoint(kind);
      for (int i = 0; i < steps; i++) {
        if (checkpoint.progress().done()) {
          return null;
        }
        stepped.driver.awaitProgress();
      }
      phases.add(checkpoint.progress().phase());
      return checkpoint.progress().done() ? null : checkpoint;
    }

    /** All keys are as they were, with the next checkpoint, too, and after a crash. */
    void requireAllGoesOn() {
      for (CheckpointKind next : List.of(CheckpointKind.SNAPSHOT, CheckpointKind.LOG)) {
        CheckpointToken token = stepped.checkpoint(next);
        requireValues();
        stepped.crash();
        stepped.open(null);
        assertEquals(token, stepped.store.recovery().token());
        requireValues();
      }
      stepped.store.close();
    }

    void requireValues() {
      try (Session reader = stepped.store.newSession()) {
        KindFace read = new KindFace(stepped.kind, reader);
        for (int key = 0; key < keys(); key++) {
          assertArrayEquals(stepped.value(key, 1), read.get(key), "key " + key);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldCompleteWhenASessionIsClosedInAnyStep(StoreKind kind, CheckpointKind checkpoint) {
    Set<String> phases = new HashSet<>();
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      Scene scene = new Scene(kind);
      Checkpoint running = scene.startAndStep(checkpoint, steps);
      phases.addAll(scene.phases);
      if (running == null) {
        scene.stepped.store.close();
        break;
      }
      long serial = scene.session.serial();
      scene.session.close();
      scene.stepped.finish(running);
      Session resumed = scene.stepped.store.resumeSession(scene.idBefore);
      assertEquals(serial, resumed.serial());
      assertTrue(resumed.lostSerials().length <= PENDING);
      resumed.close();
      scene.requireAllGoesOn();
    }
    requirePhases(checkpoint, phases);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldLeaveAValidCheckpointWhenTheStoreIsClosedInAnyStep(
      StoreKind kind, CheckpointKind checkpoint) {
    Set<String> phases = new HashSet<>();
    boolean[] outcomes = new boolean[2];
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      Scene scene = new Scene(kind);
      Checkpoint running = scene.startAndStep(checkpoint, steps);
      phases.addAll(scene.phases);
      if (running == null) {
        scene.stepped.store.close();
        break;
      }
      scene.stepped.close();
      assertTrue(running.future().isDone(), "nobody is told");
      boolean failed = running.future().isCompletedExceptionally();
      outcomes[failed ? 0 : 1] = true;
      if (failed) {
        assertThrows(CheckpointException.class, running::await);
      }
      scene.stepped.open(null);
      boolean newest = !failed && checkpoint.hasLog();
      CheckpointToken expected = newest ? running.await() : scene.before;
      assertEquals(expected, scene.stepped.store.recovery().token());
      scene.requireValues();
      scene.requireAllGoesOn();
    }
    assertTrue(outcomes[0], "it was abandoned in no step");
    requirePhases(checkpoint, phases);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldCompleteWhenASessionWithPendingChangesIsLeaked(
      StoreKind kind, CheckpointKind checkpoint) {
    Scene scene = new Scene(kind);
    long serial = scene.session.serial();
    CheckpointToken token = scene.stepped.checkpoint(checkpoint);
    scene.stepped.crash();
    scene.stepped.open(null);
    if (checkpoint.hasLog()) {
      assertEquals(token, scene.stepped.store.recovery().token());
      assertEquals(serial, scene.stepped.store.recovery().serials().get(scene.idBefore));
    }
    scene.requireValues();
    scene.requireAllGoesOn();
  }

  @ParameterizedTest
  @EnumSource(names = "INDEX", mode = EnumSource.Mode.EXCLUDE)
  void shouldThrowFromTheCallOfTheSessionOnlyWhenTheListenerThrows(CheckpointKind checkpoint) {
    Scene scene = new Scene(StoreKind.LONG_TO_LONG);
    scene.session.onDurable(
        serial -> {
          throw new ArithmeticException("listener");
        });
    scene.stepped.checkpoint(checkpoint);
    assertThrows(ArithmeticException.class, scene.session::refresh);
    scene.session.completeAll();
    scene.stepped.checkpoint(checkpoint);
    scene.session.upsert(1, KindFace.toLong(scene.stepped.value(1, 1)));
    scene.stepped.checkpoint(checkpoint);
    assertThrows(ArithmeticException.class, scene.session::completePending);
    assertEquals(scene.session.serial(), scene.session.durableSerial());
    scene.session.completeAll();
    assertEquals(0, scene.session.pendingCount());
    scene.requireAllGoesOn();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldOverwriteNothingOfThePrefixWhenKeysAreChangedInAnyStep(
      StoreKind kind, CheckpointKind checkpoint) {
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      Scene scene = new Scene(kind);
      scene.session.completeAll();
      long cut = scene.session.serial();
      Checkpoint running = scene.startAndStep(checkpoint, steps);
      if (running == null) {
        scene.stepped.store.close();
        break;
      }
      int keys = scene.keys();
      List<Integer> changed = new ArrayList<>();
      for (int key = keys - 1; key > keys - 40; key -= 2) {
        scene.face.upsert(key, scene.stepped.value(key, 2));
        changed.add(key);
      }
      assertFalse(scene.face.delete(keys) == Status.BUSY);
      scene.stepped.finish(running);
      scene.stepped.crash();
      scene.stepped.open(null);
      requirePrefix(scene, cut, changed);
      scene.stepped.store.close();
    }
  }

  /** Each change is there if its serial is in the prefix, and only then. */
  private static void requirePrefix(Scene scene, long cut, List<Integer> changed) {
    SteppedStore stepped = scene.stepped;
    long serial = stepped.store.recovery().serials().getOrDefault(scene.idBefore, 0L);
    try (Session reader = stepped.store.newSession()) {
      KindFace face = new KindFace(stepped.kind, reader);
      for (int i = 0; i < changed.size(); i++) {
        int key = changed.get(i);
        int generation = cut + 1 + i <= serial ? 2 : 1;
        assertArrayEquals(stepped.value(key, generation), face.get(key), "key " + key);
      }
      assertNull(face.get(scene.keys()));
    }
  }

  private static void requirePhases(CheckpointKind checkpoint, Set<String> phases) {
    if (checkpoint.hasIndex()) {
      assertTrue(phases.containsAll(List.of("PREPARE_INDEX", "WAIT_INDEX")), phases.toString());
    }
    if (checkpoint.hasLog()) {
      assertTrue(
          phases.containsAll(List.of("PREPARE", "IN_PROGRESS", "WAIT_PENDING", "WAIT_FLUSH")),
          phases.toString());
    }
  }
}
