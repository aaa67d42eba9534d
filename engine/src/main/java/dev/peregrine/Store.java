package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.Devices;
import dev.peregrine.device.Volume;
import dev.peregrine.device.Volumes;
import dev.peregrine.internal.checkpoint.Checkpoints;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.ops.StoreCore;
import java.util.List;
import java.util.Objects;

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
 * <p>What is stored survives the end of the process as far as a {@linkplain #checkpoint checkpoint}
 * covers it; closing the store takes none.
 */
public final class Store implements AutoCloseable {
  private final StoreConfig config;
  private final StoreCore core;
  private final Checkpoints checkpoints;
  private final RecoveryReport recovery;
  private final Runnable closer;

  /** Keeps {@link #close} from freeing what {@link #stats} is reading. */
  private final Object statsLock = new Object();

  private volatile boolean closed;

  /**
   * @param checkpoints null for a store on a device without a volume
   * @param recovery likewise
   * @param closer frees everything, the core first
   */
  Store(
      StoreConfig config,
      StoreCore core,
      Checkpoints checkpoints,
      RecoveryReport recovery,
      Runnable closer) {
    this.config = config;
    this.core = core;
    this.checkpoints = checkpoints;
    this.recovery = recovery;
    this.closer = closer;
  }

  /**
   * Opens the store in the directory: as its newest checkpoint has it, or a new one if there is
   * none. On a device that keeps nothing, always a new one.
   *
   * @throws IllegalArgumentException if the settings don't fit together, or not the store that is
   *     there
   * @throws CorruptionException if a file is damaged; the message names the checkpoint that can be
   *     gone back to
   * @throws StoreIoException if the files can't be opened
   */
  public static Store open(StoreConfig config) {
    Objects.requireNonNull(config, "config");
    return config.device().hasFiles()
        ? open(config, openVolume(config))
        : open(config, openDevice(config));
  }

  /**
   * Opens the store in the directory as a given checkpoint has it. Newer checkpoints are deleted:
   * what the store does from here on makes them void.
   *
   * @param token the checkpoint
   * @param progress hears how far it is
   * @throws IllegalArgumentException if there is no such checkpoint, or the settings don't fit
   */
  public static Store open(StoreConfig config, CheckpointToken token, RecoveryProgress progress) {
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(token, "token");
    if (!config.device().hasFiles()) {
      throw new IllegalArgumentException("device " + config.device() + " keeps no checkpoints");
    }
    return open(config, openVolume(config), token, progress, StoreEnvironment.real());
  }

  /**
   * As {@link #open(StoreConfig)}, on a volume that is open, for instance a simulated one.
   *
   * @param config the settings; directory and device are not used
   * @param volume which the store closes; also if it can't be opened
   */
  public static Store open(StoreConfig config, Volume volume) {
    return open(config, volume, null, RecoveryProgress.NONE, StoreEnvironment.real());
  }

  /**
   * As {@link #open(StoreConfig, CheckpointToken, RecoveryProgress)}, on a volume that is open.
   *
   * @param token the checkpoint, or null for the newest
   */
  public static Store open(
      StoreConfig config, Volume volume, CheckpointToken token, RecoveryProgress progress) {
    return open(config, volume, token, progress, StoreEnvironment.real());
  }

  static Store open(
      StoreConfig config,
      Volume volume,
      CheckpointToken token,
      RecoveryProgress progress,
      StoreEnvironment environment) {
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(volume, "volume");
    Objects.requireNonNull(progress, "progress");
    return new StoreOpener(config, volume, environment).open(token, progress);
  }

  /**
   * Opens an empty store on a device alone: it lives as long as it is open and takes no
   * checkpoints.
   *
   * @param config the settings; those of the device are not used
   * @param device an empty device, which the store closes; also if it can't be opened
   */
  public static Store open(StoreConfig config, Device device) {
    return open(config, device, StoreEnvironment.real());
  }

  static Store open(StoreConfig config, Device device, StoreEnvironment environment) {
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(device, "device");
    try {
      if (device.endOffset() > 0) {
        throw new StoreIoException(
            Severity.STORE, device.describe() + " holds data already: give an empty device", null);
      }
      StoreCore.Limits limits =
          MemoryPlan.of(config, device.sectorBytes(), environment.hashMask(), null);
      StoreCore.Start start =
          StoreCore.Start.empty(environment.random().getAsLong(), environment.random());
      StoreCore core =
          new StoreCore(limits, device, environment.driver(), environment.clock(), start);
      core.start();
      return new Store(config, core, null, null, core::close);
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
    return new Session(config.kind(), core, handler, core.newSession());
  }

  /**
   * Opens a session again that was recovered, or closed before. Its {@link Session#serial} is the
   * number of its last operation that is in the store: go on with the next. Changes up to it that
   * never took effect are its {@link Session#lostSerials}.
   *
   * @param id its {@link Session#id}
   * @throws IllegalArgumentException if no such session is known; the 65,536 latest are
   * @throws MisuseException if it is open, or too many are
   */
  public Session resumeSession(long id) {
    return resumeSession(id, CompletionHandler.NONE);
  }

  /**
   * As {@link #resumeSession(long)}.
   *
   * @param handler takes the outcomes of its pending operations
   */
  public Session resumeSession(long id, CompletionHandler handler) {
    Objects.requireNonNull(handler, "handler");
    requireOpen();
    return new Session(config.kind(), core, handler, core.knownSession(id));
  }

  /**
   * Starts a checkpoint: after a crash the store is opened as it was at one moment during this call
   * or later, the same for all sessions, each with exactly its operations up to a serial number.
   * Reads go on meanwhile; changes wait for a moment once, see docs/ARCHITECTURE.md.
   *
   * <p>An update function of an operation that is pending in a session that does nothing may be run
   * on the checkpoint's thread.
   *
   * @return its progress and its end
   * @throws CheckpointException if one is under way, or there is no place for one
   */
  public Checkpoint checkpoint(CheckpointKind kind) {
    Objects.requireNonNull(kind, "kind");
    return checkpointing().start(kind);
  }

  /** The checkpoints that are there, oldest first; those that are damaged, too. */
  public List<CheckpointInfo> checkpoints() {
    return checkpointing().list();
  }

  /**
   * Deletes the oldest checkpoints, but not what those that stay need.
   *
   * @param keep how many stay that can be recovered to, at least 1
   * @return those deleted
   * @throws CheckpointException if one is under way
   */
  public List<CheckpointToken> pruneCheckpoints(int keep) {
    return checkpointing().prune(keep);
  }

  /** What the store was recovered to; null on a device without a volume. */
  public RecoveryReport recovery() {
    return recovery;
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
    closer.run();
  }

  private static Volume openVolume(StoreConfig config) {
    try {
      return Volumes.open(config.directory(), config.device());
    } catch (RuntimeException e) {
      throw new StoreIoException(Severity.STORE, "the store's directory can't be opened", e);
    }
  }

  private static Device openDevice(StoreConfig config) {
    return Devices.open(
        DeviceOptions.builder()
            .kind(config.device())
            .name("log")
            .segmentBytes(config.segmentBytes())
            .build());
  }

  private Checkpoints checkpointing() {
    requireOpen();
    if (checkpoints == null) {
      throw new CheckpointException(
          "the store is on "
              + core.device().describe()
              + ", where it can't keep checkpoints: open"
              + " it in a directory",
          null);
    }
    return checkpoints;
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreClosedException("the store is closed");
    }
  }
}
