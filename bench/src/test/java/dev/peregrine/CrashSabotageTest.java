package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation is worth something only if it sees when a store is broken. */
class CrashSabotageTest {
  private static final long FIRST_SEED = 1;

  @ParameterizedTest
  @EnumSource(
      value = Sabotage.class,
      names = {"NONE", "CUT_NOT_PADDED"},
      mode = EnumSource.Mode.EXCLUDE)
  void shouldBeCaughtWithinItsSeeds(Sabotage sabotage) {
    LongFunction<String> lives = CrashSim.of(sabotage, new CrashStats());
    for (long seed = FIRST_SEED; seed < FIRST_SEED + sabotage.seeds(); seed++) {
      if (lives.apply(seed) != null) {
        return;
      }
    }
    throw new AssertionError(sabotage + " was not seen in " + sabotage.seeds() + " seeds");
  }

  /** It takes a cut at the right moment, and a torn sector: the sweep comes by there. */
  @Test
  void shouldBeCaughtByTheSweepWhenTheCutIsNotPadded() {
    CrashSweep sweep =
        new CrashSweep(
            CrashScenario.small(StoreKind.LONG_TO_BYTES, 32),
            Sabotage.CUT_NOT_PADDED,
            new CrashStats());
    CrashViolation seen =
        assertThrows(
            CrashViolation.class,
            () -> sweep.run(Sabotage.CUT_NOT_PADDED.seeds(), false, cut -> {}));
    assertTrue(seen.getMessage().contains("can't be opened"), seen.getMessage());
  }

  @ParameterizedTest
  @EnumSource(Sabotage.class)
  void shouldChangeEachClassThatItSaysOfAMutant(Sabotage sabotage) {
    MutantLoader loader = new MutantLoader(sabotage.mutations());
    LongFunction<String> lives = CrashSim.mutant(loader);
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 3; seed++) {
      boolean seen = lives.apply(seed) != null;
      assertFalse(seen && sabotage.mutations().isEmpty(), "an engine that is not broken failed");
    }
    assertEquals(Set.copyOf(sabotage.mutations()), loader.applied());
  }

  @Test
  void shouldFindNothingWhenAMutantHasNoMutation() {
    LongFunction<String> lives = CrashSim.mutant(new MutantLoader(List.of()));
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 20; seed++) {
      assertNull(lives.apply(seed));
    }
  }
}
