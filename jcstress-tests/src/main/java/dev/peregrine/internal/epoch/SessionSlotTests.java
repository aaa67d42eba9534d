package dev.peregrine.internal.epoch;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A slot with an owner, who enters without a fence, against those who put the barrier into its
 * thread: a new epoch, another user, a helper.
 */
public class SessionSlotTests {
  private static final int ALIVE = 1;
  private static final int POISON = 0;

  /** Loads for which somebody stays inside. */
  private static final int DWELL = 40;

  /** Looks for which the other side waits at most until there is an owner. */
  private static final int PATIENCE = 20_000;

  private abstract static class SlotState {
    final LightEpoch epoch = Epochs.take(2);
    final SessionSlot slot = new SessionSlot(epoch, epoch.acquireSlot(), 1);
    final long marker = Slices.take(3L * CacheLine.STRIDE_BYTES);
    final long data = marker + CacheLine.STRIDE_BYTES;
    final long ready = data + CacheLine.STRIDE_BYTES;
    private int plain;

    SlotState() {
      Memory.putLongVolatile(data, ALIVE);
    }

    /** Makes the thread the owner, and lets the other side begin. */
    void own() {
      for (int i = 0; i < 2; i++) {
        slot.tryEnter();
        slot.leave();
      }
      Memory.getLongAcquire(marker);
      Memory.getLongAcquire(data);
      Memory.putLongVolatile(ready, 1);
    }

    void awaitOwner() {
      for (int i = 0; i < PATIENCE && Memory.getLongAcquire(ready) == 0; i++) {
        Thread.onSpinWait();
      }
    }

    void dwell() {
      for (int i = 0; i < DWELL; i++) {
        Memory.getLongOpaque(data);
      }
    }

    /** Counts in a field that only who is inside may touch. */
    void count() {
      int before = plain;
      dwell();
      plain = before + 1;
    }

    int tryCount() {
      if (!slot.tryEnter()) {
        return 0;
      }
      count();
      slot.leave();
      return 1;
    }

    int counted() {
      return plain;
    }
  }

  /** The owner's announcement against the reading of a marker that moves before the bump. */
  @JCStressTest
  @JCStressMeta(LightEpochTests.Reclaimed.class)
  @State
  public static class OwnerAgainstReclaim extends SlotState {
    @Actor
    public void owner(I_Result r) {
      own();
      slot.tryEnter();
      long seen = Memory.getLongAcquire(marker) == 0 ? ALIVE : -1;
      for (int i = 0; i < DWELL && seen == ALIVE; i++) {
        seen = Memory.getLongOpaque(data);
      }
      r.r1 = (int) seen;
      slot.leave();
    }

    @Actor
    public void reclaimer() {
      awaitOwner();
      // Takes the slot's line away from the owner, whose announcement then waits for it.
      epoch.safeEpoch();
      Memory.putLongRelease(marker, 1);
      epoch.bump(argument -> Memory.putLong(data, POISON), 0);
    }
  }

  /** The owner and another user. */
  @JCStressTest
  @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "one after the other")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the other was refused")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the owner was refused")
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "each found the other")
  @Outcome(expect = FORBIDDEN, desc = "both were inside, or a plain write did not go along")
  @State
  public static class OwnerAgainstOther extends SlotState {
    @Actor
    public void owner(III_Result r) {
      own();
      r.r1 = tryCount();
    }

    @Actor
    public void other(III_Result r) {
      awaitOwner();
      // Takes the slot's line away from the owner, whose announcement then waits for it.
      slot.announced();
      r.r2 = tryCount();
    }

    @Arbiter
    public void end(III_Result r) {
      r.r3 = counted();
    }
  }

  /** The owner and a helper, after whom the slot is the owner's again. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the helper found the owner inside")
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "one after the other")
  @Outcome(expect = FORBIDDEN, desc = "both were inside, or a plain write did not go along")
  @State
  public static class OwnerAgainstHelper extends SlotState {
    @Actor
    public void owner() {
      own();
      while (tryCount() == 0) {
        Thread.onSpinWait();
      }
    }

    @Actor
    public void helper(II_Result r) {
      awaitOwner();
      slot.announced();
      if (slot.tryHold()) {
        count();
        slot.letGo();
        r.r1 = 1;
      }
    }

    @Arbiter
    public void end(II_Result r) {
      r.r2 = counted();
    }
  }
}
