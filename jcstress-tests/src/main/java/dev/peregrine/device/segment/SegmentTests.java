package dev.peregrine.device.segment;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceStats;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A device's segments: holding one, and growing and truncating the table while others look. */
public class SegmentTests {
  private static final int SEGMENT_BYTES = 1 << 16;

  /** Counts how often it is disposed of. */
  private static final class Counted extends Segment {
    volatile int disposed;

    Counted(long number) {
      super(number);
    }

    @Override
    public String path() {
      return "segment " + number();
    }

    @Override
    protected void dispose() {
      disposed++;
    }
  }

  /** A table of such segments. */
  private static final class Table extends SegmentTable {
    Table() {
      super(SEGMENT_BYTES);
    }

    @Override
    protected Segment create(long number) {
      return new Counted(number);
    }

    @Override
    protected void publishCreated() {}

    @Override
    protected void remove(Segment[] segments) {}
  }

  /** A request takes a segment while its table lets go of it. */
  @JCStressTest
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "held, and there while it is")
  @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "refused: it is gone")
  @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "refused: it is about to go")
  @Outcome(expect = FORBIDDEN, desc = "held, and disposed of")
  @State
  public static class HoldAgainstRetire {
    private final Counted segment = new Counted(0);

    @Actor
    public void request(ZI_Result r) {
      r.r1 = segment.acquire();
      r.r2 = segment.disposed;
    }

    @Actor
    public void table() {
      segment.release();
    }
  }

  /** Two requests and the table let go: the last one disposes of it, once. */
  @JCStressTest
  @Outcome(id = "true, true, 1", expect = ACCEPTABLE, desc = "both had it")
  @Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "the second came too late")
  @Outcome(id = "false, true, 1", expect = ACCEPTABLE, desc = "the first came too late")
  @Outcome(id = "false, false, 1", expect = ACCEPTABLE, desc = "both came too late")
  @Outcome(expect = FORBIDDEN, desc = "disposed of twice, or never")
  @State
  public static class TwoHoldersAndRetire {
    private final Counted segment = new Counted(0);

    private boolean use() {
      boolean held = segment.acquire();
      if (held) {
        segment.release();
      }
      return held;
    }

    @Actor
    public void first(ZZI_Result r) {
      r.r1 = use();
    }

    @Actor
    public void second(ZZI_Result r) {
      r.r2 = use();
    }

    @Actor
    public void table() {
      segment.release();
    }

    @Arbiter
    public void end(ZZI_Result r) {
      r.r3 = segment.disposed;
    }
  }

  /** The table grows and is truncated while a request looks a segment up. */
  @JCStressTest
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "found, and there while it is held")
  @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "below the table's beginning already")
  @Outcome(expect = FORBIDDEN, desc = "another segment, or one that is gone")
  @State
  public static class TruncateAgainstLookup {
    private final Table table = new Table();

    public TruncateAgainstLookup() {
      table.ensureCapacity(2 * SEGMENT_BYTES);
    }

    @Actor
    public void request(ZI_Result r) {
      Segment found = table.acquire(SEGMENT_BYTES);
      r.r1 = found != null;
      r.r2 = found == null ? 0 : ((Counted) found).disposed + (found.number() == 1 ? 0 : 10);
    }

    @Actor
    public void truncate() {
      table.ensureCapacity(3 * SEGMENT_BYTES);
      table.truncateBefore(2 * SEGMENT_BYTES);
    }
  }

  /** Two make the table grow at the same time: each finds what it asked for. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both are there")
  @Outcome(expect = FORBIDDEN, desc = "a growth is lost")
  @State
  public static class TwoGrow {
    private final Table table = new Table();

    @Actor
    public void first(ZZ_Result r) {
      table.ensureCapacity(SEGMENT_BYTES);
      r.r1 = table.acquire(0) != null;
    }

    @Actor
    public void second(ZZ_Result r) {
      table.ensureCapacity(2 * SEGMENT_BYTES);
      r.r2 = table.acquire(SEGMENT_BYTES) != null;
    }
  }

  /** Two operations fail at the same time: one cause is kept for good. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the first stays")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "the second stays")
  @Outcome(expect = FORBIDDEN, desc = "no cause, or not one that stays")
  @State
  public static class TwoPoisons {
    private final Poison poison = new Poison();

    private int failAndLook(int errno) {
      poison.poison(new DeviceException("write", "segment", 0, errno, "failed"));
      try {
        poison.requireHealthy("write", "segment", 0);
        return 0;
      } catch (DeviceException e) {
        return e.errno();
      }
    }

    @Actor
    public void first(II_Result r) {
      r.r1 = failAndLook(1);
    }

    @Actor
    public void second(II_Result r) {
      r.r2 = failAndLook(2);
    }
  }

  /** A queue counts while somebody looks: what is seen only grows, and is never torn. */
  @JCStressTest
  @Outcome(id = "[0-2], [0-2]", expect = ACCEPTABLE, desc = "some of what was counted")
  @Outcome(
      id = {"1, 0", "2, 0", "2, 1"},
      expect = FORBIDDEN,
      desc = "fewer than before")
  @Outcome(expect = FORBIDDEN, desc = "what was never there")
  @State
  public static class CountAgainstStats {
    private static final DeviceStats NONE = new DeviceStats(0, 0, 0, 0, 0, 0);

    private final QueueCounters counters = new QueueCounters();

    @Actor
    public void queue() {
      counters.countRead(4096);
      counters.countRead(4096);
    }

    @Actor
    public void observer(JJ_Result r) {
      r.r1 = counters.plus(NONE).reads();
      r.r2 = counters.plus(NONE).reads();
    }
  }
}
