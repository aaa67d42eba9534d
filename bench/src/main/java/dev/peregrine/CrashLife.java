package dev.peregrine;

import dev.peregrine.CrashStats.Figure;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.FaultPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * A store on a simulated machine, the sessions that work on it, and the {@link PrefixModel} of what
 * it must hold; whatever happens to it is checked. What happens is decided by its user, in whose
 * calls all of it happens. One thread.
 */
final class CrashLife {
  private static final int MOST_STEPS_TO_END = 1_000_000;
  private static final int MOST_READS_BEFORE_FLIP = 6;

  private final CrashStats stats;
  private final CrashMachine machine;
  private final PrefixModel model;
  private final List<CrashClient> clients = new ArrayList<>();
  private Checkpoint running;

  /** The latest one that was acknowledged: it may still have something to put in order. */
  private Checkpoint ending;

  private CheckpointKind runningKind;
  private long sequence;

  /**
   * @param seed of the machine, for what it does wrong
   * @param random for what the sessions do
   * @param plan what the machine does wrong first
   */
  CrashLife(
      CrashScenario scenario,
      Sabotage sabotage,
      long seed,
      SplittableRandom random,
      FaultPlan plan,
      CrashStats stats) {
    this.stats = stats;
    this.machine = new CrashMachine(scenario, sabotage, seed, plan, stats);
    this.model = new PrefixModel(scenario);
    for (int i = 0; i < scenario.sessions(); i++) {
      clients.add(new CrashClient(scenario, model.history(i), random.split()));
    }
    countPlan(plan);
  }

  CrashMachine machine() {
    return machine;
  }

  List<CrashClient> clients() {
    return clients;
  }

  /** Whether the power is on. */
  boolean isOn() {
    return !machine.isOff();
  }

  /** Whether a checkpoint was ever recovered to. */
  boolean isBorn() {
    return model.newest() != null;
  }

  /** Whether a checkpoint is under way. */
  boolean isCheckpointing() {
    return running != null || ending != null && !ending.progress().done();
  }

  /**
   * Does something in which the power may go off.
   *
   * @return false if it went off
   */
  boolean attempt(Runnable part) {
    try {
      part.run();
    } catch (CrashViolation e) {
      throw e;
    } catch (StoreException | DeviceException e) {
      if (isOn()) {
        throw new CrashViolation("a call failed though nothing was wrong", e);
      }
    }
    return isOn();
  }

  /** Cuts the power, if that has not happened yet, and turns it on again. */
  void crash(FaultPlan plan) {
    if (running != null && isAcknowledged(running)) {
      acknowledge();
    }
    closeStore();
    machine.crash(plan);
    countPlan(plan);
  }

  /** Closes the store, with all that is pending or under way, if it is open. */
  void closeStore() {
    clients.forEach(CrashClient::abandon);
    if (running != null) {
      stats.count(Figure.CHECKPOINTS_CUT);
      running = null;
    }
    ending = null;
    machine.close();
  }

  /**
   * Opens the store and checks what it holds.
   *
   * @param asked the checkpoint, or null for the newest
   */
  void recover(CheckpointToken asked) {
    machine.requireWhole(model.tokens());
    if (asked != null) {
      model.giveUpAfter(asked);
      stats.count(Figure.RECOVERIES_TO_OLDER);
    }
    try {
      machine.open(asked);
    } catch (CorruptionException | IllegalArgumentException e) {
      throw new CrashViolation("the store can't be opened", e);
    }
    model.recovered(machine.store(), asked, clients);
    sequence = machine.lastSequence();
  }

