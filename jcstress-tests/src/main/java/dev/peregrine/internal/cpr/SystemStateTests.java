package dev.peregrine.internal.cpr;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.epoch.Epochs;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The system-state word: open to closed, against operations that enter and look at it. */
public class SystemStateTests {
  private static final int REFUSED = -1;
  private static final int IN_USE = -2;

  private abstract static class OpenStore {
    final LightEpoch epoch = Epochs.take(1);
    final long slot = epoch.acquireSlot();
    final long words = Slices.take(SystemState.BYTES + CacheLine.STRIDE_BYTES);
    final SystemState state = new SystemState(SystemState.FIRST_VERSION, words);
    final long data = words + SystemState.BYTES;

    OpenStore() {
      Memory.putLongVolatile(data, 1);
    }

    /** An operation: enters, looks at the word, touches the data, leaves. */
    int operate() {
      if (!epoch.tryEnter(slot)) {
        return IN_USE;
      }
      int seen = SystemState.isClosed(state.wordAcquire()) ? REFUSED : (int) Memory.getLong(data);
      epoch.leave(slot);
      return seen;
    }
  }

  /** Closing by an epoch action. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "entered before: freeing waited for it")
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "refused")
  @Outcome(expect = FORBIDDEN, desc = "not refused, and the memory was gone")
  @State
  public static class CloseAgainstEnter extends OpenStore {
    @Actor
    public void operation(I_Result r) {
      r.r1 = operate();
    }

    @Actor
    public void closer() {
      state.close();
      epoch.bump(argument -> Memory.putLong(data, 0), 0);
    }
  }

  /** Closing as the store does it: by taking each session's slot, and keeping it. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "entered before: closing waited for its slot")
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "entered after the word was closed: refused")
  @Outcome(id = "-2", expect = ACCEPTABLE, desc = "the slot was taken already: refused")
  @Outcome(expect = FORBIDDEN, desc = "not refused, and the memory was gone")
  @State
  public static class CloseBySlotAgainstEnter extends OpenStore {
    @Actor
    public void operation(I_Result r) {
      r.r1 = operate();
    }

    @Actor
    public void closer() {
      state.close();
      while (!epoch.tryEnterSuspended(slot)) {
        Thread.onSpinWait();
      }
      Memory.putLong(data, 0);
    }
  }

  /** Two close: one of them is the first, and a failure at the same time gets lost by neither. */
  @JCStressTest
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the first closed it")
  @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the second closed it")
  @Outcome(expect = FORBIDDEN, desc = "both or none")
  @State
  public static class TwoClose extends OpenStore {
    @Actor
    public void first(ZZ_Result r) {
      r.r1 = state.close();
    }

    @Actor
    public void second(ZZ_Result r) {
      state.fail();
      r.r2 = state.close() && SystemState.isFailed(state.wordAcquire());
    }
  }

  /** The phase moves while the store is closed and fails: no bit is lost, and no move. */
  @JCStressTest
  @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "closed, and moved")
  @Outcome(expect = FORBIDDEN, desc = "open again, or not moved")
  @State
  public static class MoveAgainstClose extends OpenStore {
    @Actor
    public void coordinator() {
      state.move(Phase.PREPARE, SystemState.FIRST_VERSION);
    }

    @Actor
    public void closer(ZZZ_Result r) {
      r.r1 = state.close();
    }

    @Arbiter
    public void end(ZZZ_Result r) {
      long word = state.wordAcquire();
      r.r2 = SystemState.isClosed(word);
      r.r3 = SystemState.phase(word) == Phase.PREPARE;
    }
  }

  /** The same with a failure at the same time, and with moves one after the other. */
  @JCStressTest
  @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "closed, failed, and moved")
  @Outcome(expect = FORBIDDEN, desc = "a bit or a move is lost")
  @State
  public static class MovesAgainstCloseAndFail extends OpenStore {
    @Actor
    public void coordinator() {
      state.move(Phase.PREPARE, SystemState.FIRST_VERSION);
      state.move(Phase.IN_PROGRESS, SystemState.FIRST_VERSION + 1);
    }

    @Actor
    public void closer() {
      state.close();
    }

    @Actor
    public void worker() {
      state.fail();
    }

    @Arbiter
    public void end(ZZZ_Result r) {
      long word = state.wordAcquire();
      r.r1 = SystemState.isClosed(word);
      r.r2 = SystemState.isFailed(word);
      r.r3 =
          SystemState.phase(word) == Phase.IN_PROGRESS
              && SystemState.version(word) == SystemState.FIRST_VERSION + 1;
    }
  }
}
