package dev.peregrine.internal.index;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * The change of a bucket's last entry to the wildcard, when the overflow pool is exhausted, against
 * everything else that happens to that bucket.
 */
public class WildcardTests {
  /**
   * A full bucket, no overflow left: both tags come to the wildcard, and share its chain with the
   * tag that it had.
   */
  @JCStressTest
  @Outcome(
      id = "448, 1024, 2048",
      expect = ACCEPTABLE,
      desc = "first, then second, on the old chain")
  @Outcome(
      id = "2048, 448, 1024",
      expect = ACCEPTABLE,
      desc = "second, then first, on the old chain")
  @Outcome(expect = FORBIDDEN, desc = "a chain is cut")
  @State
  public static class TwoToTheWildcard extends OneBucket {
    public TwoToTheWildcard() {
      super(0, 7);
    }

    @Actor
    public void first(JJJ_Result r) {
      r.r1 = link(hash(1, 0), FIRST);
    }

    @Actor
    public void second(JJJ_Result r) {
      r.r2 = link(hash(2, 0), SECOND);
    }

    @Arbiter
    public void end(JJJ_Result r) {
      // All of the wildcard's tags lead to one head.
      long head = index.find(hash(106, 6));
      r.r3 = head == index.find(hash(1, 0)) && head == index.find(hash(2, 0)) ? head : -1;
    }
  }

  /**
   * The last free entry, taken by one tag, while another tag of the bucket makes a wildcard of it:
   * no key may become invisible.
   */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both keys are on the chain of their tag")
  @Outcome(expect = FORBIDDEN, desc = "a key is lost")
  @State
  public static class TentativeAgainstWildcard extends OneBucket {
    private long belowFirst;
    private long belowSecond;

    public TentativeAgainstWildcard() {
      super(0, 6);
    }

    @Actor
    public void first() {
      belowFirst = link(hash(1, 6), FIRST);
    }

    @Actor
    public void second() {
      belowSecond = link(hash(2, 6), SECOND);
    }

    @Arbiter
    public void end(ZZ_Result r) {
      r.r1 = reaches(index.find(hash(1, 6)), FIRST);
      r.r2 = reaches(index.find(hash(2, 6)), SECOND);
    }

    private boolean reaches(long head, long target) {
      long address = head;
      while (address != 0 && address != target) {
        address = address == FIRST ? belowFirst : address == SECOND ? belowSecond : 0;
      }
      return address == target;
    }
  }

  /** The key whose entry becomes the wildcard can be found all the time. */
  @JCStressTest
  @Outcome(id = "448, 448", expect = ACCEPTABLE, desc = "before, or when nothing is linked yet")
  @Outcome(id = "448, 1024", expect = ACCEPTABLE, desc = "the other key came on top in between")
  @Outcome(id = "1024, 1024", expect = ACCEPTABLE, desc = "the other key on top of its chain")
  @Outcome(expect = FORBIDDEN, desc = "missed while the entry changed")
  @State
  public static class FindAgainstWildcard extends OneBucket {
    public FindAgainstWildcard() {
      super(0, 7);
    }

    @Actor
    public void inserter() {
      link(hash(1, 0), FIRST);
    }

    @Actor
    public void finder(JJ_Result r) {
      r.r1 = index.find(hash(106, 6));
      r.r2 = index.find(hash(106, 6));
    }
  }

  /** A record is linked to the chain whose entry becomes the wildcard: neither is lost. */
  @JCStressTest
  @Outcome(id = "448, 1024, 2048", expect = ACCEPTABLE, desc = "the old tag's record, then the new")
  @Outcome(id = "2048, 448, 1024", expect = ACCEPTABLE, desc = "the new tag's record, then the old")
  @Outcome(expect = FORBIDDEN, desc = "a record is lost, or there are two chains")
  @State
  public static class AppendAgainstWildcard extends OneBucket {
    public AppendAgainstWildcard() {
      super(0, 7);
    }

    @Actor
    public void appender(JJJ_Result r) {
      r.r1 = link(hash(106, 6), FIRST);
    }

    @Actor
    public void inserter(JJJ_Result r) {
      r.r2 = link(hash(1, 0), SECOND);
    }

    @Arbiter
    public void end(JJJ_Result r) {
      long head = index.find(hash(1, 0));
      r.r3 = head == index.find(hash(106, 6)) ? head : -1;
    }
  }

  /** The last bucket of the pool, for one of two: the other comes to the same or the wildcard. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both found, the others untouched")
  @Outcome(expect = FORBIDDEN, desc = "a key is lost")
  @State
  public static class LastOverflowBucket extends OneBucket {
    private long belowFirst;
    private long belowSecond;

    public LastOverflowBucket() {
      super(1, 7);
    }

    @Actor
    public void first() {
      belowFirst = link(hash(1, 0), FIRST);
    }

    @Actor
    public void second() {
      belowSecond = link(hash(2, 1), SECOND);
    }

    @Arbiter
    public void end(ZZ_Result r) {
      r.r1 = reaches(index.find(hash(1, 0)), FIRST);
      r.r2 = reaches(index.find(hash(2, 1)), SECOND) && isFilled(6);
    }

    private boolean reaches(long head, long target) {
      long address = head;
      while (address != 0 && address != target) {
        address = address == FIRST ? belowFirst : address == SECOND ? belowSecond : 0;
      }
      return address == target;
    }
  }

  /**
   * Two inserters of one tag: one takes the last free entry, the other finds none and makes a
   * wildcard of another one. Both records must be on the chain that the tag leads to in the end.
   */
  @JCStressTest
  @JCStressMeta(OneChain.class)
  @State
  public static class OneTagAgainstWildcard extends OneBucket {
    public OneTagAgainstWildcard() {
      super(0, 6, 1);
    }

    @Actor
    public void first(JJJ_Result r) {
      r.r1 = link(hash(1, 0), FIRST);
    }

    @Actor
    public void second(JJJ_Result r) {
      r.r2 = link(hash(1, 0), SECOND);
    }

    @Arbiter
    public void end(JJJ_Result r) {
      r.r3 = index.find(hash(1, 0));
    }
  }

  /** The same, where one gets the last overflow bucket, and the other finds the pool exhausted. */
  @JCStressTest
  @JCStressMeta(OneChain.class)
  @State
  public static class OneTagAndLastOverflowBucket extends OneBucket {
    public OneTagAndLastOverflowBucket() {
      super(1, 7);
    }

    @Actor
    public void first(JJJ_Result r) {
      r.r1 = link(hash(1, 0), FIRST);
    }

    @Actor
    public void second(JJJ_Result r) {
      r.r2 = link(hash(1, 0), SECOND);
    }

    @Arbiter
    public void end(JJJ_Result r) {
      r.r3 = index.find(hash(1, 0));
    }
  }

  /** Two records of one tag are on one chain, which may be the wildcard's. */
  @Outcome(id = "0, 1024, 2048", expect = ACCEPTABLE, desc = "a chain of its own; second on top")
  @Outcome(id = "2048, 0, 1024", expect = ACCEPTABLE, desc = "a chain of its own; first on top")
  @Outcome(id = "\\d+, 1024, 2048", expect = ACCEPTABLE, desc = "the wildcard's; second on top")
  @Outcome(id = "2048, \\d+, 1024", expect = ACCEPTABLE, desc = "the wildcard's; first on top")
  @Outcome(expect = FORBIDDEN, desc = "two chains: a record is lost")
  public static class OneChain {}
}
