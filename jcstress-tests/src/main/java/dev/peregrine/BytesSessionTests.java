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
import org.openjdk.jcstress.infra.results.JI_Result;
import org.openjdk.jcstress.infra.results.JZJ_Result;
import org.openjdk.jcstress.infra.results.LJI_Result;
import org.openjdk.jcstress.infra.results.LLJ_Result;

/**
 * Operations of two sessions on one key of a store of values of bytes, all in the mutable region:
 * the writer bit and the sequence in the layout word, and {@code sealed} and {@code tombstone} in
 * the header word, as the operations use them.
 */
public class BytesSessionTests {
  private static final int SHORT_BYTES = 16;
  private static final int LONG_BYTES = 64;

  /** Adds to the first word; the argument's sign tells whether the value grows. */
  private static final UpdateFunction ADD =
      new UpdateFunction() {
        @Override
        public int initialLength(long argument) {
          return SHORT_BYTES;
        }

        @Override
        public void initialize(ValueBuffer value, long argument) {
          value.putLong(0, Math.abs(argument));
        }

        @Override
        public int updatedLength(ValueView value, long argument) {
          return argument < 0 ? LONG_BYTES : value.length();
        }

        @Override
        public void update(ValueBuffer value, long argument) {
          value.putLong(0, value.getLong(0) + Math.abs(argument));
        }
      };

  private abstract static class OneKey {
    static final SharedStore STORE = new SharedStore(StoreKind.LONG_TO_BYTES);

    final long key = STORE.takeKey();
    final MemorySegment copy = MemorySegment.ofArray(new byte[LONG_BYTES]);

    static Session session() {
      return STORE.session();
    }

    void reset(long word) {
      session().delete(key);
      session().upsert(key, valueOf(word, SHORT_BYTES));
    }

    static MemorySegment valueOf(long word, int bytes) {
      MemorySegment value = MemorySegment.ofArray(new byte[bytes]);
      for (int at = 0; at < bytes; at += Long.BYTES) {
        value.set(ValueLayout.JAVA_LONG_UNALIGNED, at, word);
      }
      return value;
    }

    long value() {
      return session().read(key, copy) == Status.FOUND
          ? copy.get(ValueLayout.JAVA_LONG_UNALIGNED, 0)
          : -1;
    }
  }

  /** An update that grows the value, so that it is copied and sealed, against one in place. */
  @JCStressTest
  @Outcome(id = "111, 64", expect = ACCEPTABLE, desc = "both counted, and grown")
  @Outcome(expect = FORBIDDEN, desc = "an update is lost, or its growth")
  @State
  public static class GrowthAgainstUpdate extends OneKey {
    public GrowthAgainstUpdate() {
      reset(100);
    }

    @Actor
    public void grower() {
      session().rmw(key, ADD, -1);
    }

    @Actor
    public void updater() {
      session().rmw(key, ADD, 10);
    }

    @Arbiter
    public void end(JI_Result r) {
      r.r1 = value();
      r.r2 = session().valueLength();
    }
  }

  /** A copy that grows the value against its deletion. */
  @JCStressTest
  @Outcome(id = "UPDATED, DELETED, -1", expect = ACCEPTABLE, desc = "grown, then deleted")
  @Outcome(id = "CREATED, DELETED, 1", expect = ACCEPTABLE, desc = "deleted, then created")
  @Outcome(expect = FORBIDDEN, desc = "the deleted value came back")
  @State
  public static class GrowthAgainstDelete extends OneKey {
    public GrowthAgainstDelete() {
      reset(100);
    }

    @Actor
    public void grower(LLJ_Result r) {
      r.r1 = session().rmw(key, ADD, -1);
    }

    @Actor
    public void deleter(LLJ_Result r) {
      r.r2 = session().delete(key);
    }

    @Arbiter
    public void end(LLJ_Result r) {
      r.r3 = value();
    }
  }

  /** A value is replaced in place and by a longer one, while it is read: whole, and in order. */
  @JCStressTest
  @Outcome(id = "FOUND, 1, 16", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "FOUND, 2, 16", expect = ACCEPTABLE, desc = "replaced in place")
  @Outcome(id = "FOUND, 3, 64", expect = ACCEPTABLE, desc = "replaced by a new record")
  @Outcome(expect = FORBIDDEN, desc = "torn")
  @State
  public static class ReplaceAgainstRead extends OneKey {
    public ReplaceAgainstRead() {
      reset(1);
    }

    @Actor
    public void writer() {
      session().upsert(key, valueOf(2, SHORT_BYTES));
      session().upsert(key, valueOf(3, LONG_BYTES));
    }

    @Actor
    public void reader(LJI_Result r) {
      r.r1 = session().read(key, copy);
      r.r3 = session().valueLength();
      r.r2 = copy.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
      for (int at = 0; at < r.r3; at += Long.BYTES) {
        if (copy.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != r.r2) {
          r.r2 = -1;
        }
      }
    }
  }

  /** The same by a function, which may be run on a copy, or on the record, but not on half. */
  @JCStressTest
  @Outcome(id = "1, 16", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "2, 16", expect = ACCEPTABLE, desc = "replaced in place")
  @Outcome(id = "3, 16", expect = ACCEPTABLE, desc = "replaced in place again")
  @Outcome(expect = FORBIDDEN, desc = "torn")
  @State
  public static class ReplaceAgainstReadByFunction extends OneKey implements ReadFunction {
    private long seen;

