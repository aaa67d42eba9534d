package dev.peregrine.internal.hlog;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Slices;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJI_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** The tail word at the turn of a page of 4 KiB. */
public class TailAllocatorTests {
  private static final int PAGE_BITS = 12;
  private static final int PAGE_BYTES = 1 << PAGE_BITS;
  private static final int RECORD_BYTES = 64;

  private abstract static class Tail implements TailAllocator.FrameGate {
    final AtomicInteger opened = new AtomicInteger();
    final TailAllocator tail;

    Tail(long firstAddress) {
      long word = Slices.take(CacheLine.STRIDE_BYTES);
      tail = new TailAllocator(PAGE_BITS, firstAddress, this, word);
    }

    @Override
    public boolean isFree(long page) {
      return true;
    }

    @Override
    public void onOpened(long page) {
      opened.incrementAndGet();
    }
  }

  /** Room for one more: who comes second opens the page, whoever of the two does it. */
  @JCStressTest
  @Outcome(id = "4032, 4096, 1", expect = ACCEPTABLE, desc = "the first took the rest of the page")
  @Outcome(id = "4096, 4032, 1", expect = ACCEPTABLE, desc = "the second took the rest of the page")
  @Outcome(expect = FORBIDDEN, desc = "overlap, a hole, or a page opened twice")
  @State
  public static class RoomForOne extends Tail {
    public RoomForOne() {
      super(PAGE_BYTES - RECORD_BYTES);
    }

    @Actor
    public void first(JJI_Result r) {
      r.r1 = tail.allocate(RECORD_BYTES);
    }

    @Actor
    public void second(JJI_Result r) {
      r.r2 = tail.allocate(RECORD_BYTES);
    }

    @Arbiter
    public void end(JJI_Result r) {
      r.r3 = opened.get();
    }
  }

  /** A page that is full for both: it is turned once. */
  @JCStressTest
  @Outcome(id = "4096, 4160, 1", expect = ACCEPTABLE, desc = "the first came first")
  @Outcome(id = "4160, 4096, 1", expect = ACCEPTABLE, desc = "the second came first")
  @Outcome(expect = FORBIDDEN, desc = "overlap, a hole, or a page opened twice")
  @State
  public static class BothTurn extends Tail {
    public BothTurn() {
      super(PAGE_BYTES - RECORD_BYTES / 2);
    }

    @Actor
    public void first(JJI_Result r) {
      r.r1 = tail.allocate(RECORD_BYTES);
    }

    @Actor
    public void second(JJI_Result r) {
      r.r2 = tail.allocate(RECORD_BYTES);
    }

    @Arbiter
    public void end(JJI_Result r) {
      r.r3 = opened.get();
    }
  }

  /** No frame for the next page: who does not fit waits, and gets it later. */
  @JCStressTest
  @Outcome(id = "4032, -1", expect = ACCEPTABLE, desc = "the second waits")
  @Outcome(id = "-1, 4032", expect = ACCEPTABLE, desc = "the first waits")
  @Outcome(expect = FORBIDDEN, desc = "a page without a frame, or the rest of the page lost")
  @State
  public static class NoFrame extends Tail {
    public NoFrame() {
      super(PAGE_BYTES - RECORD_BYTES);
    }

    @Override
    public boolean isFree(long page) {
      return false;
    }

    @Actor
    public void first(JJ_Result r) {
      r.r1 = tail.allocate(RECORD_BYTES);
    }

    @Actor
    public void second(JJ_Result r) {
      r.r2 = tail.allocate(RECORD_BYTES);
    }
  }
}
