package dev.peregrine;

import dev.peregrine.CrashStats.Figure;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.device.Volume;
import dev.peregrine.internal.checkpoint.CheckpointCatalog;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.hlog.SteppedDriver;
import dev.peregrine.internal.recovery.CheckpointVerifier;
import dev.peregrine.internal.recovery.RecoveryPlan;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A simulated machine with one store on it, which is opened, crashed and opened again; nothing
 * happens on it but in the calls of its one user.
 */
final class CrashMachine {
  /** What the clock moves on each time it is looked at. */
  private static final long TICK_NANOS = 20_000;

  private final CrashScenario scenario;
  private final Sabotage sabotage;
  private final SplittableRandom names;
  private final CrashStats stats;
  private SimulatedVolume volume;
  private SteppedDriver driver;
  private Store store;
  private long nanos;

  CrashMachine(
      CrashScenario scenario, Sabotage sabotage, long seed, FaultPlan plan, CrashStats stats) {
    this.scenario = scenario;
    this.sabotage = sabotage;
    this.stats = stats;
    this.names = new SplittableRandom(~seed);
    this.volume = SimulatedVolume.create(seed, plan);
  }

  /** The open store, or null. */
  Store store() {
    return store;
  }

  /** Whether the power went off. */
  boolean isOff() {
    return volume.faults().powerCuts() > 0;
  }

  /** The events so far in this life. */
  long events() {
    return volume.events();
  }

  /** Opens the store. */
  void open(CheckpointToken token) {
    open(token, UnaryOperator.identity());
  }

  /**
   * Opens the store.
   *
   * @param token the checkpoint, or null for the newest
   * @param filter what lies between the volume and the store
   */
  void open(CheckpointToken token, UnaryOperator<Volume> filter) {
    driver = new SteppedDriver();
    StoreEnvironment environment =
        new StoreEnvironment(
            driver, () -> nanos += TICK_NANOS, () -> 0, names::nextLong, scenario.hashMask());
    store =
        Store.open(
            scenario.config(),
            sabotage.wrap(filter.apply(volume)),
            token,
            RecoveryProgress.NONE,
            environment);
    stats.count(Figure.RECOVERIES);
  }

  /** Lets the log's worker and the checkpoint do a step each. */
  void step() {
    driver.awaitProgress();
  }

  /** Closes the store, if it is open; the volume is closed then. */
  void close() {
    if (store != null) {
      Store closing = store;
      store = null;
      closing.close();
    }
  }

  /** Opens the volume again, as another process would; the store is closed. */
  void reopen() {
    volume = volume.reopen();
  }

  /** Cuts the power, and turns it on again. */
  void crash(FaultPlan plan) {
    stats.count(Figure.CRASHES);
    SimulatedVolume dead = volume;
    volume = dead.crash(plan);
    stats.add(dead.faults());
  }

  /** Adds to the figures what has been met since the last crash. */
  void finish() {
    stats.add(volume.faults());
  }

  /** The checkpoints that have a manifest, oldest first; while the store is open or closed. */
  List<CheckpointToken> tokens() {
    return new CheckpointFiles(volume).tokens();
  }

  /** The number of the newest checkpoint, also of one that is not finished. */
  long lastSequence() {
    return new CheckpointFiles(volume).lastSequence();
  }

  /** Checks that each checkpoint that is there has what it needs; the store is closed. */
  void requireWhole(List<CheckpointToken> acknowledged) {
    for (CheckpointInfo info : new CheckpointCatalog(new CheckpointFiles(volume)).list()) {
      CrashViolation.require(
          info.problem() == null || !acknowledged.contains(info.token()),
          "checkpoint %s, which was acknowledged, has a problem: %s",
          info.token(),
          info.problem());
    }
  }

  /** Verifies the newest checkpoint deeply, unless hashes are cut down; the store is closed. */
  void verifyNewest() {
    if (scenario.hashMask() != CrashScenario.ALL_BITS) {
      return;
    }
    CheckpointFiles files = new CheckpointFiles(volume);
    RecoveryPlan plan = RecoveryPlan.newest(files);
    CrashViolation.require(plan != null, "there is no checkpoint to recover to");
    try (Device log = volume.openDevice("log", scenario.config().segmentBytes())) {
      new CheckpointVerifier(files, plan, log).verify(RecoveryProgress.NONE);
      stats.count(Figure.VERIFICATIONS);
    } catch (StoreException | DeviceException e) {
      throw new CrashViolation("checkpoint " + plan.manifest().token() + " is not sound", e);
    }
  }
}
