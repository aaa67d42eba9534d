package dev.peregrine.internal.record;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** The layout word: writer bit and sequence against readers that never write. */
public class BytesRecordTests {
  private static final int KEY_BYTES = 8;
  private static final int WORDS = 8;
  private static final int VALUE_BYTES = WORDS * 8;
  private static final long TORN = -1;

  private abstract static class OneRecord {
    final long record = Slices.take(BytesRecord.sizeBytes(KEY_BYTES, VALUE_BYTES));

    OneRecord() {
      long layout = BytesRecord.layout(KEY_BYTES, VALUE_BYTES);
      Memory.putLongVolatile(BytesRecord.layoutAddress(record), layout);
    }

    void write(long word, int valueBytes) {
      long layout = BytesRecord.layoutAcquire(record);
      while (BytesRecord.isWriting(layout) || !BytesRecord.tryLock(record, layout)) {
        Thread.onSpinWait();
        layout = BytesRecord.layoutAcquire(record);
      }
      long value = BytesRecord.valueAddress(record, layout);
      for (int at = 0; at < valueBytes; at += 8) {
        Memory.putLong(value + at, word);
      }
      BytesRecord.unlockChangedRelease(record, layout, valueBytes);
    }

    /**
     * The word that all of the value consists of, or {@link #TORN}; its length in {@link #length}.
     */
    long read() {
      for (; ; ) {
        long layout = BytesRecord.layoutAcquire(record);
        long value = BytesRecord.valueAddress(record, layout);
        int bytes = BytesRecord.valueBytes(layout);
        long word = Memory.getLong(value);
        for (int at = 8; at < bytes; at += 8) {
          word = Memory.getLong(value + at) == word ? word : TORN;
        }
        if (!BytesRecord.isWriting(layout) && BytesRecord.isUnchanged(record, layout)) {
          length = bytes;
          return word;
        }
        Thread.onSpinWait();
      }
    }

    int length;
  }

  /** One writes a value of eight words, one reads it. */
  @JCStressTest
  @Outcome(id = "64, 0", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "64, 1", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "torn")
  @State
  public static class WriteAgainstRead extends OneRecord {
    @Actor
    public void writer() {
      write(1, VALUE_BYTES);
    }

    @Actor
    public void reader(IJ_Result r) {
      r.r2 = read();
      r.r1 = length;
    }
  }

  /** One makes the value shorter, then longer again, one reads it. */
  @JCStressTest
  @Outcome(id = "64, 0", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "16, 1", expect = ACCEPTABLE, desc = "between")
  @Outcome(id = "48, 2", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "torn, or with another value's length")
  @State
  public static class ResizeAgainstRead extends OneRecord {
    @Actor
    public void writer() {
      write(1, 16);
      write(2, 48);
    }

    @Actor
    public void reader(IJ_Result r) {
      r.r2 = read();
      r.r1 = length;
    }
  }

  /** Two writers: each finishes before the other begins. */
  @JCStressTest
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "the first came last")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "the second came last")
  @Outcome(expect = FORBIDDEN, desc = "torn, or a change without a sequence number")
  @State
  public static class TwoWriters extends OneRecord {
    private final long before = BytesRecord.layoutAcquire(record);

    @Actor
    public void first() {
      write(1, VALUE_BYTES);
    }

    @Actor
    public void second() {
      write(2, VALUE_BYTES);
    }

    @Arbiter
    public void end(JJ_Result r) {
      r.r1 = read();
      r.r2 = (BytesRecord.layoutAcquire(record) - before) >>> 50;
    }
  }
}
