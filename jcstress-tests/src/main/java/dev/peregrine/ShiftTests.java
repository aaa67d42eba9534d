package dev.peregrine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJJ_Result;

/**
 * Each kind of operation against the shift of the version. The results: whether the operation
 * belongs to the old version, by its serial; the key's value below the cut, when it is cut; the
 * same while the new version works; the value at the end. An operation is in the cut exactly if its
 * serial is, and what is below the cut never changes.
 */
public class ShiftTests {
  private static final ShiftingStore LONGS = new ShiftingStore(StoreKind.LONG_TO_LONG);
  private static final ShiftingStore BYTES = new ShiftingStore(StoreKind.LONG_TO_BYTES);
  private static final long BEFORE = 5;
  private static final int WORD = Long.BYTES;
  private static final int LONGER = 64;

  /** A key, and an operation on it. */
  private abstract static class Shift {
    final ShiftingStore store;
    final long key;
    private long serial;
    private ShiftingStore.Seen seen;

    Shift(ShiftingStore store) {
      this.store = store;
      this.key = store.takeKey();
    }

    abstract void operate(Session session);

    void run() {
      operate(store.session());
      serial = store.session().serial();
    }

    long serial() {
      return serial;
    }

    void coordinate() {
      seen = store.shift(key);
    }

    void judge(long value, JJJJ_Result r) {
      r.r1 = serial <= seen.cutSerial ? 1 : 0;
      r.r2 = seen.atCut;
      r.r3 = seen.later;
      r.r4 = value;
    }
  }

  private abstract static class LongShift extends Shift {
    LongShift(boolean exists) {
      super(LONGS);
      store.preparing().delete(key);
      if (exists) {
        store.preparing().upsert(key, BEFORE);
      }
    }

    long value() {
      return store.preparing().read(key) == Status.FOUND
          ? store.preparing().longValue()
          : ShiftingStore.NOTHING;
    }
  }

  private abstract static class BytesShift extends Shift {
    private static final ThreadLocal<MemorySegment> BUFFERS =
        ThreadLocal.withInitial(() -> Arena.global().allocate(LONGER));

    BytesShift() {
      super(BYTES);
      MemorySegment value = BUFFERS.get().asSlice(0, WORD);
      value.set(ValueLayout.JAVA_LONG, 0, BEFORE);
      store.preparing().delete(key);
      store.preparing().upsert(key, value);
    }

    static MemorySegment value(long first, int length) {
      MemorySegment value = BUFFERS.get().asSlice(0, length);
      value.set(ValueLayout.JAVA_LONG, 0, first);
      return value;
    }

    long value() {
      MemorySegment buffer = BUFFERS.get();
      return store.preparing().read(key, buffer) == Status.FOUND
          ? buffer.get(ValueLayout.JAVA_LONG, 0)
          : ShiftingStore.NOTHING;
    }
  }

  private static final AddTo IN_PLACE = new AddTo(WORD);
  private static final AddTo GROWING = new AddTo(LONGER);

  /** The atomic add, which sees no seal. */
  @JCStressTest
  @Outcome(id = "1, 8, 8, 8", expect = ACCEPTABLE, desc = "of the old version, in the cut")
  @Outcome(id = "0, 5, 5, 8", expect = ACCEPTABLE, desc = "of the new version, not in the cut")
  @Outcome(expect = FORBIDDEN, desc = "the cut is torn")
  @State
  public static class Add extends LongShift {
    public Add() {
      super(true);
    }

    @Override
    void operate(Session session) {
      session.add(key, 3);
    }

    @Actor
    public void session() {
      run();
    }

    @Actor
    public void coordinator() {
      coordinate();
    }

    @Arbiter
    public void arbiter(JJJJ_Result r) {
      judge(value(), r);
    }
  }

  /** A replacement of the value in place. */
  @JCStressTest
  @Outcome(id = "1, 9, 9, 9", expect = ACCEPTABLE, desc = "of the old version, in the cut")
  @Outcome(id = "0, 5, 5, 9", expect = ACCEPTABLE, desc = "of the new version, not in the cut")
  @Outcome(expect = FORBIDDEN, desc = "the cut is torn")
  @State
  public static class Upsert extends LongShift {
    public Upsert() {
      super(true);
    }

    @Override
    void operate(Session session) {
      session.upsert(key, 9);
    }

    @Actor
    public void session() {
      run();
    }

    @Actor
    public void coordinator() {
      coordinate();
    }

    @Arbiter
    public void arbiter(JJJJ_Result r) {
      judge(value(), r);
    }
  }

  /** A deletion in place. */
  @JCStressTest
  @Outcome(id = "1, -1, -1, -1", expect = ACCEPTABLE, desc = "of the old version, in the cut")
  @Outcome(id = "0, 5, 5, -1", expect = ACCEPTABLE, desc = "of the new version, not in the cut")
  @Outcome(expect = FORBIDDEN, desc = "the cut is torn")
  @State
  public static class Delete extends LongShift {
    public Delete() {
      super(true);
    }

    @Override
    void operate(Session session) {
      session.delete(key);
    }

    @Actor
    public void session() {
      run();
    }

    @Actor
    public void coordinator() {
      coordinate();
    }

    @Arbiter
    public void arbiter(JJJJ_Result r) {
      judge(value(), r);
    }
  }

