package dev.peregrine.internal.recovery;

import dev.peregrine.CheckpointToken;
import dev.peregrine.CorruptionException;
import dev.peregrine.RecoveryProgress;
import dev.peregrine.RecoveryReport;
import dev.peregrine.Severity;
import dev.peregrine.StoreIoException;
import dev.peregrine.StoreKind;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.cpr.SessionCut;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.LogContents;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.hlog.PageVerifier;
import dev.peregrine.internal.index.IndexReplay;
import dev.peregrine.internal.ops.StoreCore;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.memory.Alignment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Brings a store that has just been built, and that nobody uses yet, to the state of a checkpoint.
 *
 * <p>In this order: the image of the index and the pages of snapshots are read and checked; the end
 * of the log is read, into memory and into the index, as far as it lies in the log's own segments;
 * then checkpoints newer than this one are deleted, durably, since what follows makes them void;
 * then the pages of snapshots are written to their places, and read from there. Only these last two
 * steps change files, and a crash in or after them leaves a recovery to the same checkpoint to do.
 * What is damaged is found before them, and nothing has been changed then. One thread.
 */
public final class StoreRecovery {
  /** How much a generation may be above the one before: see {@link #contents}. */
  private static final int GENERATION_SPREAD = 1 << 15;

  private static final int[] NO_CHECKSUMS = {};

  private final RecoveryPlan plan;
  private final CheckpointFiles files;
  private final StoreCore core;
  private final RecoveryBuffers buffers;
  private final int pageBytes;

  /**
   * @param plan what to recover to
   * @param files of the volume
   * @param core built with {@link #contents}, not started
   * @param buffers native memory of {@code CheckpointParts.buffersBytes}
   * @param chunkBytes the unit of reading
   */
  public StoreRecovery(
      RecoveryPlan plan, CheckpointFiles files, StoreCore core, long buffers, int chunkBytes) {
    this.plan = plan;
    this.files = files;
    this.core = core;
    this.buffers = RecoveryBuffers.at(buffers, chunkBytes);
    this.pageBytes = plan.manifest().store().pageBytes();
  }

  /**
   * What the log has in it: as much of its end in memory as there is room for.
   *
   * @param plan what to recover to
   * @param frameCount pages of memory
   * @param random makes the generation of this run one that an earlier run, which may have ended
   *     without a checkpoint, did not have
   */
  public static LogContents contents(RecoveryPlan plan, long frameCount, long random) {
    Manifest.LogPart log = plan.manifest().log();
    int pageBytes = plan.manifest().store().pageBytes();
    PageIdentity before = ManifestChecks.identityOf(plan.manifest());
    // Pages of a snapshot are put into the log by this run.
    long written = plan.snapshots().isEmpty() ? log.cut() : log.flushedUntil();
    long firstPage = written == LogAddress.FIRST ? 0 : written / pageBytes;
    int generation = before.generation() + 1 + Math.floorMod(random, GENERATION_SPREAD);
    long lastPage = (log.cut() - 1) / pageBytes;
    long headPage = Math.max(0, lastPage + 1 - HybridLog.loadablePages(frameCount));
    long head = Math.max(Alignment.down(log.begin(), pageBytes), headPage * pageBytes);
    return new LogContents(before.withRun(firstPage, generation), log.begin(), head, log.cut());
  }

  /** Recovers, and starts nothing. */
  public RecoveryReport run(StoreKind kind, Device device, RecoveryProgress listener) {
    try {
      return recover(kind, device, listener);
    } catch (DeviceException e) {
      throw new StoreIoException(
          Severity.STORE,
          "checkpoint " + plan.manifest().token() + " could not be recovered to: " + e.getMessage(),
          e);
    }
  }

  private RecoveryReport recover(StoreKind kind, Device device, RecoveryProgress listener) {
    Manifest manifest = plan.manifest();
    Manifest.LogPart log = manifest.log();
    requireSegments(device, log);
    long replayFrom = replayFrom(plan);
    ProgressMeter meter = new ProgressMeter(listener, bytesToRead(replayFrom));
    if (plan.index() != null) {
      new IndexLoader(files, buffers).load(core.index(), plan.index(), log.begin(), meter);
    }
    LogLoader loader = loader(kind, device);
    long from = LogLoader.readFrom(log, replayFrom, core.log().headAcquire(), pageBytes);
    long replayed;
    if (plan.snapshots().isEmpty()) {
      loader.load(from, log.cut(), log.tailChecksums(), replayFrom, meter);
      replayed = loader.finish();
      deleteNewer(manifest.token());
    } else {
      recoverWithSnapshot(device, loader, from, replayFrom, meter);
      replayed = loader.finish();
    }
    return report(manifest, meter.read(), replayed);
  }

