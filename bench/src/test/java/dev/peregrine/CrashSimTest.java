package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CrashCampaign.Result;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The crash simulation, on seeds that nobody has seen before, and at each event of small lives. */
class CrashSimTest {
  private static final int SEEDS = 300;
  private static final int THREADS = 2;

  @Test
  void shouldKeepEveryPromiseWhenThePowerGoesOffAtRandom() {
    Long fixed = Long.getLong("peregrine.seed");
    long first = fixed != null ? fixed : ThreadLocalRandom.current().nextLong() >>> 16;
    Result result = CrashCampaign.run(first, fixed != null ? 1 : SEEDS, THREADS, done -> {});
    assertEquals(List.of(), result.failures(), "again: crash-sim --seed, or -Dperegrine.seed=");
    if (fixed == null) {
      requireMet(result);
    }
  }

  /** A run in which nothing happened proves nothing. */
  private static void requireMet(Result result) {
    for (String figure :
        List.of(
            "planned cuts reached",
            "cuts in recovery",
            "recoveries to older",
            "checkpoints cut",
            "pending",
            "prunes",
            "verifications",
            "flips refused",
            "sectors dropped",
            "sectors kept",
            "sectors torn",
            "names dropped",
            "names kept",
            "short transfers",
            "reordered")) {
      assertTrue(result.figures().get(figure) > 10, figure + " of " + result.figures());
    }
    assertTrue(result.figures().get("checkpoints") > 2 * SEEDS, result.figures().toString());
  }

  @ParameterizedTest
  @CsvSource({"LONG_TO_LONG, 4", "LONG_TO_BYTES, 32", "BYTES_TO_BYTES, 4"})
  void shouldKeepEveryPromiseWhenThePowerGoesOffAtEachEvent(StoreKind kind, int frames) {
    CrashStats stats = new CrashStats();
    CrashSweep sweep = new CrashSweep(CrashScenario.small(kind, frames), Sabotage.NONE, stats);
    long cuts = sweep.run(1, false, cut -> {});
    assertEquals(sweep.events(), cuts);
    assertEquals(cuts, stats.get(CrashStats.Figure.PLANNED_CUTS_REACHED));
    assertTrue(cuts > 150, "cuts: " + cuts);
  }

  @Test
  void shouldKeepEveryPromiseWhenEachRecoveryIsCutAtEachEvent() {
    CrashStats stats = new CrashStats();
    long cuts =
        new CrashSweep(CrashScenario.small(StoreKind.LONG_TO_BYTES, 32), Sabotage.NONE, stats)
            .run(1, true, cut -> {});
    assertTrue(stats.get(CrashStats.Figure.CRASHES) > 2 * cuts);
    assertTrue(cuts > 300, "cuts: " + cuts);
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 4, 5, 6, 7, 8})
  void shouldLiveTheSameLifeWhenTheSeedIsTheSame(long seed) {
    CrashScenario scenario = CrashScenario.of(seed);
    long first = new CrashRun(scenario, Sabotage.NONE, seed, new CrashStats()).run();
    assertEquals(first, new CrashRun(scenario, Sabotage.NONE, seed, new CrashStats()).run());
    assertNotEquals(
        first, new CrashRun(scenario, Sabotage.NONE, seed + 100, new CrashStats()).run());
  }
}
