package dev.peregrine.internal.checkpoint;

import dev.peregrine.CheckpointInfo;
import dev.peregrine.CheckpointToken;
import dev.peregrine.CorruptionException;
import dev.peregrine.device.DeviceException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The checkpoints of a volume and what they need of each other. It looks anew at each call; nobody
 * else may change them meanwhile.
 */
public final class CheckpointCatalog {
  private final CheckpointFiles files;

  /**
   * @param files of the volume
   */
  public CheckpointCatalog(CheckpointFiles files) {
    this.files = files;
  }

  /** All checkpoints that have a manifest, oldest first; those with a problem, too. */
  public List<CheckpointInfo> list() {
    Map<CheckpointToken, Manifest> manifests = new HashMap<>();
    List<CheckpointInfo> infos = new ArrayList<>();
    for (CheckpointToken token : files.tokens()) {
      try {
        Manifest manifest = files.load(token);
        manifests.put(token, manifest);
        infos.add(describe(manifest, problemOf(manifest, manifests)));
      } catch (CorruptionException | DeviceException e) {
        infos.add(new CheckpointInfo(token, null, null, 0, 0, 0, 0, null, null, e.getMessage()));
      }
    }
    return infos;
  }

  /**
   * Deletes the oldest checkpoints, but keeps what those that stay need.
   *
   * @param keep how many that can be recovered to stay, at least 1; those with a problem don't
   *     count and are not touched
   * @return what was deleted
   */
  public List<CheckpointToken> prune(int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("keep " + keep + " must be at least 1");
    }
    List<CheckpointInfo> infos = list();
    Set<CheckpointToken> needed = new HashSet<>();
    int kept = 0;
    for (CheckpointInfo info : infos.reversed()) {
      boolean recoverable = info.problem() == null && info.kind().hasLog();
      boolean stays = info.problem() != null || needed.contains(info.token());
      if (recoverable && kept < keep) {
        kept++;
        stays = true;
      }
      // An image that later checkpoints can use stays as long as it is the newest.
      if (info.kind() != null && !info.kind().hasLog() && kept == 0) {
        stays = true;
      }
      if (stays) {
        needed.add(info.token());
        if (info.base() != null) {
          needed.add(info.base());
        }
        if (info.index() != null) {
          needed.add(info.index());
        }
      }
    }
    List<CheckpointToken> deleted = new ArrayList<>();
    for (CheckpointInfo info : infos.reversed()) {
      // Newest first, so that nothing that is there lacks what it needs.
      if (!needed.contains(info.token())) {
        files.delete(info.token());
        deleted.add(info.token());
      }
    }
    return deleted.reversed();
  }

  private static String problemOf(Manifest manifest, Map<CheckpointToken, Manifest> older) {
    CheckpointToken index = manifest.indexToken();
    if (index != null && !index.equals(manifest.token())) {
      Manifest image = older.get(index);
      if (image == null || image.index() == null) {
        return "the image of the index in checkpoint " + index + ", which it needs, is not there";
      }
    }
    CheckpointToken base = manifest.snapshot() == null ? null : manifest.snapshot().base();
    Manifest link = manifest;
    while (base != null) {
      link = older.get(base);
      if (link == null || link.snapshot() == null) {
        return "the snapshot " + base + ", which it continues, is not there";
      }
      base = link.snapshot().base();
    }
    return null;
  }

  private static CheckpointInfo describe(Manifest manifest, String problem) {
    Manifest.LogPart log = manifest.log();
    long pages = manifest.snapshot() == null ? 0 : manifest.snapshot().pages().length;
    long bytes =
        pages * manifest.store().pageBytes()
            + (manifest.index() == null ? 0 : manifest.index().bytes());
    return new CheckpointInfo(
        manifest.token(),
        manifest.kind(),
        Instant.ofEpochMilli(manifest.createdMillis()),
        log == null ? 0 : log.version(),
        log == null ? 0 : log.cut(),
        bytes,
        manifest.sessions() == null ? 0 : manifest.sessions().cuts().size(),
        manifest.snapshot() == null ? null : manifest.snapshot().base(),
        manifest.indexToken(),
        problem);
  }
}
