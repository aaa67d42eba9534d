package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A durable log keeps its promises on a machine that crashes, and the simulation would notice. */
class LogCrashSimTest {
  @Test
  void shouldKeepItsPromisesWhenTheMachineCrashes() {
    LogCrashStats stats = LogCrashSim.seeds(System.nanoTime() >>> 20, 150, seed -> {});
    assertTrue(stats.crashes() > 50, stats::toString);
  }

  @Test
  void shouldKeepItsPromisesWhenThePowerGoesOffAtEachEvent() {
    for (long seed = 1; seed <= 2; seed++) {
      LogCrashSim.events(seed, 120);
    }
  }

  @Test
  void shouldNoticeWhenTheGroundIsBroken() {
    for (LogSabotage sabotage : LogSabotage.values()) {
      long needed = LogCrashSim.seedsToNotice(sabotage, 1, 60);
      assertTrue(needed > 0 == (sabotage != LogSabotage.NONE), sabotage + ": " + needed);
    }
  }
}
