package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.Volume;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.checkpoint.CheckpointParts;
import dev.peregrine.internal.checkpoint.Checkpoints;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.checkpoint.Throttle;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.hlog.LogContents;
import dev.peregrine.internal.ops.StoreCore;
import dev.peregrine.internal.record.KeyHash;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.internal.recovery.RecoveryAdvisor;
import dev.peregrine.internal.recovery.RecoveryPlan;
import dev.peregrine.internal.recovery.StoreRecovery;
import dev.peregrine.memory.NativeRegion;
import java.util.List;

/** Opens a store on a volume: a new one, or the one that is there. Used once, by one thread. */
final class StoreOpener {
  /** The log's segments in the volume. */
  static final String LOG_NAME = "log";

  private final StoreConfig config;
  private final Volume volume;
  private final StoreEnvironment environment;
  private final CheckpointFiles files;

  StoreOpener(StoreConfig config, Volume volume, StoreEnvironment environment) {
    this.config = config;
    this.volume = volume;
    this.environment = environment;
    this.files = new CheckpointFiles(volume);
  }

  /**
   * Opens it; on failure all that was opened is closed, also the volume.
   *
   * @param token the checkpoint to recover to, or null for the newest
   */
  Store open(CheckpointToken token, RecoveryProgress progress) {
    Resources resources = new Resources();
    resources.volume = volume;
    try {
      RecoveryPlan plan =
          token == null ? RecoveryPlan.newest(files) : RecoveryPlan.of(files, token);
      if (plan != null) {
        requireShape(plan.manifest());
      }
      resources.device = volume.openDevice(LOG_NAME, config.segmentBytes());
      if (plan == null) {
        plan = create(resources.device);
      }
      return build(plan, resources, progress);
    } catch (DeviceException e) {
      String message = "the store can't be opened: " + e.getMessage() + advice(token, resources);
      resources.closeAfter(e);
      throw new StoreIoException(Severity.STORE, message, e);
    } catch (CorruptionException | StoreIoException e) {
      StoreException advising = withMessage(e, e.getMessage() + advice(token, resources));
      resources.closeAfter(advising);
      throw advising;
    } catch (RuntimeException | Error e) {
      resources.closeAfter(e);
      throw e;
    }
  }

  private static StoreException withMessage(StoreException failure, String message) {
    StoreException changed =
        failure instanceof StoreIoException
            ? new StoreIoException(failure.severity(), message, failure.getCause())
            : new CorruptionException(message);
    changed.setStackTrace(failure.getStackTrace());
    return changed;
  }

  /** What to do when the newest checkpoint can't be recovered to; nothing if one was asked for. */
  private String advice(CheckpointToken token, Resources resources) {
    Manifest before;
    try {
      if (token != null || files.tokens().isEmpty()) {
        return "";
      }
      before = advisor(resources).find();
    } catch (StoreException | DeviceException | IllegalArgumentException e) {
      // With the settings or the device as they are, nothing can be said.
      return "";
    }
    if (before == null) {
      return "; no other checkpoint is whole: restore the files from a copy";
    }
    if (before.log().cut() == LogAddress.FIRST) {
      return "; no other checkpoint with records is whole: restore the files from a copy, or open"
          + " the store with the token "
          + before.token()
          + " to begin again with an empty one, which gives up everything";
    }
    return "; the newest checkpoint that needs nothing of what is damaged is "
        + before.token()
        + ": open the store with this token to go back to it, which gives up what came later";
  }

  private RecoveryAdvisor advisor(Resources resources) {
    int chunkBytes = MemoryPlan.chunkBytes(config);
    if (resources.device == null) {
      resources.device = volume.openDevice(LOG_NAME, config.segmentBytes());
    }
    if (resources.buffers == null) {
      resources.buffers = NativeRegion.reserve(CheckpointParts.buffersBytes(chunkBytes));
    }
    return new RecoveryAdvisor(
        files,
        resources.device,
        resources.buffers.address(),
        chunkBytes,
        manifest -> {
          requireShape(manifest);
          return limits(resources.device, manifest.store()).log().frameCount();
        });
  }