  /** A record that is appended. */
  @JCStressTest
  @Outcome(id = "1, 7, 7, 7", expect = ACCEPTABLE, desc = "of the old version, in the cut")
  @Outcome(id = "0, -1, -1, 7", expect = ACCEPTABLE, desc = "of the new version, not in the cut")
  @Outcome(expect = FORBIDDEN, desc = "the cut is torn")
  @State
  public static class Insert extends LongShift {
    public Insert() {
      super(false);
    }

    @Override
    void operate(Session session) {
      session.insertIfAbsent(key, 7);
    }

    @Actor
    public void session() {
      run();
    }

    @Actor
    public void coordinator() {
      coordinate();
    }

    @Arbiter
    public void arbiter(JJJJ_Result r) {
      judge(value(), r);
    }
  }

  /** An update by a function under the writer bit. */
  @JCStressTest
  @Outcome(id = "1, 8, 8, 8", expect = ACCEPTABLE, desc = "of the old version, in the cut")
  @Outcome(id = "0, 5, 5, 8", expect = ACCEPTABLE, desc = "of the new version, not in the cut")
  @Outcome(expect = FORBIDDEN, desc = "the cut is torn")
  @State
  public static class UpdateBytes extends BytesShift {
    @Override
    void operate(Session session) {
      session.rmw(key, IN_PLACE, 3);
    }

    @Actor
    public void session() {
      run();
    }

    @Actor
    public void coordinator() {
      coordinate();
    }

    @Arbiter
    public void arbiter(JJJJ_Result r) {
      judge(value(), r);
    }
  }

  /** An update that outgrows its record: in the old version it leaves that as it was. */
  @JCStressTest
  @Outcome(id = "1, 8, 8, 8", expect = ACCEPTABLE, desc = "of the old version, in the cut")
  @Outcome(id = "0, 5, 5, 8", expect = ACCEPTABLE, desc = "of the new version, not in the cut")
  @Outcome(expect = FORBIDDEN, desc = "the cut is torn")
  @State
  public static class GrowBytes extends BytesShift {
    @Override
    void operate(Session session) {
      session.rmw(key, GROWING, 3);
    }

    @Actor
    public void session() {
      run();
    }

    @Actor
    public void coordinator() {
      coordinate();
    }

    @Arbiter
    public void arbiter(JJJJ_Result r) {
      judge(value(), r);
    }
  }

  /** A replacement of a value of bytes. */
  @JCStressTest
  @Outcome(id = "1, 9, 9, 9", expect = ACCEPTABLE, desc = "of the old version, in the cut")
  @Outcome(id = "0, 5, 5, 9", expect = ACCEPTABLE, desc = "of the new version, not in the cut")
  @Outcome(expect = FORBIDDEN, desc = "the cut is torn")
  @State
  public static class UpsertBytes extends BytesShift {
    @Override
    void operate(Session session) {
      session.upsert(key, value(9, WORD));
    }

    @Actor
    public void session() {
      run();
    }

    @Actor
    public void coordinator() {
      coordinate();
    }

    @Arbiter
    public void arbiter(JJJJ_Result r) {
      judge(value(), r);
    }
  }

  /** A session that wakes while the coordinator helps it is made to wait, not refused. */
  @JCStressTest
  @Outcome(id = "0, 1, 1, 8", expect = ACCEPTABLE, desc = "both came through")
  @Outcome(id = "0, 0, 1, 8", expect = ACCEPTABLE, desc = "the helper found it inside")
  @Outcome(expect = FORBIDDEN, desc = "the session was refused, or its operation is lost")
  @State
  public static class HelpAgainstWake extends LongShift {
    private long helped;

    public HelpAgainstWake() {
      super(true);
    }

    @Override
    void operate(Session session) {
      session.add(key, 3);
    }

    @Actor
    public void session() {
      run();
    }

    @Actor
    public void coordinator() {
      helped = store.help() ? 1 : 0;
    }

    @Arbiter
    public void arbiter(JJJJ_Result r) {
      r.r1 = 0;
      r.r2 = helped;
      r.r3 = 1;
      r.r4 = value();
    }
  }

  /** Two sessions add, each at a serial of its own, while the version shifts. */
  @JCStressTest
  @Outcome(id = "38, 0, 0, 38", expect = ACCEPTABLE, desc = "both of the old version")
  @Outcome(id = "8, 0, 0, 38", expect = ACCEPTABLE, desc = "the first of the old version")
  @Outcome(id = "35, 0, 0, 38", expect = ACCEPTABLE, desc = "the second of the old version")
  @Outcome(id = "5, 0, 0, 38", expect = ACCEPTABLE, desc = "both of the new version")
  @Outcome(expect = FORBIDDEN, desc = "not in the cut by its serial, or lost")
  @State
  public static class TwoAdds extends LongShift {
    private long secondSerial;
    private ShiftingStore.Seen both;

    public TwoAdds() {
      super(true);
    }

    @Override
    void operate(Session session) {
      session.add(key, 3);
    }

    @Actor
    public void session() {
      run();
    }

    @Actor
    public void other() {
      store.second().add(key, 30);
      secondSerial = store.second().serial();
    }

    @Actor
    public void coordinator() {
      both = store.shift(key);
    }

    @Arbiter
    public void arbiter(JJJJ_Result r) {
      long bySerials = BEFORE;
      bySerials += serial() <= both.cutSerial ? 3 : 0;
      bySerials += secondSerial <= both.secondSerial ? 30 : 0;
      r.r1 = both.atCut;
      r.r2 = both.atCut - bySerials;
      r.r3 = both.later - both.atCut;
      r.r4 = value();
    }
  }
}
