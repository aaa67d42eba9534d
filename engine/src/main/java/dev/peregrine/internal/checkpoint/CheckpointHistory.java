package dev.peregrine.internal.checkpoint;

import dev.peregrine.CheckpointToken;

/**
 * What later checkpoints of a run build on. Written by the job that is running, read by the next;
 * the hand-over is the coordinator's.
 */
final class CheckpointHistory {
  /** The most increments on one full snapshot. */
  private static final int MOST_INCREMENTS = 16;

  private CheckpointToken index;
  private long indexNotedTail;
  private long indexEndTail;
  private CheckpointToken snapshot;
  private long snapshotVersion;
  private long snapshotCut;
  private int increments;

  /** The image that the store was recovered with, or null. */
  CheckpointHistory(CheckpointToken index) {
    this.index = index;
    this.indexEndTail = -1;
  }

  void indexWritten(CheckpointToken token, long notedTail, long endTail) {
    index = token;
    indexNotedTail = notedTail;
    indexEndTail = endTail;
  }

  /** The latest image of the index, or null. */
  CheckpointToken index() {
    return index;
  }

  /** Whether the index is as it was when it was written last: every change of it moves the tail. */
  boolean isIndexUnchanged(long tail) {
    return index != null && indexNotedTail == indexEndTail && indexEndTail == tail;
  }

  /** The tail was moved by padding alone: what was unchanged before still is. */
  void padded(long tailBefore, long tail) {
    if (isIndexUnchanged(tailBefore)) {
      indexNotedTail = tail;
      indexEndTail = tail;
    }
  }

  void snapshotWritten(CheckpointToken token, long version, long cut, boolean increment) {
    snapshot = token;
    snapshotVersion = version;
    snapshotCut = cut;
    increments = increment ? increments + 1 : 0;
  }

  /** Whether the next snapshot can be an increment. */
  boolean canIncrement() {
    return snapshot != null && increments < MOST_INCREMENTS;
  }

  /** The latest snapshot. */
  CheckpointToken snapshot() {
    return snapshot;
  }

  long snapshotVersion() {
    return snapshotVersion;
  }

  long snapshotCut() {
    return snapshotCut;
  }

  /** Forgets what was deleted. */
  void deleted(CheckpointToken token) {
    if (token.equals(index)) {
      index = null;
      indexEndTail = -1;
    }
    if (token.equals(snapshot)) {
      snapshot = null;
    }
  }
}
