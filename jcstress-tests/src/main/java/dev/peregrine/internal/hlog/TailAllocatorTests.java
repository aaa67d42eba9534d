package dev.peregrine.internal.hlog;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.hlog.LogRegions.Marker;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJI_Result;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.LI_Result;

/**
 * The tail word at the turn of a page of 4 KiB: fetch-and-add by many, and the CAS that opens the
 * next page once. Tests of three actors run where there are three processors.
 */
public class TailAllocatorTests {
  private static final int PAGE_BITS = 12;
  private static final int PAGE_BYTES = 1 << PAGE_BITS;
  private static final int RECORD_BYTES = 64;

  /** Where the records of a page end: a multiple of 8, which outcomes below name. */
  private static final int USABLE_BYTES = PageImage.usableBytes(PAGE_BYTES);

  private abstract static class Tail implements TailAllocator.FrameGate {
    final AtomicInteger opened = new AtomicInteger();
    final TailAllocator tail;

    Tail(long firstAddress) {
      this(PAGE_BITS, firstAddress);
    }

    Tail(int pageBits, long firstAddress) {
      long word = Slices.take(CacheLine.STRIDE_BYTES);
      tail = new TailAllocator(pageBits, firstAddress, this, word);
    }

    @Override
    public boolean isFree(long page) {
      return true;
    }

    @Override
    public void onOpened(long page) {
      opened.incrementAndGet();
    }
  }

  /** Room for one more: who comes second opens the page, whoever of the two does it. */
  @JCStressTest
  @Outcome(id = "3992, 4096, 1", expect = ACCEPTABLE, desc = "the first took the rest of the page")
  @Outcome(id = "4096, 3992, 1", expect = ACCEPTABLE, desc = "the second took the rest of the page")
  @Outcome(expect = FORBIDDEN, desc = "overlap, a hole, or a page opened twice")
  @State
  public static class RoomForOne extends Tail {
    public RoomForOne() {
      super(USABLE_BYTES - RECORD_BYTES);
    }

    @Actor
    public void first(JJI_Result r) {
      r.r1 = tail.allocate(RECORD_BYTES);
    }

    @Actor
    public void second(JJI_Result r) {
      r.r2 = tail.allocate(RECORD_BYTES);
    }

    @Arbiter
    public void end(JJI_Result r) {
      r.r3 = opened.get();
    }
  }

  /** A page that is full for both: it is turned once. */
  @JCStressTest
  @Outcome(id = "4096, 4160, 1", expect = ACCEPTABLE, desc = "the first came first")
  @Outcome(id = "4160, 4096, 1", expect = ACCEPTABLE, desc = "the second came first")
  @Outcome(expect = FORBIDDEN, desc = "overlap, a hole, or a page opened twice")
  @State
  public static class BothTurn extends Tail {
    public BothTurn() {
      super(USABLE_BYTES - RECORD_BYTES / 2);
    }

    @Actor
    public void first(JJI_Result r) {
      r.r1 = tail.allocate(RECORD_BYTES);
    }

    @Actor
    public void second(JJI_Result r) {
      r.r2 = tail.allocate(RECORD_BYTES);
    }

    @Arbiter
    public void end(JJI_Result r) {
      r.r3 = opened.get();
    }
  }

  /** No frame for the next page: who does not fit waits. */
  @JCStressTest
  @Outcome(id = "3992, -1", expect = ACCEPTABLE, desc = "the second waits")
  @Outcome(id = "-1, 3992", expect = ACCEPTABLE, desc = "the first waits")
  @Outcome(expect = FORBIDDEN, desc = "a page without a frame, or the rest of the page lost")
  @State
  public static class NoFrame extends Tail {
    public NoFrame() {
      super(USABLE_BYTES - RECORD_BYTES);
    }

    @Override
    public boolean isFree(long page) {
      return false;
    }

    @Actor
    public void first(JJ_Result r) {
      r.r1 = tail.allocate(RECORD_BYTES);
    }

