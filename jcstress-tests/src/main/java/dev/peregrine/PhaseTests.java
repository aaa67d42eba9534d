package dev.peregrine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.cpr.Phase;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Each transition of a checkpoint's phases against each kind of operation. A state picks one of the
 * transitions: the operation begins when the phase before it has been seen by everybody, and the
 * coordinator moves on, at once or after a moment. The result names that phase, and says whether
 * the operation belongs to the old version, by its serial: then it is in the cut, else it is not;
 * what is below the cut does not change until everybody has left the phases that protect it; and at
 * the end the operation has happened once.
 */
public class PhaseTests {
  private static final ShiftingStore LONGS = new ShiftingStore(StoreKind.LONG_TO_LONG);
  private static final ShiftingStore BYTES = new ShiftingStore(StoreKind.LONG_TO_BYTES);
  private static final long NOTHING = ShiftingStore.NOTHING;
  private static final long BEFORE = 5;
  private static final long AFTER = 9;
  private static final int WORD = Long.BYTES;
  private static final int LONGER = 64;
  private static final Phase[] PHASES = Phase.values();

  /** Moments for which the coordinator may stay, as many different ones. */
  private static final int MOMENTS = 8;

  private static final int MOMENT = 15;

  private static final LongUpdateFunction ADD =
      new LongUpdateFunction() {
        @Override
        public long initial(long argument) {
          return argument;
        }

        @Override
        public long update(long value, long argument) {
          return value + argument;
        }
      };

  private static final AddTo IN_PLACE = new AddTo(WORD);
  private static final AddTo GROWING = new AddTo(LONGER);

  private static final ThreadLocal<MemorySegment> BUFFERS =
      ThreadLocal.withInitial(() -> Arena.global().allocate(LONGER));

  private static MemorySegment bytes(long first, int length) {
    MemorySegment value = BUFFERS.get().asSlice(0, length);
    value.set(ValueLayout.JAVA_LONG, 0, first);
    return value;
  }

  /** What each operation may come to. */
  @Outcome(
      id = "(REST|PREPARE_INDEX|WAIT_INDEX|PREPARE): old",
      expect = ACCEPTABLE,
      desc = "of the old version, and in the cut")
  @Outcome(
      id = "[A-Z_]+: new",
      expect = ACCEPTABLE,
      desc = "of the new version, and not in the cut")
  @Outcome(expect = FORBIDDEN, desc = "the cut is torn, or the operation lost or done twice")
  public static class Cut {}

  /** A key, the value that it has before and after an operation, and a phase to begin in. */
  private abstract static class Operation {
    final ShiftingStore store;
    final long key;
    private final long before;
    private final long after;
    private final Phase from;
    private volatile boolean ready;
    private volatile boolean begun;
    private boolean misread;
    private long serial;
    private ShiftingStore.Seen seen;

    Operation(ShiftingStore store, long before, long after) {
      this.store = store;
      this.before = before;
      this.after = after;
      key = store.takeKey();
      from = PHASES[(int) (key % PHASES.length)];
      Session session = store.preparing();
      session.delete(key);
      if (before != NOTHING && store == LONGS) {
        session.upsert(key, before);
      } else if (before != NOTHING) {
        session.upsert(key, bytes(before, WORD));
      }
    }

    abstract void operate(Session session);

    void found(boolean right) {
      misread = !right;
    }

    void run() {
      ready = true;
      while (!begun) {
        Thread.onSpinWait();
      }
      operate(store.session());
      serial = store.session().serial();
    }

    void coordinate() {
      // Before the first move: the session's operation on the state before may wait for a phase.
      while (!ready) {
        Thread.onSpinWait();
      }
      seen = store.shift(key, this::reached);
    }

    private void reached(Phase phase) {
      if (phase == from) {
        begun = true;
        for (long i = key / PHASES.length % MOMENTS * MOMENT; i > 0; i--) {
          Thread.onSpinWait();
        }
      }
    }

    String verdict() {
      if (misread) {
        return from + ": misread";
      }
      boolean old = serial <= seen.cutSerial;
      long atCut = old ? after : before;
      long end = value();
      return seen.atCut == atCut && seen.later == atCut && end == after
          ? from + (old ? ": old" : ": new")
          : from + ": " + old + " " + seen.atCut + " " + seen.later + " " + end;
    }

