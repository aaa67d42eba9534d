package dev.peregrine.internal.recovery;

import dev.peregrine.CheckpointToken;
import dev.peregrine.CorruptionException;
import dev.peregrine.RecoveryProgress;
import dev.peregrine.StoreException;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.hlog.PageVerifier;
import dev.peregrine.memory.Alignment;
import java.util.HashSet;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Looks for the checkpoint to go back to when the newest can't be recovered to: the newest of the
 * others that needs nothing of what is damaged, and of which all that a recovery reads is as it was
 * written. It reads that, and changes nothing. What is known to be damaged is not read again: an
 * image of the index and a snapshot can be needed by several checkpoints, and a page of the log is
 * by all with a later cut. Pages of the log that no recovery reads are not looked at. One thread.
 */
public final class RecoveryAdvisor {
  private final CheckpointFiles files;
  private final Device log;
  private final RecoveryBuffers buffers;
  private final ToLongFunction<Manifest> frameCount;
  private final ProgressMeter meter = new ProgressMeter(RecoveryProgress.NONE, 0);
  private final Set<CheckpointToken> damagedIndexes = new HashSet<>();
  private final Set<CheckpointToken> damagedSnapshots = new HashSet<>();

  /** End of the first page of the log that is known to be damaged. */
  private long damagedPageEnd = Long.MAX_VALUE;

  /**
   * @param files of the volume
   * @param log the segments of the log, which the caller closes
   * @param buffers native memory of {@code CheckpointParts.buffersBytes}
   * @param chunkBytes the unit of reading
   * @param frameCount the pages of memory with which a checkpoint would be recovered to
   */
  public RecoveryAdvisor(
      CheckpointFiles files,
      Device log,
      long buffers,
      int chunkBytes,
      ToLongFunction<Manifest> frameCount) {
    this.files = files;
    this.log = log;
    this.buffers = RecoveryBuffers.at(buffers, chunkBytes);
    this.frameCount = frameCount;
  }

  /** The checkpoint to go back to, or null if there is none. */
  public Manifest find() {
    boolean isNewest = true;
    for (CheckpointToken token : files.tokens().reversed()) {
      RecoveryPlan plan;
      try {
        Manifest manifest = files.load(token);
        if (manifest.log() == null) {
          continue;
        }
        plan = RecoveryPlan.of(files, manifest);
      } catch (CorruptionException | DeviceException e) {
        isNewest = false;
        continue;
      }
      boolean sound = !needsDamaged(plan) && isSound(plan);
      if (sound && !isNewest) {
        return plan.manifest();
      }
      if (sound) {
        suspectImages(plan);
      }
      isNewest = false;
    }
    return null;
  }

  private boolean needsDamaged(RecoveryPlan plan) {
    boolean index = plan.index() != null && damagedIndexes.contains(plan.index().token());
    boolean snapshot =
        plan.snapshots().stream().anyMatch(link -> damagedSnapshots.contains(link.token()));
    return index || snapshot || damagedPageEnd <= plan.manifest().log().flushedUntil();
  }

  /** The newest was refused, but its checksums hold: what is in its images may be wrong. */
  private void suspectImages(RecoveryPlan plan) {
    if (plan.index() != null) {
      damagedIndexes.add(plan.index().token());
    }
    plan.snapshots().forEach(link -> damagedSnapshots.add(link.token()));
  }

  /** Looks at everything, so that all is known that others must not need. */
  private boolean isSound(RecoveryPlan plan) {
    boolean index = isIndexSound(plan);
    boolean rest =
        plan.snapshots().isEmpty()
            ? isLogSound(plan, plan.manifest().log().cut())
            : areSnapshotsSound(plan);
    return index && rest;
  }

  private boolean isIndexSound(RecoveryPlan plan) {
    if (plan.index() == null) {
      return true;
    }
    try {
      new IndexLoader(files, buffers).verify(plan.index(), meter);
      return true;
    } catch (StoreException | DeviceException e) {
      damagedIndexes.add(plan.index().token());
      return false;
    }
  }

