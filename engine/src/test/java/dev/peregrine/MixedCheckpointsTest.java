package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.peregrine.device.DeviceKind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints of different kinds one after the other, some with nothing between them. */
class MixedCheckpointsTest {
  private static final int KEYS = 500;

  @TempDir private Path directory;

  private StoreConfig config() {
    return TestStores.config(StoreKind.LONG_TO_LONG)
        .directory(directory)
        .device(DeviceKind.PREAD)
        .pageBytes(16 << 10)
        .segmentBytes(64 << 10)
        .build();
  }

  private static void requireExact(Store store, Map<Long, Long> expected, String where) {
    try (Session session = store.newSession()) {
      for (long key = 0; key < KEYS; key++) {
        Status status = session.await(session.read(key));
        Long found = status == Status.FOUND ? session.longValue() : null;
        assertEquals(expected.get(key), found, where + ", key " + key);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FOLD_OVER,SNAPSHOT",
    "FOLD_OVER,INCREMENTAL",
    "LOG,SNAPSHOT",
    "SNAPSHOT,SNAPSHOT",
    "SNAPSHOT,INCREMENTAL",
    "SNAPSHOT,FOLD_OVER",
    "INCREMENTAL,LOG",
    "FOLD_OVER,FOLD_OVER"
  })
  void shouldRecoverToTheSecondWhenNothingChangedBetween(
      CheckpointKind first, CheckpointKind second) {
    Map<Long, Long> expected = new HashMap<>();
    CheckpointToken token;
    try (Store store = Store.open(config());
        Session session = store.newSession()) {
      for (long key = 0; key < KEYS; key++) {
        session.upsert(key, key + 1);
        expected.put(key, key + 1);
      }
      store.checkpoint(first).await();
      token = store.checkpoint(second).await();
    }
    assertEquals(token, StoreFiles.verify(directory, null, RecoveryProgress.NONE).token());
    try (Store store = Store.open(config())) {
      assertEquals(token, store.recovery().token());
      requireExact(store, expected, first + ", " + second);
    }
  }

  @Test
  void shouldVerifyAndRecoverWhenKindsComeInAnyOrder() {
    Seeds.run(
        6,
        seed -> {
          TestStores.clear(directory);
          SplittableRandom random = new SplittableRandom(seed);
          Map<Long, Long> expected = new HashMap<>();
          CheckpointKind[] kinds = CheckpointKind.values();
          for (int run = 0; run < 4; run++) {
            try (Store store = Store.open(config());
                Session session = store.newSession()) {
              requireExact(store, expected, "run " + run);
              for (int round = random.nextInt(1, 5); round > 0; round--) {
                for (int i = random.nextInt(4) * 300; i > 0; i--) {
                  long key = random.nextInt(KEYS);
                  if (random.nextInt(8) == 0) {
                    session.await(session.delete(key));
                    expected.remove(key);
                  } else {
                    session.await(session.upsert(key, i));
                    expected.put(key, (long) i);
                  }
                }
                store.checkpoint(kinds[random.nextInt(kinds.length)]).await();
              }
              store.checkpoint(kinds[random.nextInt(3)]).await();
            }
            for (CheckpointInfo info : StoreFiles.list(directory)) {
              assertEquals(null, info.problem());
              if (info.kind().hasLog()) {
                StoreFiles.verify(directory, info.token(), RecoveryProgress.NONE);
              }
            }
          }
        });
  }
}
