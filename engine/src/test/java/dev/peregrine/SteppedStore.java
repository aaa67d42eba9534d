package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.device.Volume;
import dev.peregrine.internal.hlog.SteppedDriver;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** A store on a simulated volume in which nothing happens but in the calls of its one user. */
final class SteppedStore {
  private static final int MOST_STEPS = 1_000_000;

  final StoreKind kind;
  final StoreConfig config;
  final UnaryOperator<Volume> filter;
  SimulatedVolume volume;
  SteppedDriver driver;
  Store store;
  private long seed;

  SteppedStore(StoreConfig config, long seed, FaultPlan plan) {
    this(config, seed, plan, UnaryOperator.identity());
  }

  /** With something between the volume and the store. */
  SteppedStore(StoreConfig config, long seed, FaultPlan plan, UnaryOperator<Volume> filter) {
    this.kind = config.kind();
    this.config = config;
    this.filter = filter;
    this.seed = seed;
    this.volume = SimulatedVolume.create(seed, plan);
  }

  /** Opens the store, as a checkpoint has it or, by null, the newest. */
  Store open(CheckpointToken token) {
    driver = new SteppedDriver();
    StoreEnvironment environment = TestStores.environment(driver, seed++, TestStores.ALL_BITS);
    store = Store.open(config, filter.apply(volume), token, RecoveryProgress.NONE, environment);
    return store;
  }

  /** Closes it, and opens the volume again. */
  void close() {
    store.close();
    volume = volume.reopen();
  }

  /** Closes it if it is open, cuts the power, and turns it on again. */
  void crash() {
    if (store != null) {
      store.close();
    }
    volume = volume.crash();
  }

  /** Takes a checkpoint. */
  CheckpointToken checkpoint(CheckpointKind checkpoint) {
    return finish(store.checkpoint(checkpoint));
  }

  /** Lets a checkpoint come to its end. */
  CheckpointToken finish(Checkpoint checkpoint) {
    end(checkpoint);
    return checkpoint.await();
  }

  /** Lets a checkpoint come to its end, good or bad. */
  void end(Checkpoint checkpoint) {
    for (int i = 0; !checkpoint.progress().done(); i++) {
      assertTrue(i < MOST_STEPS, "the checkpoint does not end: " + checkpoint.progress());
      driver.awaitProgress();
    }
  }

  /** A value that tells its key and generation. */
  byte[] value(long key, int generation) {
    byte[] value = new byte[kind == StoreKind.LONG_TO_LONG ? Long.BYTES : 20 + (int) (key % 50)];
    Arrays.fill(value, (byte) (key * 31 + generation));
    value[0] = (byte) generation;
    value[1] = (byte) key;
    value[2] = (byte) (key >>> 8);
    return value;
  }
}
