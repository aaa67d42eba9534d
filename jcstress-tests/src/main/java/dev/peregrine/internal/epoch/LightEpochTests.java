package dev.peregrine.internal.epoch;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Epoch slots, the current epoch, and the actions that wait for it. */
public class LightEpochTests {
  private static final int SLOTS = 2;
  private static final int ALIVE = 1;

  /** An epoch in a slice, with two words behind it. */
  private abstract static class EpochState {
    final long words = Slices.take(LightEpoch.bytesFor(SLOTS) + 2L * CacheLine.STRIDE_BYTES);
    final LightEpoch epoch = new LightEpoch(SLOTS, words);
    final long slot = epoch.acquireSlot();
    final long marker = words + LightEpoch.bytesFor(SLOTS);
    final long data = marker + CacheLine.STRIDE_BYTES;
    final AtomicInteger runs = new AtomicInteger();
  }

  /** The slot's announcement against the reading of a marker that moves before the bump. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "the reader was inside: reclaiming waited for it")
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "the reader saw that the marker had moved")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "reclaimed under the reader")
  @State
  public static class PublishAgainstReclaim extends EpochState {
    public PublishAgainstReclaim() {
      Memory.putLongVolatile(data, ALIVE);
    }

    @Actor
    public void reader(I_Result r) {
      epoch.tryEnter(slot);
      r.r1 = Memory.getLongAcquire(marker) == 0 ? (int) Memory.getLong(data) : -1;
      epoch.leave(slot);
    }

    @Actor
    public void reclaimer() {
      Memory.putLongRelease(marker, 1);
      epoch.bump(argument -> Memory.putLong(data, 0), 0);
    }
  }

  /** Entering again after a suspension, against the same. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "the reader was inside: reclaiming waited for it")
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "the reader saw that the marker had moved")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "reclaimed under the reader")
  @State
  public static class ResumeAgainstReclaim extends EpochState {
    public ResumeAgainstReclaim() {
      Memory.putLongVolatile(data, ALIVE);
      epoch.tryEnterSuspended(slot);
    }

    @Actor
    public void reader(I_Result r) {
      epoch.resume(slot);
      r.r1 = Memory.getLongAcquire(marker) == 0 ? (int) Memory.getLong(data) : -1;
      epoch.suspend(slot);
    }

    @Actor
    public void reclaimer() {
      Memory.putLongRelease(marker, 1);
      epoch.bump(argument -> Memory.putLong(data, 0), 0);
    }
  }

  /** The last one leaves while another drains: the action runs once. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "run by the leaver, the drainer, or at the end")
  @Outcome(expect = FORBIDDEN, desc = "lost, or run twice")
  @State
  public static class TwoDrainers extends EpochState {
    public TwoDrainers() {
      epoch.tryEnter(slot);
      epoch.bump(argument -> runs.incrementAndGet(), 0);
    }

    @Actor
    public void leaver() {
      epoch.leave(slot);
    }

    @Actor
    public void drainer() {
      epoch.drain();
    }

    @Arbiter
    public void end(I_Result r) {
      epoch.drain();
      r.r1 = runs.get();
    }
  }

  /** An action is registered while the last one leaves: the next drain finds it. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "run exactly once, by someone")
  @Outcome(expect = FORBIDDEN, desc = "lost, or run twice, or refused")
  @State
  public static class BumpAgainstLeave extends EpochState {
    public BumpAgainstLeave() {
      epoch.tryEnter(slot);
    }

    @Actor
    public void leaver() {
      epoch.leave(slot);
    }

    @Actor
    public void bumper(II_Result r) {
      r.r1 = epoch.bump(argument -> runs.incrementAndGet(), 0) ? 1 : 0;
    }

    @Arbiter
    public void end(II_Result r) {
      epoch.drain();
      r.r2 = runs.get();
    }
  }

  /** An action does not run while a slot is inside that was inside when it was registered. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "not before the slot was left")
  @Outcome(expect = FORBIDDEN, desc = "run early, or lost")
  @State
  public static class NeverEarly extends EpochState {
    private final long other = epoch.acquireSlot();

    public NeverEarly() {
      epoch.tryEnter(slot);
    }

    @Actor
    public void bumper() {
      epoch.bump(argument -> runs.incrementAndGet(), 0);
    }

    @Actor
    public void passerBy() {
      epoch.tryEnter(other);
      epoch.leave(other);
      epoch.drain();
    }

    @Arbiter
    public void end(II_Result r) {
      epoch.drain();
      r.r1 = runs.get();
      epoch.leave(slot);
      epoch.drain();
      r.r2 = runs.get();
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
      r.r2 = epoch.tryEnter(slot);
    }
  }
}
