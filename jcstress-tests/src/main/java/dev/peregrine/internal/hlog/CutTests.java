package dev.peregrine.internal.hlog;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.epoch.Epochs;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** Cutting a log that leaves room behind each cut, against those who append. */
public class CutTests {
  private static final int PAGE_BITS = 14;
  private static final int ROOM_BYTES = 64;
  private static final int ENTRY_BYTES = 64;

  private static final class Format implements PageFormat {
    @Override
    public int firstOffset() {
      return ROOM_BYTES;
    }

    @Override
    public int usableBytes() {
      return 1 << PAGE_BITS;
    }

    @Override
    public boolean isCut(long logicalAddress) {
      return Alignment.isAligned(logicalAddress, PageImage.BLOCK_BYTES);
    }

    @Override
    public long endOfWrite(long from, long most) {
      return most;
    }

    @Override
    public void seal(long from, long end, long physicalFrom, Checksum checksum) {}
  }

  /** A log with an entry at 64. */
  private abstract static class Log implements TailAllocator.FrameGate {
    final TailAllocator tail =
        new TailAllocator(
            PAGE_BITS, new Format(), ROOM_BYTES, this, Slices.take(CacheLine.STRIDE_BYTES));

    Log() {
      tail.allocate(ENTRY_BYTES);
    }

    @Override
    public boolean isFree(long page) {
      return true;
    }

    @Override
    public void onOpened(long page) {}
  }

  /** An entry lies below the cut, or behind the room. */
  @JCStressTest
  @Outcome(id = "128, 4096", expect = ACCEPTABLE, desc = "before the cut")
  @Outcome(id = "4160, 4096", expect = ACCEPTABLE, desc = "behind the room")
  @Outcome(expect = FORBIDDEN, desc = "in the room, or the cut is wrong")
  @State
  public static class CutAgainstAppend extends Log {
    @Actor
    public void writer(JJ_Result r) {
      r.r1 = tail.allocate(ENTRY_BYTES);
    }

    @Actor
    public void cutter(JJ_Result r) {
      r.r2 = tail.cutAfter(0);
    }
  }

  /** What lies below the cut is complete when everybody has left the epoch. */
  @JCStressTest
  @Outcome(id = "128, 1", expect = ACCEPTABLE, desc = "below the cut, and complete")
  @Outcome(id = "4160, 0", expect = ACCEPTABLE, desc = "behind it")
  @Outcome(expect = FORBIDDEN, desc = "the flusher passed a hole")
  @State
  public static class PublishAgainstFlush extends Log {
    private final LightEpoch epoch = Epochs.take(1);
    private final long slot = epoch.acquireSlot();
    private final long header = Slices.take(CacheLine.STRIDE_BYTES);

    @Actor
    public void writer(JJ_Result r) {
      epoch.tryEnter(slot);
      long address = tail.allocate(ENTRY_BYTES);
      if (address < PageImage.BLOCK_BYTES) {
        Memory.putLongRelease(header, 1);
      }
      epoch.leave(slot);
      r.r1 = address;
    }

    @Actor
    public void flusher(JJ_Result r) {
      tail.cutAfter(0);
      long before = epoch.advance();
      while (epoch.safeEpoch() < before) {
        Thread.onSpinWait();
      }
      r.r2 = Memory.getLong(header);
    }
  }
}
