package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceException;
import dev.peregrine.device.FaultCounts;
import dev.peregrine.device.FaultPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The n-th call fails, for each n until none does: a checkpoint fails with it, the ones before
 * stay, the store can be used, and the next one works, unless what failed forbids it for good.
 */
class CheckpointFaultTest {
  private static final int KEYS = 250;
  private static final int FRAMES = 5;
  private static final int MOST_CALLS = 400;
  private static final long SPACE_STEP_BYTES = 24 << 10;

  /** What fails; each is counted by itself. */
  private enum Fault {
    VOLUME_CALL,
    WRITE,
    SYNC;

    FaultPlan plan(int n) {
      FaultPlan.Builder plan = FaultPlan.builder();
      switch (this) {
        case VOLUME_CALL -> plan.failingVolumeCall(n);
        case WRITE -> plan.failingWrite(n);
        case SYNC -> plan.failingSync(n);
      }
      return plan.build();
    }

    boolean isReached(FaultCounts counts) {
      return switch (this) {
        case VOLUME_CALL -> counts.volumeErrors() > 0;
        case WRITE -> counts.writeErrors() > 0;
        case SYNC -> counts.syncErrors() > 0;
      };
    }
  }

  static List<Arguments> faultsAndKinds() {
    List<Arguments> all = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      for (CheckpointKind kind : CheckpointKind.values()) {
        all.add(Arguments.of(fault, kind));
      }
    }
    return all;
  }

  /** One life with one fault. */
  private static final class Life {
    final SteppedStore stepped;

    /** What the checkpoints hold that may be recovered to, by their sequence; 0 is nothing. */
    final TreeMap<Long, Integer> generations = new TreeMap<>();

    long newestGood;
    long sequence;
    int generation;
    boolean failed;
    boolean readOnly;

    Life(FaultPlan plan, long seed) {
      StoreConfig config = TestStores.tiny(StoreKind.LONG_TO_BYTES, 2, 2, FRAMES, 512);
      stepped = new SteppedStore(config, seed, plan);
    }

    void live(CheckpointKind kind) {
      try {
        stepped.open(null);
      } catch (StoreIoException e) {
        failed = true;
        stepped.store = null;
        return;
      }
      generations.put(0L, 0);
      for (CheckpointKind next :
          List.of(CheckpointKind.FOLD_OVER, kind, CheckpointKind.SNAPSHOT, kind)) {
        change();
        checkpoint(next);
        requireValues(generation);
      }
      prune();
      change();
      checkpoint(kind);
      requireValues(generation);
    }

    private void change() {
      if (readOnly) {
        return;
      }
      try (Session session = stepped.store.newSession()) {
        KindFace face = new KindFace(stepped.kind, session);
        int next = generation + 1;
        for (int key = 0; key < KEYS; key++) {
          face.upsert(key, stepped.value(key, next));
        }
        generation = next;
      } catch (StoreIoException e) {
        assertEquals(Severity.WRITES, e.severity());
        failed = true;
        readOnly = true;
        // Some keys have the next generation, and no checkpoint will.
        generation = -1;
      }
    }

    private void checkpoint(CheckpointKind kind) {
      sequence++;
      Checkpoint checkpoint = stepped.store.checkpoint(kind);
      stepped.end(checkpoint);
      if (kind.hasLog() && generation >= 0) {
        generations.put(sequence, generation);
      }
      if (!checkpoint.future().isCompletedExceptionally()) {
        assertTrue(!readOnly, "a failure was forgotten");
        assertEquals(sequence, checkpoint.await().sequence());
        newestGood = kind.hasLog() ? sequence : newestGood;
        return;
      }
      StoreException e = assertThrows(StoreException.class, checkpoint::await);
      assertTrue(e instanceof StoreIoException || e instanceof CheckpointException, e.toString());
      assertTrue(!failed || readOnly, "the next one failed too: " + e);
      failed = true;
      noteWhetherReadOnly();
    }

    private void prune() {
      try {
        stepped.store.pruneCheckpoints(1);
      } catch (DeviceException e) {
        assertFalse(failed, "a second failure: " + e);
        failed = true;
      }
    }

    /** A failure of the log's own device forbids changes from now on. */
    private void noteWhetherReadOnly() {
      try (Session session = stepped.store.newSession()) {
        session.delete(KEYS + 1L);
      } catch (StoreIoException refused) {
        readOnly = true;
      }
    }

    /** The store gives what was stored last, also if it takes no more. */
    private void requireValues(int expected) {
      try (Session session = stepped.store.newSession()) {
        KindFace face = new KindFace(stepped.kind, session);
        for (int key = 0; key < KEYS; key++) {
          byte[] found = face.get(key);
          if (expected > 0) {
            assertArrayEquals(stepped.value(key, expected), found, "key " + key);
          } else if (expected == 0) {
            assertEquals(null, found);
          }
        }
      }
    }

    /**
     * After a crash, and without faults, a checkpoint is there that is no older than it must be.
     */
    void requireRecovers() {
      stepped.crash();
      stepped.open(null);
      long recovered = stepped.store.recovery().token().sequence();
      assertTrue(recovered >= newestGood, recovered + " was recovered to, not " + newestGood);
      Integer expected = generations.getOrDefault(recovered, 0);
      requireValues(expected);
      readOnly = false;
      generation = 100;
      change();
      CheckpointToken token = stepped.checkpoint(CheckpointKind.SNAPSHOT);
      stepped.close();
      stepped.open(null);
      assertEquals(token, stepped.store.recovery().token());
      requireValues(101);
      stepped.store.close();
    }
  }

  @ParameterizedTest
  @MethodSource("faultsAndKinds")
  void shouldKeepThePreviousAndGoOnWhenTheNthCallFails(Fault fault, CheckpointKind kind) {
    boolean reached = true;
    int n = 1;
    for (; reached; n++) {
      assertTrue(n < MOST_CALLS, "it never ends");
      Life life = new Life(fault.plan(n), n);
      try {
        life.live(kind);
        reached = fault.isReached(life.stepped.volume.faults());
        assertEquals(reached, life.failed, "a failure was swallowed, or there was none");
        life.requireRecovers();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(fault + " " + n + ": " + e, e);
      }
    }
    assertTrue(n > 5, "hardly anything was tried");
  }

  @Test
  void shouldKeepThePreviousWhenThereIsNoSpace() {
    for (CheckpointKind kind : CheckpointKind.values()) {
      boolean reached = true;
      for (long space = 0; reached; space += SPACE_STEP_BYTES) {
        Life life = new Life(FaultPlan.builder().capacityBytes(space).build(), space);
        try {
          liveOnLittle(life, kind);
          reached = life.stepped.volume.faults().noSpace() > 0;
          life.requireRecovers();
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(kind + " on " + space + " bytes: " + e, e);
        }
      }
    }
  }

  /** Space stays short, so that any number of calls may fail; pruning gives some back. */
  private static void liveOnLittle(Life life, CheckpointKind kind) {
    SteppedStore stepped = life.stepped;
    try {
      stepped.open(null);
    } catch (StoreIoException e) {
      stepped.store = null;
      return;
    }
    life.generations.put(0L, 0);
    for (CheckpointKind next : List.of(CheckpointKind.FOLD_OVER, kind, kind)) {
      life.change();
      life.sequence++;
      Checkpoint checkpoint = stepped.store.checkpoint(next);
      stepped.end(checkpoint);
      if (!checkpoint.future().isCompletedExceptionally() && next.hasLog()) {
        life.newestGood = life.sequence;
        life.generations.put(life.sequence, life.generation);
      }
      life.requireValues(life.generation);
      stepped.store.pruneCheckpoints(1);
    }
  }

  @Test
  void shouldTakeNoMoreChangesButKeepThePreviousWhenTheLogCannotBeSynced() {
    for (int n = 1; n < 20; n++) {
      Life life = new Life(Fault.SYNC.plan(n), n);
      life.live(CheckpointKind.LOG);
      if (!life.readOnly) {
        life.stepped.store.close();
        continue;
      }
      try (Session session = life.stepped.store.newSession()) {
        StoreIoException e = assertThrows(StoreIoException.class, () -> session.delete(1));
        assertEquals(Severity.WRITES, e.severity());
      }
      Checkpoint next = life.stepped.store.checkpoint(CheckpointKind.LOG);
      life.stepped.end(next);
      assertThrows(StoreIoException.class, next::await);
      life.requireRecovers();
      return;
    }
    throw new AssertionError("no sync of the log failed");
  }
}
