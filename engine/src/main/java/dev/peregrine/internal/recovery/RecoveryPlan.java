package dev.peregrine.internal.recovery;

import dev.peregrine.CheckpointToken;
import dev.peregrine.CorruptionException;
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
   * @throws CorruptionException if it is damaged, with the name of the one before
   */
  public static RecoveryPlan newest(CheckpointFiles files) {
    List<CheckpointToken> tokens = files.tokens();
    for (int i = tokens.size() - 1; i >= 0; i--) {
      try {
        Manifest manifest = files.load(tokens.get(i));
        if (manifest.log() != null) {
          return of(files, manifest);
        }
      } catch (CorruptionException e) {
        throw new CorruptionException(
            e.getMessage()
                + "; nothing was changed. "
                + (i == 0
                    ? "There is no checkpoint before it"
                    : "The checkpoint before it is "
                        + tokens.get(i - 1)
                        + ": open the store with this token to go back to it, which gives up what"
                        + " came later"));
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

  private static RecoveryPlan of(CheckpointFiles files, Manifest manifest) {
    ManifestChecks.requireSound(manifest);
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
