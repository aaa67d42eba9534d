package dev.peregrine.internal.ops;

import dev.peregrine.internal.cpr.CommitPoint;
import dev.peregrine.internal.cpr.Phase;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.LogWindow;

/**
 * What a session has adopted of the system state: which version its operations belong to, and what
 * they may do to which record. It is adopted inside the epoch, before an operation or between two
 * attempts, and holds for what is done until the epoch is left. Used by who holds the session's
 * slot.
 */
final class AdoptedState {
  /** Equal to no state: each operation must look. */
  private static final long UNKNOWN = 0;

  private final SystemState state;
  private final CommitPoint commit;
  private final HybridLog log;
  private final LogWindow window;
  private long version;

  /** The version of the record that is being written: the one before for what was pending. */
  private long recordVersion;

  /** Below it nothing is changed in place; 0 but during a checkpoint. */
  private long changeFloor;

  /** What lies below it may be copied though it is not frozen; 0 but during a checkpoint. */
  private long copyFloor;

  private boolean changesStopped;

  AdoptedState(SystemState state, CommitPoint commit, HybridLog log) {
    this.state = state;
    this.commit = commit;
    this.log = log;
    this.window = log.window();
  }

  /**
   * Adopts a state.
   *
   * @param word that was read inside the epoch
   * @param completing whether it is a change that had been pending that goes on
   * @return what later operations may compare the state with
   */
  long adopt(long word, boolean completing) {
    long adopted = SystemState.version(word);
    if (adopted != version) {
      commit.adoptRelease(adopted);
      version = adopted;
    }
    Phase phase = SystemState.phase(word);
    changesStopped = phase.stopsChanges();
    recordVersion = completing && changesStopped ? adopted - 1 : adopted;
    long cut = phase.protectsCut() ? state.cutAcquire() : 0;
    changeFloor = cut;
    copyFloor = phase.copiesBelowCut() ? cut : 0;
    return changesStopped || SystemState.isFailed(word) ? UNKNOWN : word;
  }

  /** A change that had been pending is over. */
  void completed() {
    recordVersion = version;
  }

  /** Whether changes must wait before they look at anything. */
  boolean stopsChanges() {
    return changesStopped;
  }

  long version() {
    return version;
  }

  /** The version of a record that is written now. */
  long recordVersion() {
    return recordVersion;
  }

  /** Whether a record in memory may be changed in place. */
  boolean isMutable(long address) {
    return address >= window.readOnlyAcquire() && address >= changeFloor;
  }

  /** Whether a record that is not mutable may be copied: nobody changes it any more. */
  boolean isFrozen(long address) {
    return address < log.safeReadOnlyAcquire() || address < copyFloor;
  }
}
