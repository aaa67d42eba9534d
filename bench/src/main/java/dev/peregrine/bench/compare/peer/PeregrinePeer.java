package dev.peregrine.bench.compare.peer;

import dev.peregrine.Store;
import dev.peregrine.bench.ByteSize;
import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.YcsbPlan;
import dev.peregrine.device.DeviceKind;

/**
 * The engine of this project, with as many operations pending as a session may have, with one, or
 * in batches.
 */
final class PeregrinePeer implements Peer {
  private final PeerSetup setup;
  private final Store store;
  private final Mode mode;

  private enum Mode {
    OVERLAPPING,
    BLOCKING,
    BATCHING
  }

  private PeregrinePeer(PeerSetup setup, Mode mode) {
    this.setup = setup;
    this.mode = mode;
    this.store = Store.open(plan(setup).config(setup.directory()));
  }

  /** Operations on records that are on the disk overlap. */
  static Peer overlapping(PeerSetup setup) {
    return new PeregrinePeer(setup, Mode.OVERLAPPING);
  }

  /** Each operation waits for its end. */
  static Peer blocking(PeerSetup setup) {
    return new PeregrinePeer(setup, Mode.BLOCKING);
  }

  /** Operations are done in batches. */
  static Peer batching(PeerSetup setup) {
    return new PeregrinePeer(setup, Mode.BATCHING);
  }

  /** Sessions for the workers; nothing else is open at the same time. */
  private static YcsbPlan plan(PeerSetup setup) {
    return new YcsbPlan(
        Workload.C,
        Distribution.UNIFORM,
        setup.records(),
        setup.valueBytes(),
        setup.threads(),
        1,
        setup.pendingDepth(),
        setup.isLimited() ? setup.budgetBytes() : 0,
        0,
        0,
        DeviceKind.AUTO,
        0,
        1,
        1,
        1);
  }

  /** The budget with which everything is in memory. */
  static long fullMemoryBytes(PeerSetup setup) {
    return plan(setup).fullMemoryBytes();
  }

  @Override
  public String describe() {
    return "log memory %s, index %s, budget %s; %s"
        .formatted(
            ByteSize.format(store.stats().logMemoryBytes()),
            ByteSize.format(store.stats().indexBytes()),
            ByteSize.format(store.stats().memoryBudgetBytes()),
            store.describeDevice());
  }

  @Override
  public PeerSession newSession() {
    if (mode == Mode.BATCHING) {
      return setup.isLong()
          ? new PeregrineLongBatchSession(store)
          : new PeregrineBytesBatchSession(store, setup.valueBytes());
    }
    boolean blocking = mode == Mode.BLOCKING;
    return setup.isLong()
        ? new PeregrineLongSession(store, blocking)
        : new PeregrineBytesSession(store, setup.valueBytes(), blocking);
  }

  @Override
  public void close() {
    store.close();
  }
}
