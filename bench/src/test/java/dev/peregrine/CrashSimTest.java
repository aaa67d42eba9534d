package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CrashCampaign.Result;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

  @Test
  void shouldKeepEveryPromiseWhenThePowerGoesOffAtEachEvent() {
    long[] cuts = new long[1];
    Result result = CrashCampaign.sweep(Sabotage.NONE, 1, false, done -> cuts[0] = done);
    assertEquals(List.of(), result.failures());
    assertEquals(cuts[0], result.lives());
    assertEquals(cuts[0], result.figures().get("planned cuts reached"));
    assertTrue(cuts[0] > 500, "cuts: " + cuts[0]);
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
