package dev.peregrine.internal.hlog;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.hlog.LogRegions.Marker;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** What a checkpoint asks of a log while others work: marks of changed pages, a pin of the head. */
public class CheckpointWordsTests {
  private static final long FRAMES = 4;
  private static final long PAGE = 5;

  /** Two operations of different versions change one page: the later version stays. */
  @JCStressTest
  @Outcome(id = "8", expect = ACCEPTABLE, desc = "the later version")
  @Outcome(expect = FORBIDDEN, desc = "a change of the later version is lost")
  @State
  public static class TwoVersionsMark {
    private final ChangeMarks marks =
        new ChangeMarks(FRAMES, Slices.take(ChangeMarks.bytesFor(FRAMES)));

    @Actor
    public void earlier() {
      marks.raise(PAGE, 7);
    }

    @Actor
    public void later() {
      marks.raise(PAGE, 8);
    }

    @Arbiter
    public void end(J_Result r) {
      r.r1 = marks.get(PAGE);
    }
  }

  /** The head is pinned while the worker moves it: it stays where the pin says that it is. */
  @JCStressTest
  @Outcome(id = "100, 200", expect = ACCEPTABLE, desc = "pinned before: the head stops at the pin")
  @Outcome(id = "300, 300", expect = ACCEPTABLE, desc = "moved before, and known to whoever pins")
  @Outcome(expect = FORBIDDEN, desc = "the head passed a pin")
  @State
  public static class PinAgainstAdvance {
    private final LogRegions regions =
        new LogRegions(100, Slices.take((long) Marker.values().length * CacheLine.STRIDE_BYTES));
    private final HeadPin pin = new HeadPin(regions);

    @Actor
    public void checkpoint(JJ_Result r) {
      r.r1 = pin.pin(200);
    }

    @Actor
    public void worker() {
      pin.advance(300);
    }

    @Arbiter
    public void end(JJ_Result r) {
      r.r2 = regions.headAcquire();
    }
  }
}