    public ReplaceAgainstReadByFunction() {
      reset(1);
    }

    @Override
    public void read(ValueView value, long argument) {
      seen = value.getLong(0);
      for (int at = 0; at < value.length(); at += Long.BYTES) {
        if (value.getLong(at) != seen) {
          seen = -1;
        }
      }
    }

    @Actor
    public void writer() {
      session().upsert(key, valueOf(2, SHORT_BYTES));
      session().upsert(key, valueOf(3, SHORT_BYTES));
    }

    @Actor
    public void reader(JI_Result r) {
      session().read(key, this, 0);
      r.r1 = seen;
      r.r2 = session().valueLength();
    }
  }

  /** Two updates in place, one of which both reads and writes by a function. */
  @JCStressTest
  @Outcome(id = "111, 16", expect = ACCEPTABLE, desc = "both counted")
  @Outcome(expect = FORBIDDEN, desc = "an update is lost")
  @State
  public static class TwoUpdates extends OneKey {
    public TwoUpdates() {
      reset(100);
    }

    @Actor
    public void first() {
      session().rmw(key, ADD, 1);
    }

    @Actor
    public void second() {
      session().rmw(key, ADD, 10);
    }

    @Arbiter
    public void end(JI_Result r) {
      r.r1 = value();
      r.r2 = session().valueLength();
    }
  }

  /** Two updates that both grow the value: one is copied and sealed, the other goes to the copy. */
  @JCStressTest
  @Outcome(id = "111, 64", expect = ACCEPTABLE, desc = "both counted, and grown")
  @Outcome(expect = FORBIDDEN, desc = "an update is lost, or its growth")
  @State
  public static class TwoGrowths extends OneKey {
    public TwoGrowths() {
      reset(100);
    }

    @Actor
    public void first() {
      session().rmw(key, ADD, -1);
    }

    @Actor
    public void second() {
      session().rmw(key, ADD, -10);
    }

    @Arbiter
    public void end(JI_Result r) {
      r.r1 = value();
      r.r2 = session().valueLength();
    }
  }

  /** A copy that grows the value against a new value in place: the new one is not lost in it. */
  @JCStressTest
  @Outcome(
      id = "7, 16",
      expect = ACCEPTABLE,
      desc = "grown, then replaced by a new record or in it")
  @Outcome(id = "8, 64", expect = ACCEPTABLE, desc = "replaced, then grown")
  @Outcome(expect = FORBIDDEN, desc = "the copy has hidden the new value")
  @State
  public static class GrowthAgainstUpsert extends OneKey {
    public GrowthAgainstUpsert() {
      reset(100);
    }

    @Actor
    public void grower() {
      session().rmw(key, ADD, -1);
    }

    @Actor
    public void setter() {
      session().upsert(key, valueOf(7, SHORT_BYTES));
    }

    @Arbiter
    public void end(JI_Result r) {
      r.r1 = value();
      r.r2 = session().valueLength();
    }
  }

  /** A new value in place against a deletion. */
  @JCStressTest
  @Outcome(id = "UPDATED, DELETED, -1", expect = ACCEPTABLE, desc = "replaced, then deleted")
  @Outcome(id = "CREATED, DELETED, 7", expect = ACCEPTABLE, desc = "deleted, then created")
  @Outcome(expect = FORBIDDEN, desc = "the new value vanished, or the old one came back")
  @State
  public static class UpsertAgainstDelete extends OneKey {
    public UpsertAgainstDelete() {
      reset(100);
    }

    @Actor
    public void setter(LLJ_Result r) {
      r.r1 = session().upsert(key, valueOf(7, SHORT_BYTES));
    }

    @Actor
    public void deleter(LLJ_Result r) {
      r.r2 = session().delete(key);
    }

    @Arbiter
    public void end(LLJ_Result r) {
      r.r3 = value();
    }
  }

  /** One grows the value, one updates it, one reads: never torn, never back, nothing lost. */
  @JCStressTest
  @Outcome(
      id = "(100|101|110|111), true, 111",
      expect = ACCEPTABLE,
      desc = "a value that was there, and both counted")
  @Outcome(expect = FORBIDDEN, desc = "torn, back in time, or an update is lost")
  @State
  public static class GrowthUpdateAndRead extends OneKey {
    private final MemorySegment seen = MemorySegment.ofArray(new byte[LONG_BYTES]);

    public GrowthUpdateAndRead() {
      reset(100);
    }

    private long look() {
      return session().read(key, seen) == Status.FOUND
          ? seen.get(ValueLayout.JAVA_LONG_UNALIGNED, 0)
          : -1;
    }

    @Actor
    public void grower() {
      session().rmw(key, ADD, -1);
    }

    @Actor
    public void updater() {
      session().rmw(key, ADD, 10);
    }

    @Actor
    public void reader(JZJ_Result r) {
      r.r1 = look();
      r.r2 = look() >= r.r1;
    }

    @Arbiter
    public void end(JZJ_Result r) {
      r.r3 = value();
    }
  }
}
