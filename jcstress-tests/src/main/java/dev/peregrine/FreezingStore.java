package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.DeviceStats;
import dev.peregrine.device.Devices;
import dev.peregrine.device.QueueMode;
import dev.peregrine.internal.hlog.SteppedDriver;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One store for all states of a test whose mutable region is a single page of 4 KiB: as the actors
 * append, records become fuzzy, and then read-only. Its worker runs when an actor calls {@link
 * #step}. Pages that leave memory are dropped: it is so large that no state comes to them.
 */
final class FreezingStore {
  private static final int KEYS = 1 << 14;
  private static final int PAGE_BYTES = 4096;
  private static final long MEMORY_BYTES = 512L << 20;
  private static final long INDEX_BYTES = 16L << 20;
  private static final double ONE_PAGE = 1e-9;
  private static final int MAX_SESSIONS = 64;

  private final SteppedDriver driver = new SteppedDriver();
  private final Store store;
  private final ThreadSessions sessions;
  private final AtomicLong nextKey = new AtomicLong();
  private final AtomicLong nextFiller = new AtomicLong(KEYS);
  private final ThreadLocal<Long> fillers = ThreadLocal.withInitial(nextFiller::getAndIncrement);

  FreezingStore(StoreKind kind) {
    Device device =
        Devices.open(DeviceOptions.builder().kind(DeviceKind.NULL).name("jcstress").build());
    store =
        Store.open(
            StoreConfig.builder(kind)
                .device(DeviceKind.NULL)
                .pageBytes(PAGE_BYTES)
                .memoryBytes(MEMORY_BYTES)
                .indexBytes(INDEX_BYTES)
                .mutableFraction(ONE_PAGE)
                .maxSessions(MAX_SESSIONS)
                .pendingDepth(1)
                .build(),
            new Spilling(device),
            SharedStore.environment(driver, SharedStore.ALL_BITS));
    sessions = new ThreadSessions(store::newSession);
  }

  /** The calling thread's session. */
  Session session() {
    return sessions.get();
  }

  /** A key that no state has had for long. */
  long takeKey() {
    return nextKey.getAndIncrement() & (KEYS - 1);
  }

  /** A key that only the calling thread uses, to append records by deleting and creating it. */
  long filler() {
    return fillers.get();
  }

  /** Lets the log's worker do what there is to do. */
  void step() {
    driver.awaitProgress();
  }

  /** The null device, which drops what is written, under the pretence that it keeps it. */
  private record Spilling(Device device) implements Device {
    @Override
    public boolean keepsData() {
      return true;
    }

    @Override
    public DeviceQueue openQueue(int depth, QueueMode mode) {
      return device.openQueue(depth, mode);
    }

    @Override
    public int sectorBytes() {
      return device.sectorBytes();
    }

    @Override
    public long segmentBytes() {
      return device.segmentBytes();
    }

    @Override
    public void ensureCapacity(long endOffset) {
      device.ensureCapacity(endOffset);
    }

    @Override
    public void truncateBefore(long offset) {
      device.truncateBefore(offset);
    }

    @Override
    public long beginOffset() {
      return device.beginOffset();
    }

    @Override
    public long endOffset() {
      return device.endOffset();
    }

    @Override
    public void sync() {
      device.sync();
    }

    @Override
    public String describe() {
      return device.describe();
    }

    @Override
    public DeviceStats stats() {
      return device.stats();
    }

    @Override
    public void close() {
      device.close();
    }
  }
}