  /**
   * A new store begins with a checkpoint of nothing, so that a crash at any time can be recovered.
   */
  private RecoveryPlan create(Device device) {
    if (device.endOffset() > 0) {
      throw new StoreIoException(
          Severity.STORE,
          device.describe()
              + " holds a log, but there is no checkpoint to recover it to: restore the directory"
              + " checkpoints, or use an empty directory",
          null);
    }
    StoreCore.Limits limits = limits(device, null);
    Manifest.StoreShape shape =
        new Manifest.StoreShape(
            environment.random().getAsLong(),
            config.kind().ordinal(),
            KeyHash.ID,
            config.pageBytes(),
            config.segmentBytes(),
            limits.bucketCount(),
            limits.overflowCount());
    LogContents empty = LogContents.empty(shape.storeId());
    long first = LogAddress.FIRST;
    files.createRoot();
    CheckpointToken token = new CheckpointToken(0, environment.random().getAsLong());
    Manifest manifest =
        new Manifest(
            token,
            CheckpointKind.LOG,
            environment.wallMillis().getAsLong(),
            shape,
            null,
            null,
            new Manifest.LogPart(
                SystemState.FIRST_VERSION - 1,
                first,
                first,
                first,
                empty.identity().firstPages(),
                empty.identity().generations(),
                new int[0]),
            null,
            new Manifest.SessionPart(SystemState.FIRST_VERSION - 1, first, List.of()));
    files.create(token);
    files.publish(manifest);
    return RecoveryPlan.of(files, token);
  }

  private Store build(RecoveryPlan plan, Resources resources, RecoveryProgress progress) {
    Manifest manifest = plan.manifest();
    Device device = resources.device;
    StoreCore.Limits limits = limits(device, manifest.store());
    int chunkBytes = MemoryPlan.chunkBytes(config);
    resources.buffers = NativeRegion.reserve(CheckpointParts.buffersBytes(chunkBytes));
    Throttle throttle = new Throttle(environment.clock(), config.checkpointBytesPerSecond());
    StoreCore.Start start =
        new StoreCore.Start(
            StoreRecovery.contents(
                plan, limits.log().frameCount(), environment.random().getAsLong()),
            manifest.log().version() + 1,
            manifest.sessions().cuts(),
            environment.random(),
            throttle);
    StoreCore core =
        new StoreCore(limits, device, environment.driver(), environment.clock(), start);
    resources.core = core;
    RecoveryReport report =
        new StoreRecovery(plan, files, core, resources.buffers.address(), chunkBytes)
            .run(config.kind(), device, progress);
    core.start();
    CheckpointParts parts =
        new CheckpointParts(
            core.log(),
            core.index(),
            core.epoch(),
            core.state(),
            core.participants(),
            device,
            files,
            manifest.store(),
            environment.clock(),
            config.stallNanos(),
            throttle,
            resources.buffers.address(),
            chunkBytes);
    Checkpoints checkpoints =
        new Checkpoints(
            parts,
            environment.driver(),
            environment.random(),
            environment.wallMillis(),
            manifest.indexToken());
    return new Store(config, core, checkpoints, report, resources::close);
  }

  private StoreCore.Limits limits(Device device, Manifest.StoreShape shape) {
    return MemoryPlan.of(config, device.sectorBytes(), environment.hashMask(), shape);
  }

  /** What a store was made with stays; memory, sessions and the rest may change. */
  private void requireShape(Manifest manifest) {
    Manifest.StoreShape shape = manifest.store();
    require(manifest, "kind", config.kind().ordinal(), shape.storeKind());
    require(manifest, "hash function", KeyHash.ID, shape.hashId());
    require(manifest, "pageBytes", config.pageBytes(), shape.pageBytes());
    require(manifest, "segmentBytes", config.segmentBytes(), shape.segmentBytes());
  }

  private static void require(Manifest manifest, String what, long configured, long recovered) {
    if (configured != recovered) {
      throw new IllegalArgumentException(
          what
              + " is "
              + configured
              + " in the settings, but the store of checkpoint "
              + manifest.token()
              + " was made with "
              + recovered
              + ": open it with that");
    }
  }

  /** What is closed with the store, in this order. */
  private static final class Resources {
    private StoreCore core;
    private Device device;
    private NativeRegion buffers;
    private Volume volume;

    void close() {
      if (core != null) {
        core.close();
      } else if (device != null) {
        device.close();
      }
      if (buffers != null) {
        buffers.close();
      }
      volume.close();
    }

    void closeAfter(Throwable failure) {
      try {
        close();
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
