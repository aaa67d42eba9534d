package dev.peregrine.internal.checkpoint;

import dev.peregrine.CheckpointException;
import dev.peregrine.CheckpointKind;
import dev.peregrine.CheckpointProgress;
import dev.peregrine.CheckpointToken;
import dev.peregrine.Severity;
import dev.peregrine.StoreException;
import dev.peregrine.StoreIoException;
import dev.peregrine.device.DeviceException;
import dev.peregrine.internal.cpr.Participant;
import dev.peregrine.internal.cpr.Phase;
import dev.peregrine.internal.cpr.SessionCut;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.hlog.BackgroundTask;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.index.IndexImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One checkpoint: concurrent prefix recovery (Prasaad et al., SIGMOD 2019) as a state machine that
 * does a step at a time and never blocks but in a sync.
 *
 * <p><b>The cut.</b> When IN_PROGRESS has been seen by everybody, no operation of v is under way
 * but changes that wait for the device; changes of v+1 wait, so nothing of v+1 is in the log. When
 * those pending changes have come to their end, the tail, padded to a block, is the cut: all of v
 * lies below it, all of v+1 will lie above. So a checkpoint is a prefix of the log, and no record
 * has to be undone in recovery.
 *
 * <p><b>What stops whom.</b> Reads are never stopped. Changes wait from the shift to the cut: one
 * drain of the epoch, and the device's answers to the changes that are pending at that moment.
 * PREPARE asks beforehand, holding up nobody, whether every session gets on, so that one that is
 * stuck is found there.
 *
 * <p><b>Failure.</b> Before the manifest is renamed nothing refers to what was written; a failure
 * deletes it, moves the store to REST, and fails the future. The version stays advanced.
 *
 * <p>One thread at a time runs it; {@link #progress} may be asked by any.
 */
final class CheckpointJob implements BackgroundTask {
  private final CheckpointParts parts;
  private final CheckpointHistory history;
  private final CheckpointKind kind;
  private final CheckpointToken token;
  private final CompletableFuture<CheckpointToken> future = new CompletableFuture<>();
  private final long createdMillis;
  private final Map<Participant, Long> progressBefore = new HashMap<>();
  private final long firstVersion;

  /** What comes next; the store's phase, or one in which it stays for longer. */
  private Step step = Step.BEGIN;

  private long stepStartNanos;
  private long drainEpoch;
  private long notedTail;
  private CheckpointToken indexToken;
  private IndexDump indexDump;
  private Manifest.IndexPart indexPart;
  private long tailBeforeCut;
  private long cut;
  private long flushedUntil;
  private int[] tailChecksums = {};
  private List<SessionCut> sessions = List.of();
  private SnapshotDump snapshotDump;
  private boolean pinned;
  private boolean created;
  private boolean durable;
  private RuntimeException failure;
  private volatile long bytesWritten;
  private volatile long bytesToWrite;
  private volatile boolean done;

  private enum Step {
    BEGIN,
    PREPARE_INDEX,
    WAIT_INDEX,
    PREPARE,
    IN_PROGRESS,
    WAIT_PENDING,
    WAIT_FLUSH,
    PERSISTENCE,
    CALM,
    SETTLE,
    END
  }

  CheckpointJob(
      CheckpointParts parts,
      CheckpointHistory history,
      CheckpointKind kind,
      CheckpointToken token,
      long createdMillis) {
    this.parts = parts;
    this.history = history;
    this.kind = kind;
    this.token = token;
    this.createdMillis = createdMillis;
    this.firstVersion = SystemState.version(parts.state().wordAcquire());
  }

  CompletableFuture<CheckpointToken> future() {
    return future;
  }

  CheckpointProgress progress() {
    String phase = SystemState.phase(parts.state().wordAcquire()).name();
    return new CheckpointProgress(phase, bytesWritten, bytesToWrite, done);
  }

  @Override
  public boolean isDone() {
    return done;
  }

  @Override
  public int doWork() {
    if (done) {
      return 0;
    }
    try {
      if (failure == null && step != Step.END) {
        requireHealthy();
      }
      return doStep();
    } catch (RuntimeException e) {
      abandon(e);
      return 1;
    }
  }

  private int doStep() {
    return switch (step) {
      case BEGIN -> begin();
      case PREPARE_INDEX -> prepareIndex();
      case WAIT_INDEX -> waitIndex();
      case PREPARE -> prepare();
      case IN_PROGRESS -> inProgress();
      case WAIT_PENDING -> waitPending();
      case WAIT_FLUSH -> waitFlush();
      case PERSISTENCE -> persistence();
      case CALM -> calm();
      case SETTLE -> settle();
      case END -> end();
    };
  }

  private int begin() {
    parts.files().create(token);
    created = true;
    if (!kind.hasIndex()) {
      indexToken = history.index();
      return enterPrepare();
    }
    if (history.isIndexUnchanged(parts.log().tailAcquire())) {
      indexToken = history.index();
      return kind.hasLog() ? enterPrepare() : go(Step.PERSISTENCE);
    }
    notedTail = parts.log().tailAcquire();
    move(Phase.PREPARE_INDEX, firstVersion);
    return drainFor(Step.PREPARE_INDEX);
  }

  /** Whoever had space below the noted tail links its record before the copy begins, or never. */
  private int prepareIndex() {
    if (!isDrained()) {
      return waitForSessions(Phase.PREPARE_INDEX);
    }
    IndexImage image = IndexImage.of(parts.index());
    indexDump =
        new IndexDump(
            image,
            parts.files().openIndex(token, image.bytes(), parts.shape().segmentBytes()),
            parts);
    bytesToWrite = image.bytes();
    move(Phase.WAIT_INDEX, firstVersion);
    return go(Step.WAIT_INDEX);
  }

  private int waitIndex() {
    int work = indexDump.doWork();
    bytesWritten = indexDump.copiedBytes();
    if (!indexDump.isDone()) {
      return work;
    }
    indexPart = indexDump.part(firstVersion, notedTail, parts.log().tailAcquire());
    indexToken = token;
    indexDump.sync();
    indexDump.close();
    indexDump = null;
    return kind.hasLog() ? enterPrepare() : go(Step.PERSISTENCE);
  }

  private int enterPrepare() {
    move(Phase.PREPARE, firstVersion);
    for (Participant session : parts.sessions().open()) {
      progressBefore.put(session, session.progress());
    }
    return drainFor(Step.PREPARE);
  }

  private int prepare() {
    boolean moving = isDrained();
    for (Participant session : parts.sessions().open()) {
      Long before = progressBefore.get(session);
      moving &=
          session.pendingChanges() == 0
              || before == null
              || session.progress() != before
              || session.help();
    }
    if (!moving) {
      return waitForSessions(Phase.PREPARE);
    }
    progressBefore.clear();
    if (firstVersion == SystemState.LAST_VERSION) {
      throw new CheckpointException("the store has used up its versions", null);
    }
    move(Phase.IN_PROGRESS, firstVersion + 1);
    return drainFor(Step.IN_PROGRESS);
  }

  private int inProgress() {
    if (!isDrained()) {
      helpPending();
      return waitForSessions(Phase.IN_PROGRESS);
    }
    move(Phase.WAIT_PENDING, firstVersion + 1);
    return go(Step.WAIT_PENDING);
  }

  private int waitPending() {
    if (helpPending() > 0) {
      return waitForSessions(Phase.WAIT_PENDING);
    }
    // Nobody appends now: changes wait, and none is pending.
    tailBeforeCut = parts.log().tailAcquire();
    cut = parts.log().padToBlock();
    sessions = parts.sessions().cutsBefore(firstVersion + 1);
    parts.state().cutRelease(cut);
    if (kind.hasSnapshot()) {
      openSnapshot();
    } else {
      parts.throttle().boundsLog(true);
      // The checksums of the page that the cut divides are in its frame.
      parts.log().pinHead(cut);
      pinned = true;
      parts.log().freezeTo(cut);
      flushedUntil = parts.log().flushedUntilAcquire();
      bytesToWrite += Math.max(0, cut - flushedUntil);
    }
    move(Phase.WAIT_FLUSH, firstVersion + 1);
    return go(Step.WAIT_FLUSH);
  }

  private void openSnapshot() {
    // Pinned first, so that all that is not on the device stays in memory.
    parts.log().pinHead(0);
    pinned = true;
    flushedUntil = Math.min(parts.log().flushedUntilAcquire(), cut);
    if (flushedUntil == cut) {
      // There is nothing to dump: the log's own segments have it all.
      tailChecksums = parts.log().tailChecksums(cut);
    }
    long[] pages = changedSince(0, 0);
    boolean increment = false;
    if (pages.length > 0 && history.canIncrement()) {
      long[] changed = changedSince(history.snapshotCut(), history.snapshotVersion());
      // A full one of which every page would be the same as before is none, either.
      increment = kind == CheckpointKind.INCREMENTAL || changed.length == 0;
      pages = increment ? changed : pages;
    }
    long bytes = (long) pages.length * parts.shape().pageBytes();
    snapshotDump =
        new SnapshotDump(
            increment ? history.snapshot() : null,
            pages,
            cut,
            parts.files().openPages(token, bytes, parts.shape().segmentBytes()),
            parts);
    bytesToWrite += bytes;
  }

  /** The pages to dump that changed since an earlier cut; all if it is 0. */
  private long[] changedSince(long earlierCut, long version) {
    return flushedUntil == cut
        ? new long[0]
        : parts.log().changedPages(flushedUntil, cut, earlierCut, version);
  }

  private int waitFlush() {
    if (snapshotDump != null) {
      int work = snapshotDump.doWork();
      bytesWritten = bytesOfIndex() + snapshotDump.copiedBytes();
      if (!snapshotDump.isDone()) {
        return work;
      }
      snapshotDump.sync();
      unpin();
    } else {
      long flushed = parts.log().flushedUntilAcquire();
      bytesWritten = bytesOfIndex() + Math.max(0, Math.min(flushed, cut) - flushedUntil);
      if (flushed < cut) {
        return waitForFreeze();
      }
      flushedUntil = cut;
      tailChecksums = parts.log().tailChecksums(cut);
      unpin();
    }
    move(Phase.PERSISTENCE, firstVersion + 1);
    return go(Step.PERSISTENCE);
  }

  /** Until everybody has seen that the log is frozen up to the cut, it can't be written. */
  private int waitForFreeze() {
    if (parts.log().safeReadOnlyAcquire() >= cut) {
      return 0;
    }
    if (isOverdue()) {
      drainEpoch = parts.epoch().safeEpoch() + 1;
    }
    return waitForSessions(Phase.WAIT_FLUSH);
  }

  private int persistence() {
    syncLog();
    parts.files().publish(manifest());
    durable = true;
    remember();
    if (!kind.hasLog()) {
      return go(Step.END);
    }
    parts.sessions().committed(sessions);
    return enterCalm();
  }

  /** A log whose sync failed may have lost what was flushed, so the store takes no more changes. */
  private void syncLog() {
    try {
      parts.device().sync();
    } catch (DeviceException e) {
      parts.log().fail(e);
      throw e;
    }
  }

  private Manifest.LogPart logPart() {
    PageIdentity identity = parts.log().identity();
    return new Manifest.LogPart(
        firstVersion,
        parts.log().beginAcquire(),
        flushedUntil,
        cut,
        identity.firstPages(),
        identity.generations(),
        tailChecksums);
  }

  private Manifest manifest() {
    boolean hasLog = kind.hasLog();
    return new Manifest(
        token,
        kind,
        createdMillis,
        parts.shape(),
        indexToken,
        indexPart,
        hasLog ? logPart() : null,
        snapshotDump == null ? null : snapshotDump.part(),
        hasLog ? new Manifest.SessionPart(firstVersion, cut, sessions) : null);
  }

  private void remember() {
    if (indexPart != null) {
      history.indexWritten(token, indexPart.notedTail(), indexPart.endTail());
    }
    if (kind.hasLog()) {
      history.padded(tailBeforeCut, cut);
    }
    if (snapshotDump != null) {
      boolean increment = snapshotDump.part().base() != null;
      history.snapshotWritten(token, firstVersion, cut, increment);
    }
  }

  /**
   * Before changes in place begin again below the cut, copies made under the rule before must have
   * ended. A thread that is stuck is waited for here, where nobody else waits for it.
   */
  private int enterCalm() {
    if (parts.log().safeReadOnlyAcquire() >= cut) {
      // Frozen anyway: the regions forbid changes in place below the cut, so nothing changes.
      return go(Step.END);
    }
    return drainFor(Step.CALM);
  }

  private int calm() {
    if (!isDrained()) {
      if (isOverdue()) {
        complete();
      }
      return 0;
    }
    move(Phase.SETTLE, firstVersion + 1);
    return drainFor(Step.SETTLE);
  }

  private int settle() {
    if (!isDrained()) {
      if (isOverdue()) {
        complete();
      }
      return 0;
    }
    return go(Step.END);
  }

  private int end() {
    long version = SystemState.version(parts.state().wordAcquire());
    move(Phase.REST, version);
    closeDumps();
    // Before the future, whose user may start the next checkpoint at once.
    done = true;
    complete();
    return 1;
  }

  private void complete() {
    if (durable) {
      future.complete(token);
    } else {
      future.completeExceptionally(failure);
    }
  }

  private void abandon(RuntimeException cause) {
    if (failure == null && !durable) {
      failure = describe(cause);
    }
    closeDumps();
    unpin();
    if (created && !durable) {
      deleteQuietly();
    }
    // From WAIT_FLUSH on, records below the cut have been copied without being frozen.
    boolean mustSettle = SystemState.phase(parts.state().wordAcquire()).protectsCut();
    boolean closed = SystemState.isClosed(parts.state().wordAcquire());
    if (mustSettle && !closed && step != Step.CALM && step != Step.SETTLE) {
      enterCalm();
    } else {
      go(Step.END);
    }
  }

  private RuntimeException describe(RuntimeException cause) {
    if (cause instanceof DeviceException e) {
      return new StoreIoException(
          Severity.CALL, "checkpoint " + token + " could not be written: " + e.getMessage(), e);
    }
    return cause instanceof StoreException
        ? cause
        : new CheckpointException("checkpoint " + token + " failed: " + cause, cause);
  }

  /** What is left is deleted when the store is opened next. */
  private void deleteQuietly() {
    try {
      parts.files().delete(token);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void closeDumps() {
    try {
      if (indexDump != null) {
        indexDump.close();
      }
    } finally {
      indexDump = null;
      if (snapshotDump != null) {
        SnapshotDump dump = snapshotDump;
        snapshotDump = null;
        dump.close();
      }
    }
  }

  private void unpin() {
    parts.throttle().boundsLog(false);
    if (pinned) {
      parts.log().unpinHead();
      pinned = false;
    }
  }

  /** Moves pending changes of idle sessions on; returns how many sessions still have some. */
  private int helpPending() {
    int busy = 0;
    for (Participant session : parts.sessions().open()) {
      if (session.pendingChanges() > 0) {
        session.help();
        busy += session.pendingChanges() > 0 ? 1 : 0;
      }
    }
    return busy;
  }

  private void requireHealthy() {
    long word = parts.state().wordAcquire();
    if (SystemState.isClosed(word)) {
      throw new CheckpointException(
          "checkpoint " + token + " was abandoned, because the store is being closed", null);
    }
    if (SystemState.isFailed(word) && !durable) {
      throw new StoreIoException(
          Severity.WRITES,
          "checkpoint " + token + " was abandoned, because the log could not be written",
          parts.log().failure());
    }
  }

  private int waitForSessions(Phase phase) {
    if (isOverdue()) {
      throw new CheckpointException(
          "checkpoint "
              + token
              + " was abandoned in "
              + phase
              + " after "
              + TimeUnit.NANOSECONDS.toMillis(parts.stallNanos())
              + " ms: "
              + laggards(),
          null);
    }
    return 0;
  }

  private String laggards() {
    String inside = parts.sessions().namesOfLaggards(drainEpoch);
    StringBuilder names = new StringBuilder();
    if (!inside.isEmpty()) {
      names.append(inside).append(" stays inside an operation");
    }
    for (Participant session : parts.sessions().open()) {
      if (session.pendingChanges() > 0) {
        names
            .append(names.isEmpty() ? "" : "; ")
            .append(session)
            .append(" has pending changes and stays inside a call");
      }
    }
    return names.isEmpty() ? "the sessions that were waited for have left now" : names.toString();
  }

  private long bytesOfIndex() {
    return indexPart == null ? 0 : indexPart.bytes();
  }

  private boolean isDrained() {
    return parts.epoch().safeEpoch() >= drainEpoch;
  }

  private boolean isOverdue() {
    return parts.clock().nanoTime() - stepStartNanos > parts.stallNanos();
  }

  private int drainFor(Step next) {
    drainEpoch = parts.epoch().advance();
    return go(next);
  }

  private int go(Step next) {
    step = next;
    stepStartNanos = parts.clock().nanoTime();
    return 1;
  }

  private void move(Phase phase, long version) {
    parts.state().move(phase, version);
  }
}
