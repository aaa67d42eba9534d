package dev.peregrine.internal.index;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** The pool's two words: the counter of new buckets, and the head of the stack of returned ones. */
public class OverflowBucketsTests {
  private abstract static class Pool {
    final OverflowBuckets pool;

    Pool(long capacity) {
      long words = Slices.take(2L * CacheLine.STRIDE_BYTES + capacity * HashBucket.BYTES);
      long base = words + 2L * CacheLine.STRIDE_BYTES;
      pool = new OverflowBuckets(base, capacity, words, words + CacheLine.STRIDE_BYTES);
    }

    /** Takes a bucket, which must be zeroed; 0 when there is none. */
    long take() {
      long number = pool.allocate();
      boolean zeroed = number == 0 || Memory.getLong(pool.addressOf(number)) == HashEntry.FREE;
      return zeroed ? number : -1;
    }
  }

  /** Two take the only bucket. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the first got it")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the second got it")
  @Outcome(expect = FORBIDDEN, desc = "both got it, or none, or one past the end")
  @State
  public static class LastBucket extends Pool {
    public LastBucket() {
      super(1);
    }

    @Actor
    public void first(JJ_Result r) {
      r.r1 = take();
    }

    @Actor
    public void second(JJ_Result r) {
      r.r2 = take();
    }
  }

  /** One pops a bucket while another pops two and pushes the first back (ABA). */
  @JCStressTest
  @Outcome(id = "ok", expect = ACCEPTABLE, desc = "each bucket has one owner, and none is lost")
  @Outcome(expect = FORBIDDEN, desc = "a bucket was handed out twice, or lost, or is not zeroed")
  @State
  public static class PopAgainstPopPopPush extends Pool {
    private static final int BUCKETS = 3;
    private long one;
    private long other;

    public PopAgainstPopPopPush() {
      super(BUCKETS);
      for (int i = 0; i < BUCKETS; i++) {
        pool.allocate();
      }
      for (int number = 1; number <= BUCKETS; number++) {
        pool.free(number);
      }
    }

    @Actor
    public void popper() {
      one = take();
    }

    @Actor
    public void poppingAndPushing() {
      long top = take();
      other = take();
      if (top > 0) {
        pool.free(top);
      }
    }

    @Arbiter
    public void end(L_Result r) {
      long[] owned = {one, other, take(), take()};
      int seen = 0;
      for (long number : owned) {
        if (number < 0) {
          r.r1 = "not zeroed";
          return;
        }
        if (number > 0 && (seen & 1 << number) != 0) {
          r.r1 = "twice";
          return;
        }
        seen |= 1 << number;
      }
      r.r1 = seen == 0b1111 ? "ok" : "lost";
    }
  }

  /** Two push, then all can be popped. */
  @JCStressTest
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "the first came last and lies on top")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "the second came last and lies on top")
  @Outcome(expect = FORBIDDEN, desc = "one is lost")
  @State
  public static class TwoPushes extends Pool {
    public TwoPushes() {
      super(2);
      pool.allocate();
      pool.allocate();
    }

    @Actor
    public void first() {
      pool.free(1);
    }

    @Actor
    public void second() {
      pool.free(2);
    }

    @Arbiter
    public void end(JJ_Result r) {
      r.r1 = take();
      r.r2 = take();
    }
  }
}
