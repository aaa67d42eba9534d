package dev.peregrine.internal.cpr;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.epoch.Epochs;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A session's operations against a coordinator that shifts the version: the serial that is captured
 * is that of the last operation of the old version.
 */
public class CommitPointTests {
  private static final long OLD = 1;
  private static final long NEW = 2;

  /** A store with one session; an operation counts itself for the version that it saw. */
  private abstract static class Shift {
    final LightEpoch epoch = Epochs.take(1);
    final long slot = epoch.acquireSlot();
    final long words = Slices.take(SystemState.BYTES);
    final SystemState state = new SystemState(OLD, words);
    final CommitPoint commit = new CommitPoint(LightEpoch.userWords(slot, CommitPoint.BYTES), 0);
    long version = OLD;
    long serial;
    int ofOld;

    void operate() {
      epoch.tryEnter(slot);
      serial++;
      adopt();
      if (version == OLD) {
        ofOld++;
      }
      commit.doneRelease(serial);
      epoch.leave(slot);
    }

    void adopt() {
      long seen = SystemState.version(state.wordAcquire());
      if (seen != version) {
        commit.adoptRelease(seen);
        version = seen;
      }
    }

    int shift() {
      state.move(Phase.IN_PROGRESS, NEW);
      long before = epoch.advance();
      while (epoch.safeEpoch() < before) {
        Thread.onSpinWait();
      }
      return (int) commit.serialBefore(NEW);
    }
  }

  /** Operations that come and go while the version shifts. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "all of the new version")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "shifted between the two")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "all of the old version")
  @Outcome(expect = FORBIDDEN, desc = "the captured serial is not that of the last old operation")
  @State
  public static class CaptureAgainstOperations extends Shift {
    @Actor
    public void session(II_Result r) {
      operate();
      operate();
      r.r2 = ofOld;
    }

    @Actor
    public void coordinator(II_Result r) {
      r.r1 = shift();
    }
  }

  /** A session that had been idle wakes at the instant of the capture. */
  @JCStressTest
  @Outcome(id = "3, 3", expect = ACCEPTABLE, desc = "woke after the shift")
  @Outcome(id = "4, 4", expect = ACCEPTABLE, desc = "woke before")
  @Outcome(expect = FORBIDDEN, desc = "the captured serial is not that of the last old operation")
  @State
  public static class CaptureAgainstWake extends Shift {
    public CaptureAgainstWake() {
      operate();
      operate();
      operate();
    }

    @Actor
    public void session(II_Result r) {
      operate();
      r.r2 = ofOld;
    }

    @Actor
    public void coordinator(II_Result r) {
      r.r1 = shift();
    }
  }

  /** An operation that waits between two attempts, and adopts the new version in the middle. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "it belongs to the new version")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "it belongs to the old version")
  @Outcome(expect = FORBIDDEN, desc = "it belongs to both, or to none")
  @State
  public static class CaptureAgainstRetry extends Shift {
    @Actor
    public void session(II_Result r) {
      epoch.tryEnter(slot);
      serial++;
      adopt();
      epoch.suspend(slot);
      epoch.resume(slot);
      adopt();
      ofOld += version == OLD ? 1 : 0;
      commit.doneRelease(serial);
      epoch.leave(slot);
      r.r2 = ofOld;
    }

    @Actor
    public void coordinator(II_Result r) {
      r.r1 = shift();
    }
  }

  /** What the last pending change did is seen with the count that says that none is left. */
  @JCStressTest
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "still pending")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "ended, and its change is seen")
  @Outcome(expect = FORBIDDEN, desc = "ended, but its change is not seen")
  @State
  public static class PendingAgainstCut {
    private final long words = Slices.take(CommitPoint.BYTES + Long.BYTES);
    private final CommitPoint commit = new CommitPoint(words, 0);
    private final long data = words + CommitPoint.BYTES;

    public PendingAgainstCut() {
      Memory.putLong(data, 0);
      commit.pendingChangesRelease(1);
    }

    @Actor
    public void session() {
      Memory.putLong(data, 1);
      commit.pendingChangesRelease(0);
    }

    @Actor
    public void coordinator(I_Result r) {
      r.r1 = commit.pendingChangesAcquire() == 0 ? (int) Memory.getLong(data) : -1;
    }
  }

  /** The cut is seen by whoever sees the phase that needs it. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "phase not seen yet")
  @Outcome(id = "4096", expect = ACCEPTABLE, desc = "phase and cut seen")
  @Outcome(expect = FORBIDDEN, desc = "the phase without its cut")
  @State
  public static class CutAgainstPhase {
    private final SystemState state = new SystemState(OLD, Slices.take(SystemState.BYTES));

    public CutAgainstPhase() {
      state.cutRelease(-1);
    }

    @Actor
    public void coordinator() {
      state.cutRelease(4096);
      state.move(Phase.WAIT_FLUSH, NEW);
    }

    @Actor
    public void session(I_Result r) {
      boolean needed = SystemState.phase(state.wordAcquire()).protectsCut();
      r.r1 = needed ? (int) state.cutAcquire() : 0;
    }
  }
}