  /**
   * Opens the store with one bit turned in what it reads, and closes it again: it must notice, or
   * come to the same state; and if it refuses, it must have changed nothing.
   *
   * @param asked the checkpoint, or null for the newest
   */
  void recoverFlipped(CheckpointToken asked, SplittableRandom random) {
    stats.count(Figure.BITS_FLIPPED);
    List<CheckpointToken> before = machine.tokens();
    FlippedVolume[] flipped = new FlippedVolume[1];
    int readsBefore = random.nextInt(MOST_READS_BEFORE_FLIP);
    if (asked != null) {
      model.giveUpAfter(asked);
    }
    try {
      machine.open(
          asked,
          volume -> {
            flipped[0] = new FlippedVolume(volume, readsBefore, random.split());
            return flipped[0];
          });
      model.recovered(machine.store(), asked, clients);
    } catch (CorruptionException e) {
      CrashViolation.require(
          flipped[0].isReached(), "refused though nothing was wrong: %s", e.getMessage());
      stats.count(Figure.FLIPS_REFUSED);
      // If it is open, it was a record read later that was refused.
      if (machine.store() == null) {
        machine.reopen();
        requireUnchanged(before, flipped[0], e);
        if (asked != null) {
          model.giveUpNothing();
        }
      }
    } finally {
      stats.add(Figure.BITS_READ, flipped[0].isReached() ? 1 : 0);
    }
    clients.forEach(CrashClient::abandon);
    if (machine.store() != null) {
      machine.close();
      machine.reopen();
    }
  }

  private void requireUnchanged(
      List<CheckpointToken> before, FlippedVolume flipped, CorruptionException cause) {
    List<CheckpointToken> after = machine.tokens();
    CrashViolation.require(
        after.equals(before),
        "a bit in %s was noticed (%s), but checkpoints were %s before and %s after",
        flipped.place(),
        cause.getMessage(),
        before,
        after);
  }

  /** A checkpoint that was acknowledged and is still there; null if there is none. */
  CheckpointToken older(SplittableRandom random) {
    Set<CheckpointToken> there = new TreeSet<>(machine.tokens());
    there.retainAll(model.tokens());
    if (there.isEmpty()) {
      return null;
    }
    return List.copyOf(there).get(random.nextInt(there.size()));
  }

  /** Closes an open session, or opens a closed one again. */
  void openOrClose(CrashClient client) {
    if (client.isOpen()) {
      client.close();
    } else {
      client.open(machine.store(), true);
    }
  }

  /** Starts a checkpoint; none is under way. */
  void begin(CheckpointKind kind) {
    runningKind = kind;
    sequence++;
    if (kind.hasLog()) {
      model.begin(sequence);
    }
    running = machine.store().checkpoint(kind);
  }

  /** Starts one while another is under way. */
  void beginSecond(CheckpointKind kind) {
    try {
      machine.store().checkpoint(kind);
    } catch (CheckpointException e) {
      return;
    }
    throw new CrashViolation("a second checkpoint was not refused");
  }

  /** Deletes the oldest checkpoints; none is under way. */
  void prune(int keep) {
    stats.count(Figure.PRUNES);
    machine.store().pruneCheckpoints(keep).forEach(model::forget);
  }

  /** Lets the log's worker and the checkpoint do a step each. */
  void step() {
    machine.step();
    settle();
  }

  /** Lets the checkpoint that is under way come to its end. */
  void finishCheckpoint() {
    for (int i = 0; isCheckpointing() && isOn(); i++) {
      CrashViolation.require(
          i < MOST_STEPS_TO_END, "the checkpoint does not end: %s of %s", running, runningKind);
      step();
    }
  }

  /** Takes note of a checkpoint that has ended. */
  void settle() {
    if (running == null || !running.future().isDone()) {
      return;
    }
    if (isAcknowledged(running)) {
      acknowledge();
    } else if (isOn()) {
      throw new CrashViolation(
          "a checkpoint failed though nothing was wrong", running.future().exceptionNow());
    }
  }

  /** The end, of the life or of a test of it. */
  long finish() {
    closeStore();
    machine.finish();
    long trace = 17;
    for (CrashClient client : clients) {
      stats.add(Figure.PENDING, client.pendingCount());
      trace = trace * 31 + client.trace();
    }
    return trace;
  }

  private static boolean isAcknowledged(Checkpoint checkpoint) {
    return checkpoint.future().isDone() && !checkpoint.future().isCompletedExceptionally();
  }

  private void acknowledge() {
    stats.count(Figure.CHECKPOINTS);
    if (runningKind.hasLog()) {
      model.acknowledge(running.await(), clients);
    }
    ending = running;
    running = null;
  }

  private void countPlan(FaultPlan plan) {
    stats.add(Figure.PLANNED_CUTS, plan.powerOffAtEvent() > 0 ? 1 : 0);
  }
}
