package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.Volume;
import dev.peregrine.device.Volumes;
import dev.peregrine.internal.checkpoint.CheckpointCatalog;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.recovery.CheckpointVerifier;
import dev.peregrine.internal.recovery.RecoveryPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Looks after the files of a store that is not open: lists, verifies and prunes its checkpoints.
 * Opening a store needs none of it. Only {@link #prune} changes what is stored.
 *
 * <p>Each call has the directory for itself: it throws {@link StoreIoException} while a store, or
 * another call, has it open, and {@link IllegalArgumentException} if there is no store. Any thread
 * may call any method.
 */
public final class StoreFiles {
  private StoreFiles() {}

  /** The checkpoints that are there, oldest first; those that are damaged, too. */
  public static List<CheckpointInfo> list(Path directory) {
    return with(directory, StoreFiles::list);
  }

  /** As {@link #list(Path)}, on a volume that is open and stays so. */
  public static List<CheckpointInfo> list(Volume volume) {
    return guarded(() -> new CheckpointCatalog(new CheckpointFiles(volume)).list());
  }

  /**
   * Verifies a checkpoint deeply: every byte that it needs against its checksum, every record and
   * its chain, and the index against one built from the log alone. It takes native memory for two
   * indexes of the store's.
   *
   * @param token the checkpoint, or null for the newest that can be recovered to
   * @param progress hears how far it is
   * @return what it has looked at
   * @throws CorruptionException naming the first thing that is wrong
   * @throws StoreIoException if a file is missing, cut short or can't be read
   * @throws IllegalArgumentException if there is no such checkpoint, or it holds an index alone
   */
  public static VerifyReport verify(
      Path directory, CheckpointToken token, RecoveryProgress progress) {
    return with(directory, volume -> verify(volume, token, progress));
  }

  /**
   * As {@link #verify(Path, CheckpointToken, RecoveryProgress)}, on a volume that is open and stays
   * so.
   */
  public static VerifyReport verify(
      Volume volume, CheckpointToken token, RecoveryProgress progress) {
    Objects.requireNonNull(progress, "progress");
    return guarded(
        () -> {
          CheckpointFiles files = new CheckpointFiles(volume);
          RecoveryPlan plan =
              token == null ? RecoveryPlan.newest(files) : RecoveryPlan.of(files, token);
          if (plan == null) {
            throw new IllegalArgumentException(
                "there is no checkpoint to verify in " + volume.describe());
          }
          long segmentBytes = plan.manifest().store().segmentBytes();
          try (Device log = volume.openDevice(StoreOpener.LOG_NAME, segmentBytes)) {
            return new CheckpointVerifier(files, plan, log).verify(progress);
          }
        });
  }

  /**
   * Deletes the oldest checkpoints, but not what those that stay need.
   *
   * @param keep how many stay that can be recovered to, at least 1; those that are damaged are not
   *     touched
   * @return those deleted, oldest first
   */
  public static List<CheckpointToken> prune(Path directory, int keep) {
    return with(directory, volume -> prune(volume, keep));
  }

  /** As {@link #prune(Path, int)}, on a volume that is open and stays so. */
  public static List<CheckpointToken> prune(Volume volume, int keep) {
    return guarded(() -> new CheckpointCatalog(new CheckpointFiles(volume)).prune(keep));
  }

  /** What is done with the volume of a directory. */
  private interface Work<T> {
    T on(Volume volume);
  }

  /** What may meet the device's errors. */
  private interface Call<T> {
    T run();
  }

  private static <T> T with(Path directory, Work<T> work) {
    Objects.requireNonNull(directory, "directory");
    // Opening a volume would make what is not there.
    if (!Files.isDirectory(directory.resolve(CheckpointFiles.ROOT))) {
      throw new IllegalArgumentException(
          "there is no store in " + directory + ": it has no directory " + CheckpointFiles.ROOT);
    }
    return guarded(
        () -> {
          try (Volume volume = Volumes.open(directory, DeviceKind.AUTO)) {
            return work.on(volume);
          }
        });
  }

  private static <T> T guarded(Call<T> call) {
    try {
      return call.run();
    } catch (DeviceException e) {
      throw new StoreIoException(
          Severity.STORE, "the store's files can't be used: " + e.getMessage(), e);
    }
  }
}
