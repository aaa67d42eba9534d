package dev.peregrine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * Batches of two sessions, and batches against single operations: a batch is a loop of the single
 * operations, whatever its first passes have loaded.
 */
public class BatchSessionTests {
  private static final int COUNT = 2;

  /** A store of 8-byte values, and two keys. */
  private abstract static class TwoKeys {
    static final SharedStore STORE = new SharedStore(StoreKind.LONG_TO_LONG);

    final long[] keys = {STORE.takeKey(), STORE.takeKey()};

    static Session session() {
      return STORE.session();
    }

    void addAll(long first, long second) {
      long[] deltas = {first, second};
      session().addBatch(keys, deltas, 0, COUNT, null, new Status[COUNT]);
    }

    static long value(long key) {
      return session().read(key) == Status.FOUND ? session().longValue() : -1;
    }
  }

  /** Two batches that add to the same keys. */
  @JCStressTest
  @Outcome(id = "11, 22", expect = ACCEPTABLE, desc = "all counted")
  @Outcome(expect = FORBIDDEN, desc = "an addition is lost")
  @State
  public static class AddsAgainstAdds extends TwoKeys {
    public AddsAgainstAdds() {
      session().upsert(keys[0], 0);
      session().upsert(keys[1], 0);
    }

    @Actor
    public void first() {
      addAll(5, 10);
    }

    @Actor
    public void second() {
      addAll(6, 12);
    }

    @Arbiter
    public void end(JJ_Result r) {
      r.r1 = value(keys[0]);
      r.r2 = value(keys[1]);
    }
  }

  /** Two batches that create the same keys: the lines they have loaded are soon out of date. */
  @JCStressTest
  @Outcome(id = "11, 22", expect = ACCEPTABLE, desc = "all counted")
  @Outcome(expect = FORBIDDEN, desc = "an addition is lost, or a key is there twice")
  @State
  public static class FirstAddsAgainstFirstAdds extends TwoKeys {
    public FirstAddsAgainstFirstAdds() {
      session().deleteBatch(keys, 0, COUNT, new Status[COUNT]);
    }

    @Actor
    public void first() {
      addAll(5, 10);
    }

    @Actor
    public void second() {
      addAll(6, 12);
    }

    @Arbiter
    public void end(JJ_Result r) {
      r.r1 = value(keys[0]);
      r.r2 = value(keys[1]);
    }
  }

  /**
   * One sets two keys in order; a batch reads them in the opposite order, and one of them again.
   */
  @JCStressTest
  @Outcome(id = "-1, -1, -1, 0", expect = ACCEPTABLE, desc = "none was there")
  @Outcome(id = "-1, -1, 1, 0", expect = ACCEPTABLE, desc = "the first came in between")
  @Outcome(id = "-1, -1, 2, 0", expect = ACCEPTABLE, desc = "the first was changed in between")
  @Outcome(id = "-1, 1, 1, 0", expect = ACCEPTABLE, desc = "the first was there")
  @Outcome(id = "-1, 1, 2, 0", expect = ACCEPTABLE, desc = "the first changed meanwhile")
  @Outcome(id = "-1, 2, 2, 0", expect = ACCEPTABLE, desc = "the first had changed")
  @Outcome(id = "7, 1, 1, 0", expect = ACCEPTABLE, desc = "both were there")
  @Outcome(id = "7, 1, 2, 0", expect = ACCEPTABLE, desc = "the first changed after both came")
  @Outcome(id = "7, 2, 2, 0", expect = ACCEPTABLE, desc = "all was there")
  @Outcome(expect = FORBIDDEN, desc = "the second without the first, or back in time")
  @State
  public static class ReadsAgainstUpserts extends TwoKeys {
    public ReadsAgainstUpserts() {
      session().deleteBatch(keys, 0, COUNT, new Status[COUNT]);
    }

    @Actor
    public void writer() {
      session().upsert(keys[0], 1);
      session().upsert(keys[1], 7);
      session().upsert(keys[0], 2);
    }

    @Actor
    public void reader(JJJJ_Result r) {
      long[] wanted = {keys[1], keys[0], keys[0]};
      long[] values = {-1, -1, -1};
      r.r4 = session().readBatch(wanted, 0, wanted.length, values, new Status[wanted.length]);
      r.r1 = values[0];
      r.r2 = values[1];
      r.r3 = values[2];
    }
  }

  /** A batch reads a value of bytes that a batch replaces by longer ones. */
  @JCStressTest
  @Outcome(id = "1, 16", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "2, 16", expect = ACCEPTABLE, desc = "between")
  @Outcome(id = "3, 64", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "torn, or missed")
  @State
  public static class ReadsAgainstReplaces {
    private static final SharedStore STORE = new SharedStore(StoreKind.LONG_TO_BYTES);

    private final long[] keys = {STORE.takeKey(), 0};

    public ReadsAgainstReplaces() {
      keys[1] = keys[0];
      STORE.session().upsert(keys[0], value(16, 1));
    }

    private static MemorySegment value(int bytes, int octet) {
      return MemorySegment.ofArray(new byte[bytes]).fill((byte) octet);
    }

    @Actor
    public void writer() {
      MemorySegment[] values = {value(16, 2), value(64, 3)};
      STORE.session().upsertBatch(keys, values, 0, COUNT, new Status[COUNT]);
    }

    @Actor
    public void reader(JJ_Result r) {
      MemorySegment[] copies = {MemorySegment.ofArray(new byte[64])};
      int[] lengths = {0};
      STORE.session().readBatch(keys, 0, 1, copies, lengths, new Status[1]);
      r.r1 = copies[0].get(ValueLayout.JAVA_BYTE, 0);
      r.r2 = lengths[0];
      for (int i = 0; i < lengths[0]; i++) {
        if (copies[0].get(ValueLayout.JAVA_BYTE, i) != r.r1) {
          r.r1 = -1;
        }
      }
    }
  }

  /** Batches add while records freeze, so that they wait, and look up again, inside of a group. */
  @JCStressTest
  @Outcome(id = "12", expect = ACCEPTABLE, desc = "all counted")
  @Outcome(expect = FORBIDDEN, desc = "an addition is lost")
  @State
  public static class AddsWhileFreezing {
    private static final FreezingStore STORE = new FreezingStore(StoreKind.LONG_TO_LONG);
    private static final int ROUNDS = 3;
    private static final int APPENDS = 16;

    private final long[] keys = {STORE.takeKey(), 0};
    private final long[] ones = {1, 1};

    public AddsWhileFreezing() {
      keys[1] = keys[0];
      STORE.session().upsert(keys[0], 0);
    }

    private void addAll() {
      Session session = STORE.session();
      long filler = STORE.filler();
      for (int i = 0; i < ROUNDS; i++) {
        for (int appended = 0; appended < APPENDS; appended++) {
          session.delete(filler);
          session.upsert(filler, 1);
        }
        STORE.step();
        session.addBatch(keys, ones, 0, COUNT, null, new Status[COUNT]);
      }
    }

    @Actor
    public void first() {
      addAll();
    }

    @Actor
    public void second() {
      addAll();
    }

    @Arbiter
    public void end(J_Result r) {
      Session session = STORE.session();
      r.r1 = session.read(keys[0]) == Status.FOUND ? session.longValue() : -1;
    }
  }
}
