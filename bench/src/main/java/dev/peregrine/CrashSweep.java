package dev.peregrine;

import dev.peregrine.device.FaultPlan;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A small life, the same each time, that is cut at each of its events in turn, and then at each
 * event of the recovery that follows: exhaustive where {@link CrashRun} is random. One thread.
 */
final class CrashSweep {
  private static final long WORK_SEED = 5;
  private static final int OPERATIONS = 14;

  private final CrashScenario scenario;
  private final Sabotage sabotage;
  private final CrashStats stats;

  /** One cut, for messages. */
  record Cut(long event, long recoveryEvent, long crashSeed) {}

  CrashSweep(CrashScenario scenario, Sabotage sabotage, CrashStats stats) {
    this.scenario = scenario;
    this.sabotage = sabotage;
    this.stats = stats;
  }

  /** How many events the life has if it is not cut. */
  long events() {
    CrashLife life = life(0, FaultPlan.NONE);
    CrashViolation.require(life.attempt(() -> work(life)), "the power went off by itself");
    long events = life.machine().events();
    life.finish();
    return events;
  }

  /**
   * Cuts the life at every event, by so many crash seeds each.
   *
   * @param inRecovery whether each is cut once more at every event of the recovery, too
   * @param listener hears of each cut before it is made
   * @return how many cuts were made
   * @throws CrashViolation if the store broke a promise
   */
  long run(int crashSeeds, boolean inRecovery, Consumer<Cut> listener) {
    long events = events();
    long cuts = 0;
    for (long event = 1; event <= events; event++) {
      for (int seed = 0; seed < crashSeeds; seed++) {
        long recoveryEvent = 0;
        boolean reached;
        do {
          Cut cut = new Cut(event, recoveryEvent, seed);
          listener.accept(cut);
          reached = cut(cut);
          cuts++;
          recoveryEvent++;
        } while (inRecovery && reached);
      }
    }
    return cuts;
  }

  /**
   * Makes one cut.
   *
   * @return whether the recovery was cut, or was not to be
   */
  private boolean cut(Cut cut) {
    CrashLife life = life(cut.crashSeed, plan(cut.event));
    CrashViolation.require(!life.attempt(() -> work(life)), "%s was not reached", cut);
    life.crash(plan(cut.recoveryEvent));
    boolean wasCut = !life.attempt(() -> life.recover(null));
    if (wasCut) {
      life.crash(FaultPlan.NONE);
      life.recover(null);
    }
    life.clients().forEach(CrashClient::operate);
    life.begin(CheckpointKind.LOG);
    life.attempt(life::finishCheckpoint);
    life.crash(FaultPlan.NONE);
    life.recover(null);
    life.finish();
    return wasCut || cut.recoveryEvent == 0;
  }

  private CrashLife life(long seed, FaultPlan plan) {
    return new CrashLife(scenario, sabotage, seed, new SplittableRandom(WORK_SEED), plan, stats);
  }

  private static FaultPlan plan(long event) {
    return FaultPlan.builder().tearsSectors(true).powerOffAtEvent(event).build();
  }

  /** Each kind of checkpoint after each other one, some without changes in between. */
  private void work(CrashLife life) {
    life.recover(null);
    CheckpointKind[] kinds = CheckpointKind.values();
    for (int distance = 1; distance <= 2; distance++) {
      for (int i = 0; i < kinds.length; i++) {
        checkpoint(life, kinds[i * distance % kinds.length], distance * i % 4 != 3);
      }
      if (life.isOn()) {
        life.prune(2);
      }
    }
    life.openOrClose(life.clients().getFirst());
    checkpoint(life, CheckpointKind.FOLD_OVER, true);
    checkpoint(life, CheckpointKind.SNAPSHOT, false);
    checkpoint(life, CheckpointKind.INCREMENTAL, false);
  }

  private void checkpoint(CrashLife life, CheckpointKind kind, boolean changes) {
    if (changes) {
      operate(life, OPERATIONS);
    }
    if (!life.isOn()) {
      return;
    }
    life.begin(kind);
    while (life.isCheckpointing() && life.isOn()) {
      life.step();
      if (changes) {
        operate(life, 1);
      }
    }
  }

  private static void operate(CrashLife life, int count) {
    for (int i = 0; i < count && life.isOn(); i++) {
      for (CrashClient client : life.clients()) {
        if (client.isOpen() && life.isOn()) {
          client.operate();
          life.settle();
        }
      }
    }
  }
}
