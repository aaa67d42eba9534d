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
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Epoch slots and the current epoch: 0 to announced to 0, announced to suspended and back, against
 * the increment of the current epoch and the scan of the slots.
 *
 * <p>The pair of stores and loads in {@link PublishAgainstReclaim} is Dekker's: it fails on x86 as
 * well when one of the two full fences is missing.
 */
public class LightEpochTests {
  private static final int SLOTS = 2;
  private static final int ALIVE = 1;
  private static final int POISON = 0;

  /** Loads for which a reader stays: about as long as reclaiming takes. */
  private static final int DWELL = 40;

  /** An epoch in a slice, and two words: a marker, and the data that it protects. */
  private abstract static class EpochState {
    final LightEpoch epoch = Epochs.take(SLOTS);
    final long slot = epoch.acquireSlot();
    final long marker = Slices.take(2L * CacheLine.STRIDE_BYTES);
    final long data = marker + CacheLine.STRIDE_BYTES;

    EpochState() {
      Memory.putLongVolatile(data, ALIVE);
    }

    /** Brings the lines that are read next into the cache, so that a store lags behind loads. */
    void warmUp() {
      Memory.getLongAcquire(marker);
      Memory.getLongAcquire(data);
    }

    /** What the data is after a while, or −1 if the marker says that it is gone. */
    int lookInside() {
      if (Memory.getLongAcquire(marker) != 0) {
        return -1;
      }
      long seen = ALIVE;
      for (int i = 0; i < DWELL && seen == ALIVE; i++) {
        seen = Memory.getLongOpaque(data);
      }
      return (int) seen;
    }

    void reclaim() {
      // Takes the slot's line away from the reader, whose announcement then waits for it.
      epoch.safeEpoch();
      Memory.putLongRelease(marker, 1);
      epoch.bump(argument -> Memory.putLong(data, POISON), 0);
    }
  }

  /** What a reader may find while the data is reclaimed. */
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "the reader was inside: reclaiming waited for it")
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "the reader saw that the marker had moved")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "reclaimed under the reader")
  public static class Reclaimed {}

  /** The slot's announcement against the reading of a marker that moves before the bump. */
  @JCStressTest
  @JCStressMeta(Reclaimed.class)
  @State
  public static class PublishAgainstReclaim extends EpochState {
    @Actor
    public void reader(I_Result r) {
      warmUp();
      epoch.tryEnter(slot);
      r.r1 = lookInside();
      epoch.leave(slot);
    }

    @Actor
    public void reclaimer() {
      reclaim();
    }
  }

  /** Entering again after a suspension, against the same. */
  @JCStressTest
  @JCStressMeta(Reclaimed.class)
  @State
  public static class ResumeAgainstReclaim extends EpochState {
    public ResumeAgainstReclaim() {
      epoch.tryEnterSuspended(slot);
    }

    @Actor
    public void reader(I_Result r) {
      warmUp();
      epoch.resume(slot);
      r.r1 = lookInside();
      epoch.suspend(slot);
    }

    @Actor
    public void reclaimer() {
      reclaim();
    }
  }

  /** The bump comes from another thread than the marker, which an older action has drained. */
  @JCStressTest
  @JCStressMeta(Reclaimed.class)
  @State
  public static class ReclaimInTwoSteps extends EpochState {
    @Actor
    public void reader(I_Result r) {
      warmUp();
      epoch.tryEnter(slot);
      r.r1 = lookInside();
      epoch.leave(slot);
    }

    @Actor
    public void reclaimer() {
      epoch.safeEpoch();
      // The marker moves by an action itself, as safeReadOnly does, and the next bump follows it.
      epoch.bump(argument -> Memory.putLongRelease(marker, argument), 1);
      if (Memory.getLongAcquire(marker) == 1) {
        epoch.bump(argument -> Memory.putLong(data, argument), POISON);
      }
    }
  }

  /** What was written inside of the epoch is seen by the action that waited for it. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "entered after the bump: nothing was written")
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "the action saw what the writer had left")
  @Outcome(expect = FORBIDDEN, desc = "the action ran before the writer's store was visible")
  @State
  public static class LeaveAgainstAction extends EpochState {
    private int seen;

    @Actor
    public void writer() {
      epoch.tryEnter(slot);
      if (Memory.getLongAcquire(marker) == 0) {
        Memory.putLong(data, 2);
      }
      epoch.leave(slot);
    }

    @Actor
    public void freezer() {
      Memory.putLongRelease(marker, 1);
      epoch.bump(argument -> seen = (int) Memory.getLong(data), 0);
    }

    @Arbiter
    public void end(I_Result r) {
      epoch.drain();
      r.r1 = seen == Memory.getLong(data) ? seen : -1;
    }
  }

  /** Two threads enter one slot. */
  @JCStressTest
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the first got it")
  @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the second got it")
  @Outcome(expect = FORBIDDEN, desc = "both or none")
  @State
  public static class TwoEnterOneSlot extends EpochState {
    @Actor
    public void first(ZZ_Result r) {
      r.r1 = epoch.tryEnter(slot);
    }

    @Actor
    public void second(ZZ_Result r) {
      r.r2 = epoch.tryEnterSuspended(slot);
    }
  }

  /** A slot goes from thread to thread: plain fields of its owner go with it. */
  @JCStressTest
  @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "one after the other")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the second was refused")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the first was refused")
  @Outcome(expect = FORBIDDEN, desc = "both were inside, or a plain write did not go along")
  @State
  public static class HandOver extends EpochState {
    private int plain;

    private int count() {
      if (!epoch.tryEnter(slot)) {
        return 0;
      }
      plain++;
      epoch.leave(slot);
      return 1;
    }

    @Actor
    public void first(III_Result r) {
      r.r1 = count();
    }

    @Actor
    public void second(III_Result r) {
      r.r2 = count();
    }

    @Arbiter
    public void end(III_Result r) {
      r.r3 = plain;
    }
  }

  /** Two readers, of which one leaves and comes back, against the same. */
  @JCStressTest
  @Outcome(id = "(-1|1), (-1|1)", expect = ACCEPTABLE, desc = "alive, or known to be gone")
  @Outcome(expect = FORBIDDEN, desc = "reclaimed under a reader")
  @State
  public static class TwoReadersAgainstReclaim extends EpochState {
    private final long otherSlot = epoch.acquireSlot();

    @Actor
    public void reader(II_Result r) {
      warmUp();
      epoch.tryEnter(slot);
      r.r1 = lookInside();
      epoch.leave(slot);
    }

    @Actor
    public void other(II_Result r) {
      epoch.tryEnter(otherSlot);
      epoch.leave(otherSlot);
      epoch.tryEnter(otherSlot);
      r.r2 = lookInside();
      epoch.leave(otherSlot);
    }

    @Actor
    public void reclaimer() {
      reclaim();
    }
  }
}
