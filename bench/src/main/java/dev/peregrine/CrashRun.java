package dev.peregrine;

import dev.peregrine.CrashStats.Figure;
import dev.peregrine.device.FaultPlan;
import java.util.SplittableRandom;

/**
 * The random life of one store: sessions work on it in turns, checkpoints are taken meanwhile, the
 * power goes off at any event, also in a recovery, bits turn, and after each recovery the store
 * must be in a state that the model allows. One thread.
 */
final class CrashRun {
  private static final CheckpointKind[] KINDS = CheckpointKind.values();
  private static final int FLIP_ONE_IN = 2;
  private static final int OLDER_ONE_IN = 6;
  private static final int VERIFY_ONE_IN = 6;
  private static final int PRUNE_ONE_IN = 6;
  private static final int MOST_KEPT = 3;

  private final CrashScenario scenario;
  private final CrashStats stats;
  private final SplittableRandom random;
  private final CrashLife life;

  /**
   * @param seed decides everything
   * @param stats is told what was met
   */
  CrashRun(CrashScenario scenario, Sabotage sabotage, long seed, CrashStats stats) {
    this.scenario = scenario;
    this.stats = stats;
    this.random = new SplittableRandom(seed);
    this.life = new CrashLife(scenario, sabotage, seed, random, scenario.plan(random), stats);
  }

  /**
   * Lives it to its end.
   *
   * @return a hash of all that was observed
   * @throws CrashViolation if the store broke a promise
   */
  long run() {
    for (int round = 0; round < scenario.rounds(); round++) {
      stats.count(Figure.ROUNDS);
      boolean recovered = life.attempt(this::recover);
      if (!recovered && life.isBorn()) {
        stats.count(Figure.CUTS_IN_RECOVERY);
      }
      if (recovered && life.attempt(this::work)) {
        life.attempt(this::end);
      }
      life.crash(scenario.plan(random));
    }
    life.crash(FaultPlan.NONE);
    recover();
    work();
    life.closeStore();
    life.machine().reopen();
    life.recover(null);
    return life.finish();
  }

  private void recover() {
    if (life.isBorn()) {
      if (random.nextInt(VERIFY_ONE_IN) == 0) {
        life.machine().verifyNewest();
      }
      if (random.nextInt(FLIP_ONE_IN) == 0) {
        life.recoverFlipped(random.nextBoolean() ? life.older(random) : null, random);
      }
    }
    life.recover(random.nextInt(OLDER_ONE_IN) == 0 ? life.older(random) : null);
  }

  private void work() {
    int steps = 1 + random.nextInt(scenario.steps());
    for (int step = 0; step < steps && life.isOn(); step++) {
      int roll = random.nextInt(100);
      CrashClient client = life.clients().get(random.nextInt(scenario.sessions()));
      if (roll < 2) {
        life.openOrClose(client);
      } else if (roll < 8) {
        if (client.isOpen()) {
          client.poll();
        }
      } else if (roll < (life.isCheckpointing() ? 40 : 12)) {
        life.step();
      } else if (client.isOpen()) {
        client.operate();
        stats.count(Figure.OPERATIONS);
      }
      life.settle();
      if (random.nextInt(scenario.checkpointOneIn()) == 0) {
        beginOrPrune();
      }
    }
  }

  private void beginOrPrune() {
    CheckpointKind kind = KINDS[random.nextInt(KINDS.length)];
    if (life.isCheckpointing()) {
      life.beginSecond(kind);
    } else if (random.nextInt(PRUNE_ONE_IN) == 0) {
      life.prune(1 + random.nextInt(MOST_KEPT));
    } else {
      life.begin(kind);
    }
  }

  /** The end of a round that still has power. */
  private void end() {
    switch (random.nextInt(4)) {
      case 0 -> life.finishCheckpoint();
      case 1 -> {
        life.closeStore();
        life.machine().reopen();
        recover();
      }
      case 2 -> life.closeStore();
      default -> {}
    }
  }
}
