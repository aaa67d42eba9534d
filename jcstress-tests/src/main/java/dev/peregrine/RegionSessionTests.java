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
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.ZJ_Result;

/**
 * Operations of two sessions on one key whose record goes from mutable to fuzzy to read-only, and
 * by a copy back to mutable, while they work: the region markers and their epoch actions together
 * with the index entry.
 */
public class RegionSessionTests {
  private static final int ROUNDS = 4;

  /** Long enough for another thread to freeze a page and to come back to the record. */
  private static final int DWELL = 25;

  private static void dwell() {
    for (int i = 0; i < DWELL; i++) {
      Thread.onSpinWait();
    }
  }

  /** A store of 8-byte values; a round appends 24 bytes, or 48. */
  private abstract static class LongKey {
    static final FreezingStore STORE = new FreezingStore(StoreKind.LONG_TO_LONG);
    private static final int APPENDS = 16;

    final long key = STORE.takeKey();

    LongKey() {
      session().upsert(key, 0);
    }

    static Session session() {
      return STORE.session();
    }

    static void fill() {
      long filler = STORE.filler();
      for (int i = 0; i < APPENDS; i++) {
        session().delete(filler);
        session().upsert(filler, 1);
      }
      STORE.step();
    }

    long value() {
      return session().read(key) == Status.FOUND ? session().longValue() : -1;
    }
  }

  /** One adds in place, taking its time; the other freezes the record, and adds by a copy. */
  @JCStressTest
  @Outcome(id = "12", expect = ACCEPTABLE, desc = "all counted")
  @Outcome(expect = FORBIDDEN, desc = "an addition in place came after the copy: lost")
  @State
  public static class AddsWhileFreezing extends LongKey {
    private static final LongUpdateFunction SLOW_ADD =
        new LongUpdateFunction() {
          @Override
          public long initial(long argument) {
            return argument;
          }

          @Override
          public long update(long value, long argument) {
            dwell();
            return value + argument;
          }
        };

    @Actor
    public void slow() {
      for (int i = 0; i < ROUNDS * 2; i++) {
        session().rmw(key, SLOW_ADD, 1);
      }
    }

    @Actor
    public void freezing() {
      for (int i = 0; i < ROUNDS; i++) {
        fill();
        session().add(key, 1);
      }
    }

    @Arbiter
    public void end(J_Result r) {
      r.r1 = value();
    }
  }

  /** A reader meets the record in every region: what it sees never decreases. */
  @JCStressTest
  @Outcome(id = "true, 4", expect = ACCEPTABLE, desc = "in order, and all counted")
  @Outcome(expect = FORBIDDEN, desc = "back in time, missed, or lost")
  @State
  public static class AddsAgainstReads extends LongKey {
    private boolean ordered = true;

    @Actor
    public void adder() {
      for (int i = 0; i < ROUNDS; i++) {
        session().add(key, 1);
        fill();
      }
    }

    @Actor
    public void reader() {
      long last = 0;
      for (int i = 0; i < ROUNDS * 16; i++) {
        long seen = value();
        ordered &= seen >= last;
        last = seen;
      }
    }

    @Arbiter
    public void end(ZJ_Result r) {
      r.r1 = ordered;
      r.r2 = value();
    }
  }

  /** Conditional inserts of one against deletions of another: each finds what the other left. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "as many created as deleted or still there")
  @Outcome(expect = FORBIDDEN, desc = "created twice, deleted twice, or came back")
  @State
  public static class InsertsAgainstDeletes extends LongKey {
    private int created;
    private int deleted;

    public InsertsAgainstDeletes() {
      session().delete(key);
    }

    @Actor
    public void inserter() {
      for (int i = 0; i < ROUNDS; i++) {
        created += session().insertIfAbsent(key, i) == Status.CREATED ? 1 : 0;
        fill();
      }
    }

    @Actor
    public void deleter() {
      for (int i = 0; i < ROUNDS; i++) {
        deleted += session().delete(key) == Status.DELETED ? 1 : 0;
        fill();
      }
    }

    @Arbiter
    public void end(I_Result r) {
      r.r1 = created - deleted - (value() < 0 ? 0 : 1);
    }
  }

  /** Updates of a value of bytes, in place under the writer bit, by copies, and by growth. */
  @JCStressTest
  @Outcome(id = "8, 64", expect = ACCEPTABLE, desc = "all counted, and grown to the end")
  @Outcome(expect = FORBIDDEN, desc = "an update, or a growth, is lost")
  @State
  public static class UpdatesWhileFreezing {
    private static final FreezingStore STORE = new FreezingStore(StoreKind.LONG_TO_BYTES);
    private static final int FIRST_BYTES = 16;
    private static final int LAST_BYTES = 64;
    private static final int FILLER_BYTES = 900;

    private static final UpdateFunction COUNT =
        new UpdateFunction() {
          @Override
          public int initialLength(long argument) {
            return FIRST_BYTES;
          }

          @Override
          public void initialize(ValueBuffer value, long argument) {
            value.putLong(0, 1);
          }

          @Override
          public int updatedLength(ValueView value, long argument) {
            return Math.min(LAST_BYTES, value.length() + Long.BYTES);
          }

          @Override
          public void update(ValueBuffer value, long argument) {
            dwell();
            value.putLong(0, value.getLong(0) + 1);
          }
        };

    private final long key = STORE.takeKey();

    public UpdatesWhileFreezing() {
      session().upsert(key, MemorySegment.ofArray(new byte[FIRST_BYTES]));
    }

    private static Session session() {
      return STORE.session();
    }

    private void updateAll() {
      MemorySegment filling = MemorySegment.ofArray(new byte[FILLER_BYTES]);
      for (int i = 0; i < ROUNDS; i++) {
        session().delete(STORE.filler());
        session().upsert(STORE.filler(), filling);
        STORE.step();
        session().rmw(key, COUNT, 0);
      }
    }

    @Actor
    public void first() {
      updateAll();
    }

    @Actor
    public void second() {
      updateAll();
    }

    @Arbiter
    public void end(JJ_Result r) {
      MemorySegment copy = MemorySegment.ofArray(new byte[LAST_BYTES]);
      Status status = session().read(key, copy);
      r.r1 = status == Status.FOUND ? copy.get(ValueLayout.JAVA_LONG_UNALIGNED, 0) : -1;
      r.r2 = session().valueLength();
    }
  }

  /** One freezes, one adds in place, one adds by copies, one reads. */
  @JCStressTest
  @Outcome(id = "true, 8", expect = ACCEPTABLE, desc = "in order, and all counted")
  @Outcome(expect = FORBIDDEN, desc = "back in time, missed, or lost")
  @State
  public static class FreezeUpdateCopyAndRead extends LongKey {
    private boolean ordered = true;

    @Actor
    public void freezer() {
      for (int i = 0; i < ROUNDS; i++) {
        fill();
      }
    }

    @Actor
    public void adder() {
      for (int i = 0; i < ROUNDS; i++) {
        session().add(key, 1);
        dwell();
      }
    }

    @Actor
    public void updater() {
      for (int i = 0; i < ROUNDS; i++) {
        session().rmw(key, AddsWhileFreezing.SLOW_ADD, 1);
        STORE.step();
      }
    }

    @Actor
    public void reader() {
      long last = 0;
      for (int i = 0; i < ROUNDS * 4; i++) {
        long seen = value();
        ordered &= seen >= last;
        last = seen;
      }
    }

    @Arbiter
    public void end(ZJ_Result r) {
      r.r1 = ordered;
      r.r2 = value();
    }
  }
}
