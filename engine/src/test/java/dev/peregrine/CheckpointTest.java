package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.hlog.SteppedDriver;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A store on a simulated volume, reopened: what a checkpoint covers is there, and nothing else. */
class CheckpointTest {
  private static final int KEYS = 3000;

  static Stream<Arguments> kinds() {
    return Stream.of(StoreKind.values())
        .flatMap(
            store ->
                Stream.of(CheckpointKind.values())
                    .filter(CheckpointKind::hasLog)
                    .map(checkpoint -> Arguments.of(store, checkpoint)));
  }

  /** A volume, and the store on it that is open. */
  private static final class Bed {
    final StoreKind kind;
    final long seed;
    final StoreConfig config;
    SimulatedVolume volume;
    SteppedDriver driver;
    Store store;
    int opened;

    Bed(StoreKind kind, long seed, int frames) {
      this.kind = kind;
      this.seed = seed;
      this.config = TestStores.tiny(kind, 4, 8, frames, 512);
      this.volume = SimulatedVolume.create(seed, FaultPlan.builder().maxDelay(4).build());
      open(null);
    }

    void open(CheckpointToken token) {
      driver = new SteppedDriver();
      StoreEnvironment environment =
          TestStores.environment(driver, seed + opened++, TestStores.ALL_BITS);
      store = Store.open(config, volume, token, RecoveryProgress.NONE, environment);
    }

    void reopen() {
      store.close();
      volume = volume.reopen();
      open(null);
    }

    CheckpointToken checkpoint(CheckpointKind checkpoint) {
      return finish(store.checkpoint(checkpoint));
    }

    CheckpointToken finish(Checkpoint checkpoint) {
      for (int i = 0; !checkpoint.progress().done(); i++) {
        assertTrue(i < 1_000_000, "the checkpoint does not end: " + checkpoint.progress());
        driver.awaitProgress();
      }
      return checkpoint.await();
    }
  }

  private static byte[] value(StoreKind kind, long key, int generation) {
    byte[] value = new byte[kind == StoreKind.LONG_TO_LONG ? Long.BYTES : 20 + (int) (key % 50)];
    Arrays.fill(value, (byte) (key * 31 + generation));
    value[0] = (byte) generation;
    value[1] = (byte) key;
    value[2] = (byte) (key >>> 8);
    return value;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldHaveWhatTheCheckpointCoversAndNothingElseWhenReopened(
      StoreKind kind, CheckpointKind checkpoint) {
    for (int frames : List.of(12, 200)) {
      Bed bed = new Bed(kind, 7, frames);
      Session session = bed.store.newSession();
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < KEYS; key++) {
        face.upsert(key, value(kind, key, 1));
      }
      for (int key = 0; key < KEYS; key += 7) {
        face.delete(key);
      }
      session.completeAll();
      long id = session.id();
      long serial = session.serial();
      CheckpointToken token = bed.checkpoint(checkpoint);
      assertEquals(serial, session.durableSerial());
      for (int key = 0; key < 2 * KEYS; key += 3) {
        face.upsert(key, value(kind, key, 2));
      }
      session.completeAll();
      bed.reopen();
      assertEquals(token, bed.store.recovery().token());
      Session resumed = bed.store.resumeSession(id);
      assertEquals(serial, resumed.serial());
      KindFace after = new KindFace(kind, resumed);
      for (int key = 0; key < 2 * KEYS; key++) {
        byte[] found = after.get(key);
        if (key >= KEYS || key % 7 == 0) {
          assertNull(found, "key " + key);
        } else {
          assertArrayEquals(value(kind, key, 1), found, "key " + key);
        }
      }
      bed.store.close();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldGoOnFromCheckpointToCheckpointWhenReopenedEachTime(
      StoreKind kind, CheckpointKind checkpoint) {
    Bed bed = new Bed(kind, 11, 16);
    int[] expected = new int[KEYS];
    for (int round = 1; round <= 6; round++) {
      Session session = bed.store.newSession();
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < KEYS; key++) {
        if (expected[key] > 0) {
          assertArrayEquals(value(kind, key, expected[key]), face.get(key), round + ", key " + key);
        }
      }
      for (int part = 0; part < 3; part++) {
        for (int key = (round * 3 + part) % 5; key < KEYS; key += 5) {
          face.upsert(key, value(kind, key, round * 10 + part));
          expected[key] = round * 10 + part;
        }
        bed.checkpoint(part == 1 ? CheckpointKind.INDEX : checkpoint);
      }
      for (int key = 0; key < KEYS; key += 2) {
        face.upsert(key, value(kind, key, 99));
      }
      bed.reopen();
    }
    bed.store.close();
  }
}
