package dev.peregrine.bench;

import dev.peregrine.Store;
import dev.peregrine.StoreKind;
import dev.peregrine.StoreStats;
import java.nio.file.Path;

/** The engine as the harness sees it. */
final class PeregrineTarget implements YcsbTarget {
  private final YcsbPlan plan;
  private final Store store;

  PeregrineTarget(YcsbPlan plan, Path directory) {
    this.plan = plan;
    // As -XX:+AlwaysPreTouch does for the map.
    this.store = Store.open(plan.config(directory).toBuilder().preTouch(true).build());
  }

  /** The store. */
  Store store() {
    return store;
  }

  @Override
  public String name() {
    return "peregrine";
  }

  @Override
  public String describe() {
    StoreStats stats = store.stats();
    return "peregrine: log memory "
        + ByteSize.format(stats.logMemoryBytes())
        + ", index "
        + ByteSize.format(stats.indexBytes())
        + ", budget "
        + ByteSize.format(stats.memoryBudgetBytes())
        + "; "
        + store.describeDevice();
  }

  @Override
  public void load(long first, long end, Progress progress) {
    Loader.load(store, first, end, plan.valueBytes(), plan.threads(), progress);
  }

  @Override
  public OperationLoop newLoop(Workload workload, long[] keys, int worker) {
    int batch = plan.batch();
    if (store.config().kind() == StoreKind.LONG_TO_LONG) {
      return batch == 1
          ? new PeregrineLongLoop(store, workload, keys, worker, plan.threads())
          : new PeregrineLongBatchLoop(store, workload, keys, batch, worker, plan.threads());
    }
    int readBuffers = plan.isInMemory() ? 1 : Integer.highestOneBit(plan.pendingDepth()) * 4;
    int valueBytes = plan.valueBytes();
    return batch == 1
        ? new PeregrineBytesLoop(
            store, workload, keys, valueBytes, readBuffers, worker, plan.threads())
        : new PeregrineBytesBatchLoop(
            store, workload, keys, valueBytes, readBuffers, batch, worker, plan.threads());
  }

  @Override
  public Measure begin() {
    return Measure.of(store);
  }

  @Override
  public Measurement end(Measure measure) {
    return measure.end(store);
  }

  @Override
  public void close() {
    store.close();
  }
}
