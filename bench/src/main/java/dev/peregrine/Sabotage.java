package dev.peregrine;

import dev.peregrine.device.Volume;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Ways to break a store on purpose, of which the crash simulation must notice every one. Those of
 * the file layer are a volume that does not do what it is told; those of the engine are changes of
 * its classes when they are loaded: nothing of the engine knows of them.
 */
enum Sabotage {
  /** Nothing is broken. */
  NONE(0, "nothing is broken"),
  /** The log is not synced before the manifest says that it is durable. */
  LOG_SYNC_SKIPPED(10, "the log is never synced", SabotagedVolume::withoutLogSync),
  /** The images of index and snapshot are not synced. */
  IMAGE_SYNC_SKIPPED(
      10, "images of index and snapshots are never synced", SabotagedVolume::withoutImageSync),
  /** The manifest is not synced before it is renamed. */
  MANIFEST_SYNC_SKIPPED(10, "manifests are never synced", SabotagedVolume::withoutFileSync),
  /** Devices are synced before the write instead of after it. */
  SYNC_BEFORE_WRITE(
      10, "devices are synced before each write, not after", SabotagedVolume::syncingEarly),
  /** Names are not made durable. */
  DIRECTORY_SYNC_SKIPPED(10, "directories are never synced", SabotagedVolume::withoutDirectorySync),
  /** The sector in which the log ended at a sync is written again with what comes next. */
  CUT_NOT_PADDED(
      4, "the log's last sector is written again after a sync", SabotagedVolume::rewritingTail),
  /** The future completes before the manifest is durable. */
  ACKNOWLEDGED_EARLY(
      50, "checkpoints are acknowledged before the manifest is written", Mutation.ackEarly()),
  /** Checksums are all the same. */
  CHECKSUMS_OFF(50, "all checksums are 0", Mutation.sumOfBlocks(), Mutation.sumOfManifest()),
  /** Recovery deletes newer checkpoints before it knows that it can recover to an older one. */
  CHANGED_BEFORE_VALIDATED(50, "recovery deletes newer checkpoints first", Mutation.deleteFirst()),
  /** Operations of v+1 change records of v in place. */
  UPDATED_IN_PLACE(20, "v+1 changes records below the cut in place", Mutation.floorIgnored()),
  /** The cut does not wait for changes that are pending. */
  PENDING_NOT_AWAITED(200, "the cut does not wait for pending changes", Mutation.pendingIgnored());

  private final int seeds;
  private final String words;
  private final UnaryOperator<Volume> volume;
  private final List<Mutation> mutations;

  Sabotage(int seeds, String words, Mutation... mutations) {
    this(seeds, words, UnaryOperator.identity(), List.of(mutations));
  }

  Sabotage(int seeds, String words, UnaryOperator<Volume> volume) {
    this(seeds, words, volume, List.of());
  }

  Sabotage(int seeds, String words, UnaryOperator<Volume> volume, List<Mutation> mutations) {
    this.seeds = seeds;
    this.words = words;
    this.volume = volume;
    this.mutations = mutations;
  }

  /**
   * Within how many seeds, from 1 on, it must be caught; within how many seeds of the sweep where
   * that is needed.
   */
  int seeds() {
    return seeds;
  }

  /** What is broken, for people. */
  String words() {
    return words;
  }

  /** The volume that the store gets. */
  Volume wrap(Volume honest) {
    return volume.apply(honest);
  }

  /** What is changed in the engine's classes. */
  List<Mutation> mutations() {
    return mutations;
  }
}
