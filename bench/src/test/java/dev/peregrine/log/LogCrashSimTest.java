package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CrashCampaign.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A durable log keeps its promises on a machine that crashes, and the simulation would notice. */
class LogCrashSimTest {
  @Test
  void shouldKeepItsPromisesWhenTheMachineCrashes() {
    Result result = LogCrashCampaign.run(System.nanoTime() >>> 20, 150, 2, done -> {});
    assertEquals(List.of(), result.failures());
    for (String figure :
        List.of("crashes", "power cuts inside calls", "truncations", "rests", "memory filled")) {
      assertTrue(result.figures().get(figure) > 20, result::toString);
    }
  }

  @Test
  void shouldKeepItsPromisesWhenThePowerGoesOffAtEachEvent() {
    Result result = LogCrashCampaign.sweep(4, cuts -> {});
    assertEquals(List.of(), result.failures());
    assertTrue(result.lives() > 100, result::toString);
  }

  @Test
  void shouldNoticeWhenTheGroundIsBroken() {
    for (String sabotage : LogCrashCampaign.sabotages()) {
      Result result = LogCrashCampaign.run(sabotage, 1, 60, 2, done -> {});
      assertFalse(result.failures().isEmpty(), sabotage);
    }
  }
}