    @Actor
    public void second(JJ_Result r) {
      r.r2 = tail.allocate(RECORD_BYTES);
    }
  }

  /**
   * A cut at the end of a block: a range that was taken before lies below it, those taken later
   * from it on.
   */
  @JCStressTest
  @Outcome(id = "4032, 8192, 8192", expect = ACCEPTABLE, desc = "taken before, into the next block")
  @Outcome(id = "4096, 4096, 4224", expect = ACCEPTABLE, desc = "taken after the cut, first")
  @Outcome(id = "4224, 4096, 4096", expect = ACCEPTABLE, desc = "taken after the cut, second")
  @Outcome(expect = FORBIDDEN, desc = "a range across the cut, or overlap")
  @State
  public static class PadAgainstAllocate extends Tail {
    private static final int LARGE_PAGE_BITS = 14;
    private static final int BYTES = 128;

    public PadAgainstAllocate() {
      super(LARGE_PAGE_BITS, PAGE_BYTES - 72);
      tail.allocate(Long.BYTES);
    }

    @Actor
    public void allocator(JJJ_Result r) {
      r.r1 = tail.allocate(BYTES);
    }

    @Actor
    public void cutter(JJJ_Result r) {
      r.r2 = tail.padToBlock();
      r.r3 = tail.allocate(BYTES);
    }
  }

  /** A cut where the next block is the next page. */
  @JCStressTest
  @Outcome(id = "3992, 4096, 4096", expect = ACCEPTABLE, desc = "taken before, to the footer")
  @Outcome(id = "4096, 4096, 4160", expect = ACCEPTABLE, desc = "taken after the cut, first")
  @Outcome(id = "4160, 4096, 4096", expect = ACCEPTABLE, desc = "taken after the cut, second")
  @Outcome(expect = FORBIDDEN, desc = "a range across the cut, or overlap")
  @State
  public static class PadToThePageAgainstAllocate extends Tail {
    public PadToThePageAgainstAllocate() {
      super(USABLE_BYTES - RECORD_BYTES - Long.BYTES);
      tail.allocate(Long.BYTES);
    }

    @Actor
    public void allocator(JJJ_Result r) {
      r.r1 = tail.allocate(RECORD_BYTES);
    }

    @Actor
    public void cutter(JJJ_Result r) {
      r.r2 = tail.padToBlock();
      r.r3 = tail.allocate(RECORD_BYTES);
    }
  }

  /** Two cuts of one tail are the same. */
  @JCStressTest
  @Outcome(id = "8192, 8192, 8192", expect = ACCEPTABLE, desc = "one moved the tail")
  @Outcome(expect = FORBIDDEN, desc = "a cut for nothing")
  @State
  public static class TwoPads extends Tail {
    private static final int LARGE_PAGE_BITS = 14;

    public TwoPads() {
      super(LARGE_PAGE_BITS, PAGE_BYTES);
      tail.allocate(Long.BYTES);
    }

    @Actor
    public void first(JJJ_Result r) {
      r.r1 = tail.padToBlock();
    }

    @Actor
    public void second(JJJ_Result r) {
      r.r2 = tail.padToBlock();
    }

    @Arbiter
    public void end(JJJ_Result r) {
      r.r3 = tail.tailAcquire();
    }
  }

  /** Checks ranges of different sizes, taken at and after the turn of the page. */
  private abstract static class Ranges extends Tail {
    /** More than half of a page: every second one turns it. */
    static final int LARGE = 2560;

    static final int SMALL = 512;
    final long[] starts = new long[6];
    final int[] sizes = {SMALL, LARGE, LARGE, SMALL, LARGE, SMALL};

    Ranges() {
      super(USABLE_BYTES - LARGE);
    }

    void take(int from) {
      starts[from] = tail.allocate(sizes[from]);
      starts[from + 1] = tail.allocate(sizes[from + 1]);
    }

