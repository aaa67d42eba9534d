package dev.peregrine.internal.index;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.record.BytesRecord;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.internal.record.LongRecord;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Publication of a record: plain and release stores to its memory, then the CAS of its index entry,
 * against a reader that comes by the entry (acquire) and reads the record plainly.
 *
 * <p>x86 keeps stores in order and loads in order, so here only the compiler can break this; a
 * missing acquire or release shows on AArch64.
 */
public class RecordPublishTests {
  private static final long ABSENT = 0;
  private static final long KEY = 0x1234;
  private static final long VALUE = 0x5678;

  /** A log of two records at {@link OneBucket#FIRST} and {@link OneBucket#SECOND}. */
  private abstract static class Log extends OneBucket {
    private static final int RECORD_BYTES = CacheLine.STRIDE_BYTES;

    /** Different tags would be different entries: the writers share one. */
    static final long HASH = hash(1, 0);

    private final long frame = Slices.take(2L * RECORD_BYTES);

    Log() {
      super(1, 0);
    }

    long physical(long address) {
      return frame + (address == FIRST ? 0 : RECORD_BYTES);
    }

    void appendLong(long address, long key) {
      long record = physical(address);
      IndexCursor cursor = new IndexCursor();
      do {
        index.findOrCreate(HASH, cursor);
        Memory.putLong(LongRecord.keyAddress(record), key);
        Memory.putLong(LongRecord.valueAddress(record), VALUE);
        Memory.putLongRelease(record, RecordHeader.live(cursor.address(), 1));
      } while (!index.casAddress(cursor, address));
    }

    void appendBytes(long address, long key, int valueBytes) {
      long record = physical(address);
      IndexCursor cursor = new IndexCursor();
      do {
        index.findOrCreate(HASH, cursor);
        long layout = BytesRecord.layout(Long.BYTES, valueBytes);
        Memory.putLong(BytesRecord.layoutAddress(record), layout);
        Memory.putLongRelease(record, RecordHeader.invalid());
        Memory.putLong(BytesRecord.keyAddress(record), key);
        for (int at = 0; at < valueBytes; at += Long.BYTES) {
          Memory.putLong(BytesRecord.valueAddress(record, layout) + at, VALUE);
        }
        Memory.putLongRelease(record, RecordHeader.live(cursor.address(), 1));
      } while (!index.casAddress(cursor, address));
    }
  }

  /** A record of two words. */
  @JCStressTest
  @Outcome(id = "absent", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "complete", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "the entry was there before the record")
  @State
  public static class PublishLong extends Log {
    @Actor
    public void writer() {
      appendLong(FIRST, KEY);
    }

    @Actor
    public void reader(L_Result r) {
      long address = index.find(HASH);
      if (address == ABSENT) {
        r.r1 = "absent";
        return;
      }
      long record = physical(address);
      boolean complete =
          LongRecord.key(record) == KEY
              && Memory.getLongAcquire(LongRecord.valueAddress(record)) == VALUE
              && Memory.getLongAcquire(record) == RecordHeader.live(LogAddress.NONE, 1);
      r.r1 = complete ? "complete" : "half";
    }
  }

  /** A record of bytes: header, layout, key and a value of 32 bytes. */
  @JCStressTest
  @Outcome(id = "absent", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "complete", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "the entry was there before the record")
  @State
  public static class PublishBytes extends Log {
    private static final int VALUE_BYTES = 32;

    @Actor
    public void writer() {
      appendBytes(FIRST, KEY, VALUE_BYTES);
    }

    @Actor
    public void reader(L_Result r) {
      long address = index.find(HASH);
      if (address == ABSENT) {
        r.r1 = "absent";
        return;
      }
      long record = physical(address);
      long layout = BytesRecord.layoutAcquire(record);
      boolean complete =
          Memory.getLong(BytesRecord.keyAddress(record)) == KEY
              && BytesRecord.valueBytes(layout) == VALUE_BYTES
              && RecordHeader.isValid(Memory.getLongAcquire(record));
      for (int at = 0; at < VALUE_BYTES; at += Long.BYTES) {
        complete &= Memory.getLong(BytesRecord.valueAddress(record, layout) + at) == VALUE;
      }
      r.r1 = complete ? "complete" : "half";
    }
  }

  /** Two append to one chain: from its head both can be reached, each complete. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "one hangs on the other")
  @Outcome(expect = FORBIDDEN, desc = "a record is lost, or the chain is broken")
  @State
  public static class TwoAppenders extends Log {
    @Actor
    public void first() {
      appendLong(FIRST, KEY);
    }

    @Actor
    public void second() {
      appendLong(SECOND, KEY + 1);
    }

    @Arbiter
    public void end(ZZ_Result r) {
      long address = index.find(HASH);
      for (int i = 0; i < 2 && address != ABSENT; i++) {
        long record = physical(address);
        r.r1 |= LongRecord.key(record) == KEY;
        r.r2 |= LongRecord.key(record) == KEY + 1;
        address = RecordHeader.previousAddress(Memory.getLong(record));
      }
      r.r1 &= address == ABSENT;
    }
  }

  /** One appends while another walks the chain: the old record stays reachable. */
  @JCStressTest
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "after: through the new record")
  @Outcome(expect = FORBIDDEN, desc = "the way to the old record is cut")
  @State
  public static class AppendAgainstWalk extends Log {
    public AppendAgainstWalk() {
      appendLong(FIRST, KEY);
    }

    @Actor
    public void appender() {
      appendLong(SECOND, KEY + 1);
    }

    @Actor
    public void walker(ZZ_Result r) {
      long address = index.find(HASH);
      while (address != ABSENT && !r.r1) {
        long record = physical(address);
        r.r1 = LongRecord.key(record) == KEY;
        r.r2 |= LongRecord.key(record) == KEY + 1;
        address = RecordHeader.previousAddress(Memory.getLong(record));
      }
    }
  }
}
