package dev.peregrine.internal.epoch;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/**
 * The drain list's slot words ({@code FREE → LOCKED → epoch → LOCKED → FREE}): an action runs
 * exactly once, never early, with its own argument, and is never lost.
 */
public class DrainListTests {
  private static final int SLOTS = 2;

  private abstract static class Actions {
    final LightEpoch epoch = Epochs.take(SLOTS);
    final long slot = epoch.acquireSlot();
    final AtomicInteger runs = new AtomicInteger();
  }

  /** The last one leaves while another drains. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "run by the leaver, the drainer, or at the end")
  @Outcome(expect = FORBIDDEN, desc = "lost, or run twice")
  @State
  public static class LeaveAgainstDrain extends Actions {
    public LeaveAgainstDrain() {
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

  /** Two drain what is safe already; the actions carry different arguments. */
  @JCStressTest
  @Outcome(id = "111, 3", expect = ACCEPTABLE, desc = "each of the three ran once")
  @Outcome(expect = FORBIDDEN, desc = "lost, run twice, or with another one's argument")
  @State
  public static class TwoDrainers {
    private final AtomicInteger waiting = new AtomicInteger();
    private final DrainList list = new DrainList(3, waiting);
    private final AtomicInteger sum = new AtomicInteger();
    private final AtomicInteger ran = new AtomicInteger();

    public TwoDrainers() {
      for (int argument = 1, epoch = 1; argument <= 100; argument *= 10, epoch++) {
        list.publish(list.claim(), epoch, added -> sum.addAndGet((int) added), argument);
      }
    }

    private void drain() {
      try {
        ran.addAndGet(list.drain(3));
      } catch (NullPointerException e) {
        // The action was gone: another one had taken it, too.
        ran.addAndGet(-100);
      }
    }

    @Actor
    public void first() {
      drain();
    }

    @Actor
    public void second() {
      drain();
    }

    @Arbiter
    public void end(II_Result r) {
      r.r1 = sum.get();
      r.r2 = waiting.get() == 0 ? ran.get() : -1;
    }
  }

  /** An action is registered while the last one leaves: the next drain finds it. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "run exactly once, by someone")
  @Outcome(expect = FORBIDDEN, desc = "lost, run twice, or refused")
  @State
  public static class BumpAgainstLeave extends Actions {
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

  /** Two register while a third party is inside. */
  @JCStressTest
  @Outcome(id = "0, 11, 0", expect = ACCEPTABLE, desc = "both ran after the slot was left")
  @Outcome(expect = FORBIDDEN, desc = "run early, lost, run twice, or two in one slot")
  @State
  public static class TwoBumpers extends Actions {
    public TwoBumpers() {
      epoch.tryEnter(slot);
    }

    @Actor
    public void first() {
      epoch.bump(argument -> runs.addAndGet((int) argument), 1);
    }

    @Actor
    public void second() {
      epoch.bump(argument -> runs.addAndGet((int) argument), 10);
    }

    @Arbiter
    public void end(III_Result r) {
      r.r1 = runs.get();
      epoch.leave(slot);
      r.r2 = runs.get();
      epoch.drain();
      r.r3 = runs.get() - r.r2;
    }
  }

  /** An action does not run while a slot is inside that was inside when it was registered. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "not before the slot was left")
  @Outcome(expect = FORBIDDEN, desc = "run early, or lost")
  @State
  public static class NeverEarly extends Actions {
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

  /** The one slot is used again for a later epoch, while somebody drains up to the earlier one. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the first ran once, the second did not yet")
  @Outcome(expect = FORBIDDEN, desc = "the later action ran early, or the first one twice")
  @State
  public static class ReuseAgainstDrain {
    private final DrainList list = new DrainList(1, new AtomicInteger());
    private final AtomicInteger early = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();

    public ReuseAgainstDrain() {
      list.publish(list.claim(), 1, argument -> early.incrementAndGet(), 0);
    }

    @Actor
    public void user() {
      list.drain(1);
      int slot = list.claim();
      if (slot >= 0) {
        list.publish(slot, 2, argument -> late.incrementAndGet(), 0);
      }
    }

    @Actor
    public void drainer() {
      list.drain(1);
    }

    @Arbiter
    public void end(II_Result r) {
      r.r1 = early.get();
      r.r2 = late.get();
    }
  }

  /** Two want the last free slot. */
  @JCStressTest
  @Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "the first got it")
  @Outcome(id = "false, true, 10", expect = ACCEPTABLE, desc = "the second got it")
  @Outcome(expect = FORBIDDEN, desc = "both got it, or none, or the loser's action ran")
  @State
  public static class LastSlot {
    private final DrainList list = new DrainList(1, new AtomicInteger());
    private final AtomicInteger runs = new AtomicInteger();

    private boolean register(long epoch, int argument) {
      int slot = list.claim();
      if (slot >= 0) {
        list.publish(slot, epoch, added -> runs.addAndGet((int) added), argument);
      }
      return slot >= 0;
    }

    @Actor
    public void first(ZZI_Result r) {
      r.r1 = register(1, 1);
    }

    @Actor
    public void second(ZZI_Result r) {
      r.r2 = register(2, 10);
    }

    @Arbiter
    public void end(ZZI_Result r) {
      list.drain(2);
      r.r3 = runs.get();
    }
  }

  /** Two drain and one registers in a list of one place: nobody takes what another one has. */
  @JCStressTest
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "both ran once")
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "no place yet for the second")
  @Outcome(expect = FORBIDDEN, desc = "run twice, or lost, or still counted")
  @State
  public static class TwoDrainersAndReuse {
    private final AtomicInteger waiting = new AtomicInteger();
    private final DrainList list = new DrainList(1, waiting);
    private final AtomicInteger first = new AtomicInteger();
    private final AtomicInteger second = new AtomicInteger();

    public TwoDrainersAndReuse() {
      list.publish(list.claim(), 1, argument -> first.incrementAndGet(), 0);
    }

    @Actor
    public void drainer() {
      list.drain(2);
    }

    @Actor
    public void other() {
      list.drain(2);
    }

    @Actor
    public void user() {
      int slot = list.claim();
      if (slot >= 0) {
        list.publish(slot, 2, argument -> second.incrementAndGet(), 0);
      }
    }

    @Arbiter
    public void end(III_Result r) {
      list.drain(2);
      r.r1 = first.get();
      r.r2 = second.get();
      r.r3 = waiting.get();
    }
  }
}
