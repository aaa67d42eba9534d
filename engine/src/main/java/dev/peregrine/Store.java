package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.Devices;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.LogContents;
import dev.peregrine.internal.hlog.LogDriver;
import dev.peregrine.internal.hlog.ThreadDriver;
import dev.peregrine.internal.ops.StoreCore;
import java.security.SecureRandom;
import java.util.Objects;
import org.agrona.concurrent.SystemNanoClock;

/**
 * A key-value store larger than memory: a hash index over a hybrid log, off the heap.
 *
 * <p>Work is done through {@linkplain Session sessions}, one for each thread. The newest part of
 * the log is in memory and changed in place; older parts are written to the device and read back
 * when they are asked for. The store takes no more native memory than {@link
 * StoreConfig#memoryBytes()}.
 *
 * <p>Any thread may call any method.
 *
 * <p>What is stored lives as long as the store is open: its files can't be opened again.
 */
public final class Store implements AutoCloseable {
  private static final String LOG_NAME = "log";

  private final StoreConfig config;
  private final StoreCore core;

  /** Keeps {@link #close} from freeing what {@link #stats} is reading. */
  private final Object statsLock = new Object();

  private volatile boolean closed;

  private Store(StoreConfig config, StoreCore core) {
    this.config = config;
    this.core = core;
  }

  /**
   * Opens an empty store.
   *
   * @throws IllegalArgumentException if the settings don't fit together
   * @throws StoreIoException if the device can't be opened, or the directory holds a log
   */
  public static Store open(StoreConfig config) {
    Objects.requireNonNull(config, "config");
    Device device;
    try {
      device = Devices.open(optionsOf(config));
    } catch (RuntimeException e) {
      throw new StoreIoException(Severity.STORE, "the store's device can't be opened", e);
    }
    return open(config, device);
  }

  /**
   * Opens an empty store on a device, for instance a simulated one.
   *
   * @param config the settings; those of the device are not used
   * @param device an empty device, which the store closes; also if it can't be opened
   */
  public static Store open(StoreConfig config, Device device) {
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(device, "device");
    return open(config, device, new ThreadDriver("peregrine-log"), -1);
  }

  static Store open(StoreConfig config, Device device, LogDriver driver, long hashMask) {
    try {
      if (device.endOffset() > 0) {
        throw new StoreIoException(
            Severity.STORE,
            device.describe()
                + " holds a log already, which this version can't open again: use an empty"
                + " directory",
            null);
      }
      StoreCore.Limits limits = MemoryPlan.of(config, device.sectorBytes(), hashMask);
      LogContents contents = LogContents.empty(new SecureRandom().nextLong());
      return new Store(
          config, new StoreCore(limits, contents, device, driver, SystemNanoClock.INSTANCE));
    } catch (RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  /** Opens a session whose pending operations are waited for, or asked for as futures. */
  public Session newSession() {
    return newSession(CompletionHandler.NONE);
  }

  /**
   * Opens a session.
   *
   * @param handler takes the outcomes of its pending operations
   * @throws MisuseException if {@link StoreConfig#maxSessions()} are open
   * @throws StoreClosedException if the store is closed
   */
  public Session newSession(CompletionHandler handler) {
    Objects.requireNonNull(handler, "handler");
    requireOpen();
    return new Session(config.kind(), core, handler);
  }

  /** The settings it was opened with. */
  public StoreConfig config() {
    return config;
  }

  /** The device, in one line for people. */
  public String describeDevice() {
    return core.device().describe();
  }

  /**
   * Figures of this moment.
   *
   * @throws StoreClosedException if the store is closed
   */
  public StoreStats stats() {
    synchronized (statsLock) {
      requireOpen();
      HybridLog log = core.log();
      return new StoreStats(
          config.memoryBytes(),
          core.index().bytes() + log.bytes() + core.sessionBytes(),
          core.index().bytes(),
          log.memoryBytes(),
          log.beginAcquire(),
          log.headAcquire(),
          log.readOnlyAcquire(),
          log.tailAcquire(),
          log.flushedUntilAcquire(),
          core.index().overflowCount(),
          core.sessionCount(),
          core.device().stats());
    }
  }

  /**
   * Closes the store and all of its sessions: refuses new operations, waits for those under way,
   * drops those pending, and frees the memory. Idempotent.
   *
   * @throws MisuseException if a session stays inside an operation for half a minute
   */
  @Override
  public void close() {
    synchronized (statsLock) {
      closed = true;
    }
    core.close();
  }

  private static DeviceOptions optionsOf(StoreConfig config) {
    return DeviceOptions.builder()
        .kind(config.device())
        .directory(config.directory())
        .name(LOG_NAME)
        .segmentBytes(config.segmentBytes())
        .build();
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreClosedException("the store is closed");
    }
  }
}
