package dev.peregrine.internal.hlog;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.epoch.Epochs;
import dev.peregrine.internal.epoch.LightEpoch;
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
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * The marker words, moved by the worker and its epoch actions ({@code readOnly} then {@code
 * safeReadOnly}, {@code head} then the frame's zeroing), against operations on a record.
 */
public class LogRegionsTests {
  private static final long RECORD = 64;
  private static final long LATER = 128;

  /** A log's markers, and the word of a record at {@link #RECORD}. */
  private abstract static class Log {
    final LightEpoch epoch = Epochs.take(2);
    final long slot = epoch.acquireSlot();
    final long words = Slices.take((long) (Marker.values().length + 1) * CacheLine.STRIDE_BYTES);
    final LogRegions regions = new LogRegions(RECORD, words);
    final long record = words + (long) Marker.values().length * CacheLine.STRIDE_BYTES;
  }

  /** Freezing a record against an update in place: none lands after {@code safeReadOnly}. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "updated in place, and then frozen")
  @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "saw that it was read-only")
  @Outcome(expect = FORBIDDEN, desc = "a frozen record changed")
  @State
  public static class FreezeAgainstUpdate extends Log {
    private long frozen = -1;

    @Actor
    public void updater(ZZ_Result r) {
      epoch.tryEnter(slot);
      if (RECORD >= regions.readOnlyAcquire()) {
        Memory.putLong(record, 1);
        r.r1 = true;
      }
      epoch.leave(slot);
    }

    @Actor
    public void worker() {
      regions.advanceRelease(Marker.READ_ONLY, LATER);
      epoch.bump(this::onFrozen, LATER);
    }

    private void onFrozen(long target) {
      frozen = Memory.getLong(record);
      regions.advanceRelease(Marker.SAFE_READ_ONLY, target);
    }

    @Arbiter
    public void end(ZZ_Result r) {
      epoch.drain();
      r.r2 = frozen == Memory.getLong(record);
    }
  }

  /** Who copies a record that {@code safeReadOnly} has passed has the last update in the copy. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "added in place, then copied")
  @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "added in place; not frozen when looked at")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "read-only for the adder: copied as it was")
  @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "read-only, but still fuzzy for the copier")
  @Outcome(expect = FORBIDDEN, desc = "an addition after the copy, or unseen by it: lost")
  @State
  public static class FreezeAgainstAddAndCopy extends Log {
    private final long copierSlot = epoch.acquireSlot();

    @Actor
    public void adder(II_Result r) {
      epoch.tryEnter(slot);
      if (RECORD >= regions.readOnlyAcquire()) {
        Memory.getAndAddLong(record, 1);
        r.r1 = 1;
      }
      epoch.leave(slot);
    }

    @Actor
    public void freezerAndCopier(II_Result r) {
      regions.advanceRelease(Marker.READ_ONLY, LATER);
      epoch.bump(target -> regions.advanceRelease(Marker.SAFE_READ_ONLY, target), LATER);
      epoch.tryEnter(copierSlot);
      r.r2 = RECORD < regions.safeReadOnlyAcquire() ? (int) Memory.getLong(record) : -1;
      epoch.leave(copierSlot);
    }
  }

  /** Evicting a page against a read: the frame is zeroed after the reader has left. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "read in memory")
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "saw that it is on the device")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "the frame was zeroed under the reader")
  @State
  public static class EvictAgainstRead extends Log {
    public EvictAgainstRead() {
      Memory.putLongVolatile(record, 1);
    }

    @Actor
    public void reader(I_Result r) {
      epoch.tryEnter(slot);
      r.r1 = RECORD >= regions.headAcquire() ? (int) Memory.getLong(record) : -1;
      epoch.leave(slot);
    }

    @Actor
    public void worker() {
      regions.advanceRelease(Marker.HEAD, LATER);
      epoch.bump(target -> regions.advanceRelease(Marker.SAFE_HEAD, target), LATER);
      if (regions.getAcquire(Marker.SAFE_HEAD) == LATER) {
        Memory.putLong(record, 0);
        regions.advanceRelease(Marker.CLOSED_UNTIL, LATER);
      }
    }
  }

  /**
   * Two update in place and one reads while the worker freezes, writes and evicts the record: what
   * it writes has all updates, and nobody finds the frame zeroed.
   */
  @JCStressTest
  @Outcome(id = "(-1|1|2|3|4), 0", expect = ACCEPTABLE, desc = "all updates were written")
  @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "the frame was zeroed under the reader")
  @Outcome(expect = FORBIDDEN, desc = "an update came after the write: lost")
  @State
  public static class EvictAgainstTwoUpdatesAndRead extends Log {
    private final LightEpoch shared = Epochs.take(3);
    private final long firstSlot = shared.acquireSlot();
    private final long secondSlot = shared.acquireSlot();
    private final long readerSlot = shared.acquireSlot();
    private final AtomicInteger added = new AtomicInteger(1);
    private long written = -1;

    public EvictAgainstTwoUpdatesAndRead() {
      Memory.putLongVolatile(record, 1);
    }

    private void update(long updaterSlot, int amount) {
      shared.tryEnter(updaterSlot);
      if (RECORD >= regions.readOnlyAcquire()) {
        Memory.getAndAddLong(record, amount);
        added.addAndGet(amount);
      }
      shared.leave(updaterSlot);
    }

    @Actor
    public void first() {
      update(firstSlot, 1);
    }

    @Actor
    public void second() {
      update(secondSlot, 2);
    }

    @Actor
    public void reader(II_Result r) {
      shared.tryEnter(readerSlot);
      r.r1 = RECORD >= regions.headAcquire() ? (int) Memory.getLongAcquire(record) : -1;
      shared.leave(readerSlot);
    }

    @Actor
    public void worker() {
      regions.advanceRelease(Marker.READ_ONLY, LATER);
      shared.bump(target -> regions.advanceRelease(Marker.SAFE_READ_ONLY, target), LATER);
      if (regions.getAcquire(Marker.SAFE_READ_ONLY) < LATER) {
        return;
      }
      written = Memory.getLong(record);
      regions.advanceRelease(Marker.FLUSHED_UNTIL, LATER);
      regions.advanceRelease(Marker.HEAD, LATER);
      shared.bump(target -> regions.advanceRelease(Marker.SAFE_HEAD, target), LATER);
      if (regions.getAcquire(Marker.SAFE_HEAD) == LATER) {
        Memory.putLong(record, 0);
      }
    }

    @Arbiter
    public void end(II_Result r) {
      r.r2 = written < 0 || written == added.get() ? 0 : 1;
    }
  }
}