    /** What is wrong with the first ranges. */
    void check(LI_Result r, int count) {
      r.r1 = "ok";
      long lastPage = 0;
      for (int i = 0; i < count; i++) {
        long last = starts[i] + sizes[i] - 1;
        lastPage = Math.max(lastPage, last >> PAGE_BITS);
        if (starts[i] >> PAGE_BITS != last >> PAGE_BITS) {
          r.r1 = "crosses a page";
        }
        for (int j = 0; j < i; j++) {
          if (starts[j] < starts[i] + sizes[i] && starts[i] < starts[j] + sizes[j]) {
            r.r1 = "overlap";
          }
        }
        if (last >= tail.tailAcquire()) {
          r.r1 = "beyond the tail";
        }
      }
      r.r2 = opened.get() - (int) lastPage;
    }
  }

  /** Two take two ranges each. */
  @JCStressTest
  @Outcome(id = "ok, 0", expect = ACCEPTABLE, desc = "disjoint, inside pages, each opened once")
  @Outcome(expect = FORBIDDEN, desc = "overlap, across pages, or a page opened twice")
  @State
  public static class TwoAllocators extends Ranges {
    @Actor
    public void first() {
      take(0);
    }

    @Actor
    public void second() {
      take(2);
    }

    @Arbiter
    public void end(LI_Result r) {
      check(r, 4);
    }
  }

  /** Three take two ranges each. */
  @JCStressTest
  @Outcome(id = "ok, 0", expect = ACCEPTABLE, desc = "disjoint, inside pages, each opened once")
  @Outcome(expect = FORBIDDEN, desc = "overlap, across pages, or a page opened twice")
  @State
  public static class ThreeAllocators extends Ranges {
    @Actor
    public void first() {
      take(0);
    }

    @Actor
    public void second() {
      take(2);
    }

    @Actor
    public void third() {
      take(4);
    }

    @Arbiter
    public void end(LI_Result r) {
      check(r, 6);
    }
  }

  /** The gate of the production log, and a word of the frame that the next page takes. */
  private abstract static class Recycled extends Tail {
    static final int DIRTY = 7;

    final LogRegions regions =
        new LogRegions(0, Slices.take((long) Marker.values().length * CacheLine.STRIDE_BYTES));
    final long frame = Slices.take(CacheLine.STRIDE_BYTES);

    Recycled() {
      super(USABLE_BYTES - RECORD_BYTES / 2);
      Memory.putLongVolatile(frame, DIRTY);
    }

    @Override
    public boolean isFree(long page) {
      return regions.getAcquire(Marker.CLOSED_UNTIL) >= PAGE_BYTES;
    }

    void recycle() {
      Memory.putLong(frame, 0);
      regions.advanceRelease(Marker.CLOSED_UNTIL, PAGE_BYTES);
    }

    /** What is in the frame of a range, or −1 while there is none. */
    long allocate() {
      return tail.allocate(RECORD_BYTES) == TailAllocator.WAIT ? -1 : Memory.getLong(frame);
    }
  }

  /** A frame is zeroed and handed out: whoever gets a range in it finds it zeroed. */
  @JCStressTest
  @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "first refused, then zeroed")
  @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "refused both times")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "zeroed")
  @Outcome(expect = FORBIDDEN, desc = "handed out with old bytes")
  @State
  public static class RecycleAgainstAllocate extends Recycled {
    @Actor
    public void worker() {
      recycle();
    }

    @Actor
    public void allocator(JJ_Result r) {
      r.r1 = allocate();
      r.r2 = allocate();
    }
  }

  /** The same for one who did not open the page, and never asked the gate. */
  @JCStressTest
  @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "both refused")
  @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "the first refused")
  @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "the second refused")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "zeroed for both")
  @Outcome(expect = FORBIDDEN, desc = "handed out with old bytes")
  @State
  public static class RecycleAgainstTwoAllocators extends Recycled {
    @Actor
    public void worker() {
      recycle();
    }

    @Actor
    public void first(JJ_Result r) {
      r.r1 = allocate();
    }

    @Actor
    public void second(JJ_Result r) {
      r.r2 = allocate();
    }
  }
}