  /** The log has the pages below, and may have some blocks of the first page in a snapshot. */
  private boolean areSnapshotsSound(RecoveryPlan plan) {
    Manifest manifest = plan.manifest();
    int pageBytes = manifest.store().pageBytes();
    long firstPage = Alignment.down(manifest.log().flushedUntil(), pageBytes);
    boolean before = isLogSound(plan, firstPage);
    PageVerifier asWritten =
        PageVerifier.ofSnapshot(
            pageBytes, log, ManifestChecks.identityOf(manifest), buffers.checksum());
    SnapshotRestorer snapshot = new SnapshotRestorer(files, plan, buffers, asWritten);
    try {
      snapshot.verify(meter);
    } catch (StoreException | DeviceException e) {
      damagedSnapshots.add(snapshot.reading().token());
      return false;
    }
    int[] written = snapshot.writtenChecksums();
    long end = firstPage + (long) written.length * PageImage.BLOCK_BYTES;
    return isRangeSound(manifest, firstPage, end, written) && before;
  }

  /** Whether the part of the log that a recovery reads is sound, as far as {@code until}. */
  private boolean isLogSound(RecoveryPlan plan, long until) {
    Manifest manifest = plan.manifest();
    Manifest.LogPart part = manifest.log();
    try {
      StoreRecovery.requireSegments(log, part);
    } catch (CorruptionException e) {
      return false;
    }
    long head = StoreRecovery.contents(plan, frameCount.applyAsLong(manifest), 0).headAddress();
    int pageBytes = manifest.store().pageBytes();
    long from = LogLoader.readFrom(part, StoreRecovery.replayFrom(plan), head, pageBytes);
    return isRangeSound(manifest, from, LogLoader.blockUp(until), part.tailChecksums());
  }

  /**
   * Checks pages of the log, and keeps where the first is that is damaged.
   *
   * @param from a page's start
   * @param until a page's start, or inside a page whose blocks below have {@code tailChecksums}
   */
  private boolean isRangeSound(Manifest manifest, long from, long until, int[] tailChecksums) {
    int pageBytes = manifest.store().pageBytes();
    PageVerifier verifier =
        PageVerifier.standalone(
            pageBytes, log, ManifestChecks.identityOf(manifest), buffers.checksum());
    int[] checksums = new int[PageImage.dataBlocks(pageBytes)];
    long next = from;
    try (ChunkReader reader = reader(from, until)) {
      while (reader.next()) {
        for (int at = 0; at < reader.length(); at += pageBytes) {
          long page = reader.offset() + at;
          int[] tail = until - page < pageBytes ? tailChecksums : null;
          if (!isPageSound(verifier, pageBytes, page, reader.address() + at, tail, checksums)) {
            damagedPageEnd = Math.min(damagedPageEnd, page + pageBytes);
            return false;
          }
        }
        next = reader.offset() + reader.length();
      }
      return true;
    } catch (StoreException | DeviceException e) {
      findUnreadable(next, until, pageBytes);
      return false;
    }
  }

  /** Checks a page, or the blocks of it that have the checksums {@code tail}. */
  private static boolean isPageSound(
      PageVerifier verifier, int pageBytes, long page, long address, int[] tail, int[] scratch) {
    try {
      if (tail == null) {
        verifier.requirePage(page / pageBytes, address, scratch);
      } else {
        verifier.requireBlocks(page, tail.length, address, tail);
      }
      return true;
    } catch (CorruptionException e) {
      return false;
    }
  }

  /** Chunks are read ahead, and one of those after {@code from} could not be read: which page? */
  private void findUnreadable(long from, long until, int pageBytes) {
    long end = Math.min(until, from + ChunkReader.buffersBytes(buffers.chunkBytes()));
    for (long page = from; page < end; page += pageBytes) {
      try (ChunkReader reader = reader(page, Math.min(page + pageBytes, until))) {
        reader.next();
      } catch (StoreException | DeviceException e) {
        damagedPageEnd = Math.min(damagedPageEnd, page + pageBytes);
        return;
      }
    }
  }

  private ChunkReader reader(long from, long until) {
    return new ChunkReader(
        log, from, until, buffers.address(), buffers.chunkBytes(), log.describe());
  }
}
