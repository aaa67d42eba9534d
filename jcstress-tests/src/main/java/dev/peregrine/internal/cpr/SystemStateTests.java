package dev.peregrine.internal.cpr;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The system-state word. */
public class SystemStateTests {
  /** Closing against an operation that enters: refused, or over before the memory goes. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "entered before: freeing waited for it")
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "refused")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "not refused, and the memory was gone")
  @State
  public static class CloseAgainstEnter {
    private static final LightEpoch EPOCH = new LightEpoch(1);
    private static final long SLOT = EPOCH.acquireSlot();

    private final long words = Slices.take(2L * CacheLine.STRIDE_BYTES);
    private final SystemState state = new SystemState(words);
    private final long data = words + CacheLine.STRIDE_BYTES;

    public CloseAgainstEnter() {
      Memory.putLongVolatile(data, 1);
    }

    @Actor
    public void operation(I_Result r) {
      EPOCH.tryEnter(SLOT);
      r.r1 = SystemState.isClosed(state.wordAcquire()) ? -1 : (int) Memory.getLong(data);
      EPOCH.leave(SLOT);
    }

    @Actor
    public void closer() {
      state.close();
      EPOCH.bump(argument -> Memory.putLong(data, 0), 0);
    }
  }

  /** Two close: one of them is the first. */
  @JCStressTest
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the first closed it")
  @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the second closed it")
  @Outcome(expect = FORBIDDEN, desc = "both or none")
  @State
  public static class TwoClose {
    private final SystemState state = new SystemState(Slices.take(CacheLine.STRIDE_BYTES));

    @Actor
    public void first(ZZ_Result r) {
      r.r1 = state.close();
    }

    @Actor
    public void second(ZZ_Result r) {
      state.fail();
      r.r2 = state.close();
    }
  }
}
