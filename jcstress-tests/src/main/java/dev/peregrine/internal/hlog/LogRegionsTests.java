package dev.peregrine.internal.hlog;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.epoch.EpochAction;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.hlog.LogRegions.Marker;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The marker words, moved by the worker and its epoch actions, against operations. */
public class LogRegionsTests {
  private static final long RECORD = 64;
  private static final long LATER = 128;

  /** A log's markers and a record's word; sessions share one epoch. */
  private abstract static class Log {
    static final LightEpoch EPOCH = new LightEpoch(1);
    static final long SLOT = EPOCH.acquireSlot();

    /** Other states' actions may have filled the list of those that wait. */
    static void register(EpochAction action) {
      while (!EPOCH.bump(action, LATER)) {
        EPOCH.drain();
      }
    }

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
      EPOCH.tryEnter(SLOT);
      if (RECORD >= regions.readOnlyAcquire()) {
        Memory.putLong(record, 1);
        r.r1 = true;
      }
      EPOCH.leave(SLOT);
    }

    @Actor
    public void worker() {
      regions.advanceRelease(Marker.READ_ONLY, LATER);
      register(this::onFrozen);
    }

    private void onFrozen(long target) {
      frozen = Memory.getLong(record);
      regions.advanceRelease(Marker.SAFE_READ_ONLY, target);
    }

    @Arbiter
    public void end(ZZ_Result r) {
      EPOCH.drain();
      r.r2 = frozen == Memory.getLong(record);
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
      EPOCH.tryEnter(SLOT);
      r.r1 = RECORD >= regions.headAcquire() ? (int) Memory.getLong(record) : -1;
      EPOCH.leave(SLOT);
    }

    @Actor
    public void worker() {
      regions.advanceRelease(Marker.HEAD, LATER);
      register(target -> Memory.putLong(record, 0));
    }
  }
}
