package dev.peregrine.bench.jmh;

import dev.peregrine.internal.record.BytesRecord;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.internal.record.LongRecord;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Records whose addresses are known: reads and updates in place, in cache and far beyond it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class RecordBench {
  private static final int VALUE_BYTES = 100;
  private static final long VERSION = 1;
  private static final long BYTES_RECORD = BytesRecord.sizeBytes(Long.BYTES, VALUE_BYTES);

  /** How many records there are. */
  @Param({"4096", "4194304"})
  public int records;

  private NativeRegion longs;
  private NativeRegion bytes;

  /** What one thread needs. */
  @State(Scope.Thread)
  public static class Own {
    private final MemorySegment value = Arena.ofAuto().allocate(VALUE_BYTES, Long.BYTES);
    private ScatteredKeys order;

    /** Begins a sequence. */
    @Setup
    public void begin(RecordBench bench) {
      order = new ScatteredKeys(bench.records, 7);
    }
  }

  /** Writes the records. */
  @Setup(Level.Trial)
  public void open() {
    longs = NativeRegion.reserve((long) records * LongRecord.BYTES);
    bytes = NativeRegion.reserve(records * BYTES_RECORD);
    for (int i = 0; i < records; i++) {
      long record = longs.address() + (long) i * LongRecord.BYTES;
      Memory.putLong(LongRecord.keyAddress(record), i);
      Memory.putLong(record, RecordHeader.live(LogAddress.NONE, VERSION));
      record = bytes.address() + i * BYTES_RECORD;
      Memory.putLong(BytesRecord.keyAddress(record), i);
      Memory.putLong(
          BytesRecord.layoutAddress(record), BytesRecord.layout(Long.BYTES, VALUE_BYTES));
      Memory.putLong(record, RecordHeader.live(LogAddress.NONE, VERSION));
    }
  }

  /** Frees them. */
  @TearDown(Level.Trial)
  public void close() {
    longs.close();
    bytes.close();
  }

  private static IllegalStateException wrong() {
    return new IllegalStateException("a record is not what was written");
  }

  /** A value of 8 bytes, with the checks of a read. */
  @Benchmark
  public long readLong(Own own) {
    long key = own.order.nextRecord();
    long record = longs.address() + key * LongRecord.BYTES;
    if (!LongRecord.isLive(record, key)) {
      throw wrong();
    }
    return LongRecord.valueAcquire(record);
  }

  /** A value of 8 bytes set, with the checks of an update in place. */
  @Benchmark
  public void updateLong(Own own) {
    long key = own.order.nextRecord();
    long record = longs.address() + key * LongRecord.BYTES;
    if (!LongRecord.isLive(record, key)) {
      throw wrong();
    }
    LongRecord.valueRelease(record, key);
  }

  /** A value of 100 bytes copied out, not torn. */
  @Benchmark
  public int readBytes(Own own) {
    long key = own.order.nextRecord();
    long record = bytes.address() + key * BYTES_RECORD;
    long layout = BytesRecord.layoutAcquire(record);
    int length = BytesRecord.valueBytes(layout);
    if (!BytesRecord.isLive(record, key)) {
      throw wrong();
    }
    Memory.copyOut(BytesRecord.valueAddressOfLongKey(record), own.value, 0, length);
    if (BytesRecord.isWriting(layout) || !BytesRecord.isUnchanged(record, layout)) {
      throw wrong();
    }
    return length;
  }

  /** A value of 100 bytes replaced, holding the writer bit; false if another thread has it. */
  @Benchmark
  public boolean updateBytes(Own own) {
    long key = own.order.nextRecord();
    long record = bytes.address() + key * BYTES_RECORD;
    long layout = BytesRecord.layoutAcquire(record);
    if (!BytesRecord.isLive(record, key)) {
      throw wrong();
    }
    if (BytesRecord.isWriting(layout) || !BytesRecord.tryLock(record, layout)) {
      return false;
    }
    Memory.copyIn(own.value, 0, BytesRecord.valueAddressOfLongKey(record), VALUE_BYTES);
    BytesRecord.unlockRelease(record, layout);
    return true;
  }
}