    private long value() {
      Session session = store.preparing();
      MemorySegment buffer = BUFFERS.get();
      if (store == LONGS) {
        return session.read(key) == Status.FOUND ? session.longValue() : NOTHING;
      }
      return session.read(key, buffer) == Status.FOUND
          ? buffer.get(ValueLayout.JAVA_LONG, 0)
          : NOTHING;
    }
  }

  /** A read. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class LongRead extends Operation {
    public LongRead() {
      super(LONGS, BEFORE, BEFORE);
    }

    @Override
    void operate(Session session) {
      found(session.read(key) == Status.FOUND && session.longValue() == BEFORE);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** A replacement. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class LongUpsert extends Operation {
    public LongUpsert() {
      super(LONGS, BEFORE, AFTER);
    }

    @Override
    void operate(Session session) {
      session.upsert(key, AFTER);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** A replacement of what is not there. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class LongUpsertOfNew extends Operation {
    public LongUpsertOfNew() {
      super(LONGS, NOTHING, AFTER);
    }

    @Override
    void operate(Session session) {
      session.upsert(key, AFTER);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** The atomic addition. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class LongAdd extends Operation {
    public LongAdd() {
      super(LONGS, BEFORE, AFTER);
    }

    @Override
    void operate(Session session) {
      session.add(key, AFTER - BEFORE);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** An update by a function. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class LongUpdate extends Operation {
    public LongUpdate() {
      super(LONGS, BEFORE, AFTER);
    }

    @Override
    void operate(Session session) {
      session.rmw(key, ADD, AFTER - BEFORE);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** A deletion. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class LongDelete extends Operation {
    public LongDelete() {
      super(LONGS, BEFORE, NOTHING);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** A conditional insert that creates. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class LongInsert extends Operation {
    public LongInsert() {
      super(LONGS, NOTHING, AFTER);
    }

    @Override
    void operate(Session session) {
      session.insertIfAbsent(key, AFTER);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** A conditional insert that finds. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class LongInsertOfOld extends Operation {
    public LongInsertOfOld() {
      super(LONGS, BEFORE, BEFORE);
    }

    @Override
    void operate(Session session) {
      found(session.insertIfAbsent(key, AFTER) == Status.FOUND);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** A read of bytes. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class BytesRead extends Operation {
    public BytesRead() {
      super(BYTES, BEFORE, BEFORE);
    }

    @Override
    void operate(Session session) {
      found(
          session.read(key, BUFFERS.get()) == Status.FOUND
              && BUFFERS.get().get(ValueLayout.JAVA_LONG, 0) == BEFORE);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** A replacement of bytes. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class BytesUpsert extends Operation {
    public BytesUpsert() {
      super(BYTES, BEFORE, AFTER);
    }

    @Override
    void operate(Session session) {
      session.upsert(key, bytes(AFTER, WORD));
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** An update of bytes, in place. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class BytesUpdate extends Operation {
    public BytesUpdate() {
      super(BYTES, BEFORE, AFTER);
    }

    @Override
    void operate(Session session) {
      session.rmw(key, IN_PLACE, AFTER - BEFORE);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** An update of bytes that outgrows its record. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class BytesGrowth extends Operation {
    public BytesGrowth() {
      super(BYTES, BEFORE, AFTER);
    }

    @Override
    void operate(Session session) {
      session.rmw(key, GROWING, AFTER - BEFORE);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** A deletion of bytes. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class BytesDelete extends Operation {
    public BytesDelete() {
      super(BYTES, BEFORE, NOTHING);
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }

  /** A conditional insert of bytes. */
  @JCStressTest
  @JCStressMeta(Cut.class)
  @State
  public static class BytesInsert extends Operation {
    public BytesInsert() {
      super(BYTES, NOTHING, AFTER);
    }

    @Override
    void operate(Session session) {
      session.insertIfAbsent(key, bytes(AFTER, WORD));
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
    public void end(L_Result r) {
      r.r1 = verdict();
    }
  }
}
