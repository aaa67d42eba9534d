package dev.peregrine.internal.cpr;

import dev.peregrine.internal.pause.PausePoint;

/**
 * Where the store is in a checkpoint of version v (Prasaad et al., "Concurrent Prefix Recovery",
 * SIGMOD 2019). The coordinator alone moves from one to the next; operations read the phase with
 * the version, in one word, after they have entered the epoch.
 */
public enum Phase {
  /** No checkpoint: operations of the current version, changes in place where a region allows. */
  REST(Changes.FREE, PausePoint.PHASE_REST),
  /** The log's tail is noted; who had space below it has linked its record when this ends. */
  PREPARE_INDEX(Changes.FREE, PausePoint.PHASE_PREPARE_INDEX),
  /** The index is copied to its image while operations go on. */
  WAIT_INDEX(Changes.FREE, PausePoint.PHASE_WAIT_INDEX),
  /** Everybody is seen to move: a thread that is stuck is found here, where it holds up nobody. */
  PREPARE(Changes.FREE, PausePoint.PHASE_PREPARE),
  /** The version is v+1. Operations of v end; changes of v+1 wait for that; reads go on. */
  IN_PROGRESS(Changes.WAIT, PausePoint.PHASE_IN_PROGRESS),
  /** Changes of v that wait for the device end, too; then the tail is the cut. */
  WAIT_PENDING(Changes.WAIT, PausePoint.PHASE_WAIT_PENDING),
  /** What is below the cut is copied by changes, never changed, while it goes to the device. */
  WAIT_FLUSH(Changes.COPY, PausePoint.PHASE_WAIT_FLUSH),
  /** Data are made durable, then the manifest. */
  PERSISTENCE(Changes.COPY, PausePoint.PHASE_PERSISTENCE),
  /** Copies end before changes in place begin again: changes below the cut wait for that. */
  SETTLE(Changes.HOLD, PausePoint.PHASE_SETTLE);

  /** What a change may do to a record below the cut. */
  private enum Changes {
    FREE,
    WAIT,
    COPY,
    HOLD
  }

  private static final Phase[] PHASES = values();

  private final Changes changes;

  /** Where the coordinator stops that has moved to it. */
  final PausePoint pausePoint;

  Phase(Changes changes, PausePoint pausePoint) {
    this.changes = changes;
    this.pausePoint = pausePoint;
  }

  /** Whether a change must wait before it looks at anything. */
  public boolean stopsChanges() {
    return changes == Changes.WAIT;
  }

  /** Whether records below the cut must not be changed in place. */
  public boolean protectsCut() {
    return changes == Changes.COPY || changes == Changes.HOLD;
  }

  /** Whether records below the cut may be copied although they are not frozen. */
  public boolean copiesBelowCut() {
    return changes == Changes.COPY;
  }

  static Phase of(int ordinal) {
    return PHASES[ordinal];
  }
}
