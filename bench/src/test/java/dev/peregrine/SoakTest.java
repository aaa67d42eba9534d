package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A few seconds of the soak, and that it is no fool. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class SoakTest {
  private static final long NANOS = TimeUnit.SECONDS.toNanos(8);
  private static final long PATIENT_NANOS = TimeUnit.SECONDS.toNanos(120);

  @TempDir Path directory;

  @Test
  void shouldKeepEveryPromiseWhenThreadsPauseAndDevicesAreSlow() {
    long seed = Long.getLong("peregrine.seed", ThreadLocalRandom.current().nextInt(1 << 30));
    Soak.Result result = Soak.run(seed, NANOS, 2, directory, passed -> {});
    assertEquals(List.of(), result.failures(), "-Dperegrine.seed=" + seed);
    assertTrue(result.figures().get("operations") > 0);
    assertTrue(result.figures().get("pauses") > 0);
    assertFalse(result.missed().contains("EPOCH_ENTERED"));
    assertFalse(result.missed().contains("RECORD_LINKED"));
    assertFalse(result.missed().contains("PHASE_IN_PROGRESS"));
  }

  /** It ends with the first life that crashes behind such a checkpoint. */
  @Test
  void shouldFailWhenAStoreDoesNotSyncItsLog() {
    Soak.Result result =
        Soak.run(2, PATIENT_NANOS, 2, directory, SabotagedVolume::withoutLogSync, passed -> {});
    assertFalse(result.failures().isEmpty(), "a store that keeps no promise was not caught");
  }
}
