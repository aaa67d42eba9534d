package dev.peregrine.internal.index;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * Index entries and overflow words: one bucket, and hashes that differ in tag and home entry only.
 */
public class HashIndexTests {
  private static final int TAG_SHIFT = 50;
  private static final int HOME_SHIFT = 42;
  private static final long FIRST = 1 << 10;
  private static final long SECOND = 2 << 10;

  /** A hash whose tag is {@code number}'s and whose home is entry {@code home}. */
  private static long hash(long number, long home) {
    // A home is an eighth-bit share of 7 entries: 37 to 256.
    return number << TAG_SHIFT | home * 37 << HOME_SHIFT;
  }

  /** An index of one bucket. */
  private abstract static class OneBucket {
    final HashIndex index;

    OneBucket(long overflowCount) {
      long bytes = HashIndex.bytesFor(1, overflowCount);
      index = new HashIndex(1, overflowCount, null, Slices.take(bytes));
    }

    /** Links {@code address} above what is there; returns what was there. */
    long link(long hash, long address) {
      IndexCursor cursor = new IndexCursor();
      do {
        index.findOrCreate(hash, cursor);
      } while (!index.casAddress(cursor, address));
      return cursor.address();
    }

    void fill(int count) {
      for (int i = 0; i < count; i++) {
        link(hash(100 + i, i), 64L * (i + 1));
      }
    }

    boolean isFilled(int count) {
      for (int i = 0; i < count; i++) {
        if (index.find(hash(100 + i, i)) != 64L * (i + 1)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Two inserters of one tag: one entry stays, and both get it. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "one entry")
  @Outcome(expect = FORBIDDEN, desc = "two entries of one tag")
  @State
  public static class TwoInsertersOfOneTag extends OneBucket {
    private final IndexCursor one = new IndexCursor();
    private final IndexCursor two = new IndexCursor();

    public TwoInsertersOfOneTag() {
      super(1);
    }

    @Actor
    public void first() {
      index.findOrCreate(hash(1, 0), one);
    }

    @Actor
    public void second() {
      // The same tag from another home entry: without the second phase both would stay.
      index.findOrCreate(hash(1, 3), two);
    }

    @Arbiter
    public void end(Z_Result r) {
      r.r1 = one.entryAddress == two.entryAddress;
    }
  }

  /** The same in a bucket whose entries are taken, so that an overflow bucket is linked. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "one entry, the others untouched")
  @Outcome(expect = FORBIDDEN, desc = "two entries of one tag, or another one lost")
  @State
  public static class TwoInsertersOfOneTagOverflowing extends OneBucket {
    private final IndexCursor one = new IndexCursor();
    private final IndexCursor two = new IndexCursor();

    public TwoInsertersOfOneTagOverflowing() {
      super(2);
      fill(7);
    }

    @Actor
    public void first() {
      index.findOrCreate(hash(1, 0), one);
    }

    @Actor
    public void second() {
      index.findOrCreate(hash(1, 3), two);
    }

    @Arbiter
    public void end(ZZ_Result r) {
      r.r1 = one.entryAddress == two.entryAddress;
      r.r2 = isFilled(7);
    }
  }

  /** Two tags need the same overflow bucket: one links it, the other gives its own back. */
  @JCStressTest
  @Outcome(id = "1024, 2048, 1", expect = ACCEPTABLE, desc = "both found, one bucket in the chain")
  @Outcome(id = "1024, 2048, 2", expect = ACCEPTABLE, desc = "both found, one bucket given back")
  @Outcome(expect = FORBIDDEN, desc = "a key is lost")
  @State
  public static class TwoLinkersOfOverflow extends OneBucket {
    public TwoLinkersOfOverflow() {
      super(2);
      fill(7);
    }

    @Actor
    public void first() {
      link(hash(1, 0), FIRST);
    }

    @Actor
    public void second() {
      link(hash(2, 0), SECOND);
    }

    @Arbiter
    public void end(JJJ_Result r) {
      r.r1 = index.find(hash(1, 0));
      r.r2 = index.find(hash(2, 0));
      r.r3 = index.overflowCount();
    }
  }

  /** A find sees an entry not at all, or published. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "before, or an empty chain")
  @Outcome(id = "1024", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "another chain")
  @State
  public static class InsertAgainstFind extends OneBucket {
    public InsertAgainstFind() {
      super(1);
      fill(3);
    }

    @Actor
    public void inserter() {
      link(hash(1, 0), FIRST);
    }

    @Actor
    public void finder(J_Result r) {
      r.r1 = index.find(hash(1, 0));
    }
  }

  /** Two appenders on one chain: each record hangs on the other or on what was there. */
  @JCStressTest
  @Outcome(id = "0, 1024", expect = ACCEPTABLE, desc = "the second is above the first")
  @Outcome(id = "2048, 0", expect = ACCEPTABLE, desc = "the first is above the second")
  @Outcome(expect = FORBIDDEN, desc = "a record is lost")
  @State
  public static class TwoAppenders extends OneBucket {
    public TwoAppenders() {
      super(1);
    }

    @Actor
    public void first(JJ_Result r) {
      r.r1 = link(hash(1, 0), FIRST);
    }

    @Actor
    public void second(JJ_Result r) {
      r.r2 = link(hash(1, 0), SECOND);
    }
  }

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
      super(0);
      fill(7);
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
      super(0);
      fill(6);
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
}
