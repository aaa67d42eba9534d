package dev.peregrine.internal.checkpoint;

import dev.peregrine.CheckpointToken;
import dev.peregrine.CorruptionException;
import dev.peregrine.device.Device;
import dev.peregrine.device.Volume;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.memory.Alignment;
import java.util.ArrayList;
import java.util.List;

/**
 * Where checkpoints lie in a volume, and in which order their parts become durable.
 *
 * <pre>
 *   checkpoints/TOKEN/index.NNNNNNNNN   the image of the index
 *   checkpoints/TOKEN/pages.NNNNNNNNN   the pages of a snapshot
 *   checkpoints/TOKEN/manifest          there only if all the rest is, and durable
 * </pre>
 *
 * Published: images synced → {@code manifest.new} written → synced → renamed → directory synced.
 * Deleted: manifest → directory synced → the rest; so what has a manifest is whole at each moment.
 * Any thread may call any method; two must not change one checkpoint at once.
 */
public final class CheckpointFiles {
  /** The directory that all of them lie in. */
  public static final String ROOT = "checkpoints";

  private static final String MANIFEST = "manifest";
  private static final String UNFINISHED = "manifest.new";
  private static final String INDEX = "index";
  private static final String PAGES = "pages";
  private static final long LEAST_SEGMENT_BYTES = 4096;

  private final Volume volume;

  /**
   * @param volume of the store
   */
  public CheckpointFiles(Volume volume) {
    this.volume = volume;
  }

  /** The tokens of the checkpoints that have a manifest, oldest first. */
  public List<CheckpointToken> tokens() {
    return directories().stream().filter(this::isComplete).toList();
  }

  /** The greatest number of any checkpoint, also of one that was not finished; −1 without any. */
  public long lastSequence() {
    List<CheckpointToken> all = directories();
    return all.isEmpty() ? -1 : all.getLast().sequence();
  }

  /**
   * Makes the directory of all checkpoints, durably, where there are none. One that is there is
   * made anew: whoever made it may have failed to make it durable.
   */
  public void createRoot() {
    if (volume.exists(ROOT)) {
      deleteUnfinished();
      volume.delete(ROOT);
    }
    volume.makeDirectory(ROOT);
    volume.syncDirectory("");
  }

  /** Makes the directory of a checkpoint, durably, so that images can be written to it. */
  public void create(CheckpointToken token) {
    volume.makeDirectory(directory(token));
    volume.syncDirectory(ROOT);
  }

  /** Opens the image of the index, of {@code bytes}, to be written or read. */
  public Device openIndex(CheckpointToken token, long bytes, long segmentBytes) {
    return open(token, INDEX, bytes, segmentBytes);
  }

  /** Opens the pages of a snapshot, {@code bytes} in all, to be written or read. */
  public Device openPages(CheckpointToken token, long bytes, long segmentBytes) {
    return open(token, PAGES, bytes, segmentBytes);
  }

  /** Makes a checkpoint be there, whose images are durable. */
  public void publish(Manifest manifest) {
    Pauses.at(PausePoint.MANIFEST_WRITING);
    String directory = directory(manifest.token());
    String unfinished = directory + "/" + UNFINISHED;
    volume.write(unfinished, ManifestCodec.encode(manifest));
    volume.sync(unfinished);
    volume.rename(unfinished, directory + "/" + MANIFEST);
    Pauses.at(PausePoint.MANIFEST_RENAMED);
    volume.syncDirectory(directory);
  }

  /**
   * Reads a manifest.
   *
   * @throws CorruptionException if it is damaged, or another checkpoint's
   * @throws dev.peregrine.device.DeviceException if it can't be read
   */
  public Manifest load(CheckpointToken token) {
    String path = manifestPath(token);
    Manifest manifest = ManifestCodec.decode(volume.read(path, ManifestCodec.MOST_BYTES), path);
    if (!manifest.token().equals(token)) {
      throw new CorruptionException(
          path + " is refused: it is the manifest of checkpoint " + manifest.token());
    }
    return manifest;
  }

  /** Whether a checkpoint has a manifest. */
  public boolean isComplete(CheckpointToken token) {
    return volume.exists(manifestPath(token));
  }

  /** Deletes a checkpoint, durably. */
  public void delete(CheckpointToken token) {
    String directory = directory(token);
    if (isComplete(token)) {
      volume.delete(manifestPath(token));
      volume.syncDirectory(directory);
    }
    for (String name : volume.list(directory)) {
      volume.delete(directory + "/" + name);
    }
    volume.delete(directory);
    volume.syncDirectory(ROOT);
  }

  /** Deletes what checkpoints that were not finished have left. */
  public void deleteUnfinished() {
    for (CheckpointToken token : directories()) {
      if (!isComplete(token)) {
        delete(token);
      }
    }
  }

  /** Where a checkpoint's manifest is, for messages. */
  public static String manifestPath(CheckpointToken token) {
    return directory(token) + "/" + MANIFEST;
  }

  /** Where a checkpoint's image of the index is, for messages. */
  public static String indexPath(CheckpointToken token) {
    return directory(token) + "/" + INDEX;
  }

  /** Where a snapshot's pages are, for messages. */
  public static String pagesPath(CheckpointToken token) {
    return directory(token) + "/" + PAGES;
  }

  private static String directory(CheckpointToken token) {
    return ROOT + "/" + token;
  }

  private List<CheckpointToken> directories() {
    List<CheckpointToken> tokens = new ArrayList<>();
    for (String name : volume.list(ROOT)) {
      if (CheckpointToken.isToken(name)) {
        tokens.add(CheckpointToken.parse(name));
      }
    }
    tokens.sort(null);
    return tokens;
  }

  /** An image is as long as it must be, and a segment of it no longer than those of the log. */
  private Device open(CheckpointToken token, String name, long bytes, long segmentBytes) {
    long fitting = Alignment.nextPowerOfTwo(Math.max(bytes, LEAST_SEGMENT_BYTES));
    return volume.openDevice(directory(token) + "/" + name, Math.min(fitting, segmentBytes));
  }
}