  /** Pages are in the log up to the one in which its writing had stopped, and in snapshots then. */
  private void recoverWithSnapshot(
      Device device, LogLoader loader, long from, long replayFrom, ProgressMeter meter) {
    Manifest manifest = plan.manifest();
    Manifest.LogPart log = manifest.log();
    PageVerifier asWritten =
        PageVerifier.ofSnapshot(
            pageBytes, device, ManifestChecks.identityOf(manifest), buffers.checksum());
    SnapshotRestorer snapshot = new SnapshotRestorer(files, plan, buffers, asWritten);
    snapshot.verify(meter);
    long firstPage = Alignment.down(log.flushedUntil(), pageBytes);
    if (from < firstPage) {
      loader.load(from, firstPage, NO_CHECKSUMS, replayFrom, meter);
    }
    if (from <= firstPage) {
      loader.verifyBlocks(firstPage, snapshot.writtenChecksums());
    }
    deleteNewer(manifest.token());
    snapshot.restore(device, core.log().identity());
    long rest = Math.max(from, firstPage);
    loader.load(rest, log.cut(), snapshot.tailChecksums(), replayFrom, meter);
  }

  /** Records from here on may be missing in the image of the index. */
  static long replayFrom(RecoveryPlan plan) {
    return plan.index() == null ? plan.manifest().log().begin() : plan.index().index().notedTail();
  }

  private LogLoader loader(StoreKind kind, Device device) {
    return new LogLoader(
        core.log(),
        device,
        new IndexReplay(core.index()),
        new RecordFormat(kind),
        buffers,
        PageVerifier.standalone(pageBytes, device, core.log().identity(), buffers.checksum()),
        core.hashMask(),
        pageBytes);
  }

  private RecoveryReport report(Manifest manifest, long read, long replayed) {
    Map<Long, Long> serials = new TreeMap<>();
    for (SessionCut cut : manifest.sessions().cuts()) {
      serials.put(cut.id(), cut.serial());
    }
    Manifest.LogPart log = manifest.log();
    long pages = (log.cut() - 1) / pageBytes + 1 - core.log().headAcquire() / pageBytes;
    return new RecoveryReport(
        manifest.token(),
        log.version(),
        log.cut(),
        read,
        replayed,
        log.cut() == LogAddress.FIRST ? 0 : pages,
        Map.copyOf(serials));
  }

  /** Pages that are not read now are read when they are asked for: they must be there. */
  static void requireSegments(Device device, Manifest.LogPart log) {
    long end = log.flushedUntil() == LogAddress.FIRST ? 0 : log.flushedUntil();
    if (end > 0 && (device.beginOffset() > log.begin() || device.endOffset() < end)) {
      throw new CorruptionException(
          device.describe()
              + " has the offsets from "
              + device.beginOffset()
              + " to "
              + device.endOffset()
              + ", but the log lies from "
              + log.begin()
              + " to "
              + end
              + ": a segment is missing");
    }
  }

  /** Newer ones would refer to pages that this run writes anew. */
  private void deleteNewer(CheckpointToken token) {
    List<CheckpointToken> tokens = files.tokens();
    for (CheckpointToken other : tokens.reversed()) {
      if (other.compareTo(token) > 0) {
        files.delete(other);
      }
    }
    files.deleteUnfinished();
  }

  private long bytesToRead(long replayFrom) {
    Manifest.LogPart log = plan.manifest().log();
    long bytes = plan.index() == null ? 0 : plan.index().index().bytes();
    for (Manifest link : plan.snapshots()) {
      bytes += (long) link.snapshot().pages().length * pageBytes;
    }
    long from = LogLoader.readFrom(log, replayFrom, core.log().headAcquire(), pageBytes);
    return bytes + Math.max(0, log.cut() - from);
  }
}
