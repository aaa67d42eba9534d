package dev.peregrine.internal.recovery;

import dev.peregrine.CheckpointToken;
import dev.peregrine.CorruptionException;
import dev.peregrine.device.DeviceException;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.checkpoint.Manifest;
import java.util.ArrayList;
import java.util.List;

/**
 * The manifests that a recovery needs, read and checked against each other; nothing has been
 * changed yet.
 *
 * @param manifest the checkpoint to recover to
 * @param snapshots where its pages are, newest first: itself and what it continues; empty if all is
 *     in the log
 * @param index the checkpoint with the image of the index, or null to replay all of the log
 */
public record RecoveryPlan(Manifest manifest, List<Manifest> snapshots, Manifest index) {

  /**
   * The plan for the newest checkpoint.
   *
   * @return null if there is none
   * @throws CorruptionException if it is damaged
   */
  public static RecoveryPlan newest(CheckpointFiles files) {
    for (CheckpointToken token : files.tokens().reversed()) {
      Manifest manifest = files.load(token);
      if (manifest.log() != null) {
        return of(files, manifest);
      }
    }
    return null;
  }

  /**
   * The plan for a given checkpoint.
   *
   * @throws IllegalArgumentException if there is none of this name, or it has no log
   * @throws CorruptionException if it is damaged
   */
  public static RecoveryPlan of(CheckpointFiles files, CheckpointToken token) {
    if (!files.isComplete(token)) {
      throw new IllegalArgumentException(
          "there is no checkpoint " + token + "; there are " + files.tokens());
    }
    Manifest manifest = files.load(token);
    if (manifest.log() == null) {
      throw new IllegalArgumentException(
          "checkpoint " + token + " holds an index alone: a store can't be opened with it");
    }
    return of(files, manifest);
  }

  /** As the public one, for a checkpoint that has a log. */
  static RecoveryPlan of(CheckpointFiles files, Manifest manifest) {
    ManifestChecks.requireSound(manifest);
    requireOneStore(files, manifest);
    List<Manifest> snapshots = new ArrayList<>();
    boolean isWritten = manifest.log().flushedUntil() == manifest.log().cut();
    Manifest link = manifest.snapshot() == null || isWritten ? null : manifest;
    while (link != null) {
      snapshots.add(link);
      CheckpointToken base = link.snapshot().base();
      link = base == null ? null : required(files, manifest, base);
      if (link != null && link.snapshot() == null) {
        throw ManifestChecks.refused(manifest, "its base " + base + " is no snapshot");
      }
    }
    Manifest index = null;
    if (manifest.indexToken() != null) {
      index =
          manifest.indexToken().equals(manifest.token())
              ? manifest
              : required(files, manifest, manifest.indexToken());
      ManifestChecks.requireFits(manifest, index);
    }
    return new RecoveryPlan(manifest, List.copyOf(snapshots), index);
  }

  /** Compares with the oldest checkpoint and the one before, as far as they can be read. */
  private static void requireOneStore(CheckpointFiles files, Manifest manifest) {
    List<CheckpointToken> tokens = files.tokens();
    int at = tokens.indexOf(manifest.token());
    for (CheckpointToken token : List.of(tokens.getFirst(), tokens.get(Math.max(0, at - 1)))) {
      long storeId = storeIdOf(files, token, manifest.store().storeId());
      if (storeId != manifest.store().storeId()) {
        throw ManifestChecks.refused(
            manifest,
            String.format(
                "it is of store %x, and checkpoint %s of store %x: files of two stores are mixed",
                manifest.store().storeId(), token, storeId));
      }
    }
  }

  private static long storeIdOf(CheckpointFiles files, CheckpointToken token, long otherwise) {
    try {
      return files.load(token).store().storeId();
    } catch (CorruptionException | DeviceException e) {
      // It is not the one that is recovered to.
      return otherwise;
    }
  }

  private static Manifest required(
      CheckpointFiles files, Manifest manifest, CheckpointToken needed) {
    if (needed.compareTo(manifest.token()) >= 0) {
      throw ManifestChecks.refused(manifest, "it needs " + needed + ", which is not older");
    }
    if (!files.isComplete(needed)) {
      throw ManifestChecks.refused(manifest, "it needs " + needed + ", which is not there");
    }
    Manifest other = files.load(needed);
    if (!other.store().equals(manifest.store())) {
      throw ManifestChecks.refused(manifest, "it needs " + needed + ", which is another store's");
    }
    if (other.log() != null) {
      ManifestChecks.requireSound(other);
    }
    return other;
  }
}
