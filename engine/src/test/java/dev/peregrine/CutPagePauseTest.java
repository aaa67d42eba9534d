package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Sleepers;
import dev.peregrine.internal.pause.Sleepers.Sleeper;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cut divides a page. What the manifest says of its blocks is in the page's frame, which others
 * would like to have while the coordinator sleeps.
 */
@Timeout(180)
class CutPagePauseTest {
  private static final int PAGE_BYTES = 16 << 10;
  private static final long MEMORY_BYTES = 512 << 10;
  private static final int SECTOR_BYTES = 512;
  private static final int KEYS = 2500;
  private static final int MORE = 20_000;
  private static final int WAITS = 50;

  private final Sleepers sleepers = new Sleepers();
  private long frames;
  private SimulatedVolume volume = SimulatedVolume.create(4, FaultPlan.NONE);

  @AfterEach
  void wakeAll() {
    sleepers.close();
  }

  private Store open(CheckpointToken token) {
    StoreConfig config =
        TestStores.config(StoreKind.LONG_TO_LONG)
            .pageBytes(PAGE_BYTES)
            .maxSessions(3)
            .memoryBytes(MEMORY_BYTES)
            .build();
    frames = TestStores.framesOf(config, SECTOR_BYTES);
    return Store.open(config, volume, token, RecoveryProgress.NONE);
  }

  static List<Arguments> moments() {
    return List.of(
        Arguments.of(CheckpointKind.FOLD_OVER, PausePoint.PHASE_WAIT_FLUSH),
        Arguments.of(CheckpointKind.LOG, PausePoint.PHASE_WAIT_FLUSH),
        Arguments.of(CheckpointKind.FOLD_OVER, PausePoint.HEAD_UNPINNED),
        Arguments.of(CheckpointKind.SNAPSHOT, PausePoint.HEAD_UNPINNED));
  }

  @ParameterizedTest
  @MethodSource("moments")
  void shouldRecoverWhenWritersFillMemoryBeforeTheManifestIsWritten(
      CheckpointKind kind, PausePoint point) {
    CheckpointToken token;
    try (Store store = open(null);
        Session loader = store.newSession();
        Session writer = store.newSession()) {
      for (long key = 0; key < KEYS; key++) {
        loader.upsert(key, key * 3);
      }
      if (kind == CheckpointKind.SNAPSHOT) {
        // All is on the device then, and the snapshot has no pages of its own.
        store.checkpoint(CheckpointKind.FOLD_OVER).await();
      }
      Sleeper coordinator = sleepers.anybodyAt(point);
      Checkpoint running = store.checkpoint(kind);
      coordinator.awaitAsleep();
      long cut = store.stats().tailAddress();
      assertTrue(cut % PAGE_BYTES >= PageImage.BLOCK_BYTES, "the cut divides no page");
      Sleeper writing =
          sleepers.act(
              null,
              () -> {
                for (long key = KEYS; key < KEYS + MORE; key++) {
                  writer.upsert(key, key * 3);
                }
                return null;
              });
      long full = (cut / PAGE_BYTES + frames) * PAGE_BYTES;
      long waits = sleepers.count(PausePoint.SESSION_SUSPENDED) + WAITS;
      Sleepers.await(
          "writers that are through, or wait",
          () ->
              writing.isDone()
                  || store.stats().tailAddress() == full
                      && sleepers.count(PausePoint.SESSION_SUSPENDED) > waits);
      coordinator.wake();
      token = running.await();
      writing.join();
    }
    volume = volume.crash();
    try (Store store = open(token);
        Session reader = store.newSession()) {
      for (long key = 0; key < KEYS; key++) {
        assertEquals(Status.FOUND, reader.await(reader.read(key)), "key " + key);
        assertEquals(key * 3, reader.longValue());
      }
    }
  }
}
