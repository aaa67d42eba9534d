package dev.peregrine.internal.record;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * The layout word of a record of bytes: writer bit and sequence (free to locked to free with the
 * next number) against readers that never write.
 *
 * <p>On x86 these catch a missing check, bit or number, and reordering by the compiler; a missing
 * fence in the processor shows on weaker hardware only (AArch64).
 */
public class BytesRecordTests {
  private static final int KEY_BYTES = 8;
  private static final int SEQUENCE_SHIFT = 50;
  private static final long TORN = -1;

  /** A record whose value is written as many equal words. */
  private abstract static class OneRecord {
    final long record;
    final int valueBytes;
    int length;

    OneRecord(int valueBytes) {
      this.valueBytes = valueBytes;
      record = Slices.take(BytesRecord.sizeBytes(KEY_BYTES, valueBytes));
      long layout = BytesRecord.layout(KEY_BYTES, valueBytes);
      Memory.putLongVolatile(BytesRecord.layoutAddress(record), layout);
    }

    void write(long word) {
      write(word, valueBytes);
    }

    void write(long word, int newBytes) {
      long layout = lock();
      long value = BytesRecord.valueAddress(record, layout);
      for (int at = 0; at < newBytes; at += 8) {
        Memory.putLong(value + at, word);
      }
      BytesRecord.unlockChangedRelease(record, layout, newBytes);
    }

    long lock() {
      for (; ; ) {
        long layout = BytesRecord.layoutAcquire(record);
        if (!BytesRecord.isWriting(layout) && BytesRecord.tryLock(record, layout)) {
          return layout;
        }
        Thread.onSpinWait();
      }
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
  }

  /** One writes a value of two words, twice; one reads it. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "between")
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "torn")
  @State
  public static class WriteAgainstReadOfTwoWords extends OneRecord {
    public WriteAgainstReadOfTwoWords() {
      super(16);
    }

    @Actor
    public void writer() {
      write(1);
      write(2);
    }

    @Actor
    public void reader(J_Result r) {
      r.r1 = read();
    }
  }

  /** One writes a value of eight words, one reads it twice. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "between")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "torn, or back in time")
  @State
  public static class WriteAgainstRead extends OneRecord {
    public WriteAgainstRead() {
      super(64);
    }

    @Actor
    public void writer() {
      write(1);
    }

    @Actor
    public void reader(JJ_Result r) {
      r.r1 = read();
      r.r2 = read();
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
    public ResizeAgainstRead() {
      super(64);
    }

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

  /** A lock that is given back unchanged, between two changes: a reader is not misled by it. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "before, or while locked")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "after")
  @Outcome(expect = FORBIDDEN, desc = "torn")
  @State
  public static class UnlockUnchangedAgainstRead extends OneRecord {
    public UnlockUnchangedAgainstRead() {
      super(32);
    }

    @Actor
    public void writer() {
      BytesRecord.unlockRelease(record, lock());
      write(1);
      BytesRecord.unlockRelease(record, lock());
    }

    @Actor
    public void reader(J_Result r) {
      r.r1 = read();
    }
  }

  /** What two writers may leave. */
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "the first came last; two sequence numbers")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "the second came last; two sequence numbers")
  @Outcome(expect = FORBIDDEN, desc = "torn, or a change without a sequence number")
  public static class TwoChanges {}

  /** Two writers: each finishes before the other begins. */
  @JCStressTest
  @JCStressMeta(TwoChanges.class)
  @State
  public static class TwoWriters extends OneRecord {
    private final long before = BytesRecord.layoutAcquire(record);

    public TwoWriters() {
      super(64);
    }

    @Actor
    public void first() {
      write(1);
    }

    @Actor
    public void second() {
      write(2);
    }

    @Arbiter
    public void end(JJ_Result r) {
      r.r1 = read();
      r.r2 = (BytesRecord.layoutAcquire(record) - before) >>> SEQUENCE_SHIFT;
    }
  }

  /** Two writers that read what came of it. */
  @JCStressTest
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "each read its own before the other wrote")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "the second wrote last")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the first wrote last")
  @Outcome(expect = FORBIDDEN, desc = "torn, or an old value")
  @State
  public static class TwoWritersThatRead extends OneRecord {
    public TwoWritersThatRead() {
      super(32);
    }

    @Actor
    public void first(JJ_Result r) {
      write(1);
      r.r1 = read();
    }

    @Actor
    public void second(JJ_Result r) {
      write(2);
      r.r2 = read();
    }
  }

  /** Two writers and a reader of a value of three words. */
  @JCStressTest
  @Outcome(id = "0, [012]", expect = ACCEPTABLE, desc = "before, or between")
  @Outcome(id = "[12], [12]", expect = ACCEPTABLE, desc = "after one of them")
  @Outcome(expect = FORBIDDEN, desc = "torn, or back in time")
  @State
  public static class TwoWritersAndReader extends OneRecord {
    public TwoWritersAndReader() {
      super(24);
    }

    @Actor
    public void first() {
      write(1);
    }

    @Actor
    public void second() {
      write(2);
    }

    @Actor
    public void reader(JJ_Result r) {
      r.r1 = read();
      r.r2 = read();
    }
  }
}
