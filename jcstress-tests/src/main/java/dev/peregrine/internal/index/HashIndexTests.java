package dev.peregrine.internal.index;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

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
 * Index entries and overflow words (free to tentative to published; an address to the next one; an
 * overflow word from 0 to a bucket) in one bucket, with hashes that differ in tag and home only.
 */
public class HashIndexTests {
  /** Two inserters of one tag: one entry stays, and both get it. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "one entry")
  @Outcome(expect = FORBIDDEN, desc = "two entries of one tag")
  @State
  public static class TwoInsertersOfOneTag extends OneBucket {
    private final IndexCursor one = new IndexCursor();
    private final IndexCursor two = new IndexCursor();

    public TwoInsertersOfOneTag() {
      super(1, 0);
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
      super(2, 7);
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

  /**
   * Two tags need the same overflow bucket: one links it, the other gives its own back, so that the
   * next that is needed is there, and nothing has to become a wildcard.
   */
  @JCStressTest
  @Outcome(id = "1024, 2048, 0", expect = ACCEPTABLE, desc = "both found, and no bucket is lost")
  @Outcome(expect = FORBIDDEN, desc = "a key is lost, or a bucket")
  @State
  public static class TwoLinkersOfOverflow extends OneBucket {
    public TwoLinkersOfOverflow() {
      super(2, 7);
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
      for (int i = 0; i < HashBucket.ENTRIES; i++) {
        link(hash(200 + i, 0), FIRST);
      }
      r.r1 = index.find(hash(1, 0));
      r.r2 = index.find(hash(2, 0));
      // Where there is a wildcard, every tag is found.
      r.r3 = index.find(hash(300, 0));
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
      super(1, 3);
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
      super(1, 0);
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

  /** A find of one key is not disturbed by an insert of another tag, and never sees its chain. */
  @JCStressTest
  @Outcome(id = "192, 0", expect = ACCEPTABLE, desc = "its own chain; the other not there yet")
  @Outcome(id = "192, 1024", expect = ACCEPTABLE, desc = "its own chain; the other there")
  @Outcome(expect = FORBIDDEN, desc = "a key that was there is missed, or has another one's chain")
  @State
  public static class OtherInsertAgainstFind extends OneBucket {
    public OtherInsertAgainstFind() {
      super(1, 7);
    }

    @Actor
    public void inserter() {
      link(hash(1, 2), FIRST);
    }

    @Actor
    public void finder(JJ_Result r) {
      r.r1 = index.find(hash(102, 2));
      r.r2 = index.find(hash(1, 2));
    }
  }

  /** Two inserters of one tag, each of which links a record at once. */
  @JCStressTest
  @Outcome(id = "0, 1024, 2048", expect = ACCEPTABLE, desc = "the second hangs on the first")
  @Outcome(id = "2048, 0, 1024", expect = ACCEPTABLE, desc = "the first hangs on the second")
  @Outcome(expect = FORBIDDEN, desc = "two chains: a record is lost")
  @State
  public static class TwoFirstRecordsOfOneTag extends OneBucket {
    public TwoFirstRecordsOfOneTag() {
      super(1, 3);
    }

    @Actor
    public void first(JJJ_Result r) {
      r.r1 = link(hash(1, 0), FIRST);
    }

    @Actor
    public void second(JJJ_Result r) {
      r.r2 = link(hash(1, 5), SECOND);
    }

    @Arbiter
    public void end(JJJ_Result r) {
      r.r3 = index.find(hash(1, 0));
    }
  }

  /** Three insert one tag from three home entries: each may make the others back off. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "one entry")
  @Outcome(expect = FORBIDDEN, desc = "two entries of one tag")
  @State
  public static class ThreeInsertersOfOneTag extends OneBucket {
    private final IndexCursor one = new IndexCursor();
    private final IndexCursor two = new IndexCursor();
    private final IndexCursor three = new IndexCursor();

    public ThreeInsertersOfOneTag() {
      super(1, 0);
    }

    @Actor
    public void first() {
      index.findOrCreate(hash(1, 0), one);
    }

    @Actor
    public void second() {
      index.findOrCreate(hash(1, 3), two);
    }

    @Actor
    public void third() {
      index.findOrCreate(hash(1, 5), three);
    }

    @Arbiter
    public void end(ZZ_Result r) {
      r.r1 = one.entryAddress == two.entryAddress;
      r.r2 = two.entryAddress == three.entryAddress;
    }
  }
}
