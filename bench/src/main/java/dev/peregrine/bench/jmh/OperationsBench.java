package dev.peregrine.bench.jmh;

import dev.peregrine.Session;
import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.StoreConfig;
import dev.peregrine.StoreKind;
import dev.peregrine.device.DeviceKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reads, writes and read-modify-writes of records that are all in the part of the log that is
 * changed in place. With {@code -prof gc} each must allocate nothing.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class OperationsBench {
  private static final int RECORDS = 1 << 18;

  /** Keys of a batch. */
  private static final int BATCH = 64;

  private static final long MEMORY_BYTES = 256L << 20;
  private static final long INDEX_BYTES = 16L << 20;

  /** One thread's store of each kind, and its buffers. */
  @State(Scope.Thread)
  public static class Stores {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment key = arena.allocate(Long.BYTES, Long.BYTES);
    private final MemorySegment value = arena.allocate(Operands.VALUE_BYTES, Long.BYTES);
    private final MemorySegment found = arena.allocate(Operands.VALUE_BYTES, Long.BYTES);
    private final ScatteredKeys order = new ScatteredKeys(RECORDS, 3);
    private final long[] batchKeys = new long[BATCH];
    private final MemorySegment[] batchBytesKeys = new MemorySegment[BATCH];
    private final long[] batchLongs = new long[BATCH];
    private final MemorySegment[] batchValues = new MemorySegment[BATCH];
    private final Status[] statuses = new Status[BATCH];
    private Store longsStore;
    private Store valuesStore;
    private Store bytesStore;
    private Session longs;
    private Session values;
    private Session bytes;

    /** Opens and fills them. */
    @Setup(Level.Trial)
    public void open() {
      for (int i = 0; i < BATCH; i++) {
        batchBytesKeys[i] = arena.allocate(Long.BYTES, Long.BYTES);
        batchValues[i] = arena.allocate(Operands.VALUE_BYTES, Long.BYTES);
      }
      longsStore = store(StoreKind.LONG_TO_LONG);
      valuesStore = store(StoreKind.LONG_TO_BYTES);
      bytesStore = store(StoreKind.BYTES_TO_BYTES);
      longs = longsStore.newSession();
      values = valuesStore.newSession();
      bytes = bytesStore.newSession();
      for (int i = 0; i < RECORDS; i++) {
        long record = ScatteredKeys.key(i);
        longs.upsert(record, i);
        values.upsert(record, value);
        key.set(ValueLayout.JAVA_LONG, 0, record);
        bytes.upsert(key, value);
      }
    }

    private static Store store(StoreKind kind) {
      return Store.open(
          StoreConfig.builder(kind)
              .device(DeviceKind.NULL)
              .memoryBytes(MEMORY_BYTES)
              .indexBytes(INDEX_BYTES)
              .maxSessions(1)
              .build());
    }

    /** Closes them. */
    @TearDown(Level.Trial)
    public void close() {
      longsStore.close();
      valuesStore.close();
      bytesStore.close();
      arena.close();
    }

    private long[] nextKeys() {
      for (int i = 0; i < BATCH; i++) {
        batchKeys[i] = order.nextKey();
      }
      return batchKeys;
    }

    private MemorySegment[] nextBytesKeys() {
      for (MemorySegment batchKey : batchBytesKeys) {
        batchKey.set(ValueLayout.JAVA_LONG, 0, order.nextKey());
      }
      return batchBytesKeys;
    }

    private MemorySegment nextBytesKey() {
      key.set(ValueLayout.JAVA_LONG, 0, order.nextKey());
      return key;
    }
  }

  /** A long by a long. */
  @Benchmark
  public long readLong(Stores s) {
    s.longs.read(s.order.nextKey());
    return s.longs.longValue();
  }

  /** A blind write of a long. */
  @Benchmark
  public Status upsertLong(Stores s) {
    return s.longs.upsert(s.order.nextKey(), 1);
  }

  /** An addition to a long. */
  @Benchmark
  public Status addLong(Stores s) {
    return s.longs.add(s.order.nextKey(), 1);
  }

  /** A long updated by a function. */
  @Benchmark
  public Status rmwLong(Stores s) {
    return s.longs.rmw(s.order.nextKey(), Operands.ADD_LONG, 1);
  }

  /** 100 bytes by a long, copied. */
  @Benchmark
  public Status readValue(Stores s) {
    return s.values.read(s.order.nextKey(), s.found);
  }

  /** A blind write of 100 bytes. */
  @Benchmark
  public Status upsertValue(Stores s) {
    return s.values.upsert(s.order.nextKey(), s.value);
  }

  /** 100 bytes updated by a function. */
  @Benchmark
  public Status rmwValue(Stores s) {
    return s.values.rmw(s.order.nextKey(), Operands.ADD_BYTES, 1);
  }

  /** 100 bytes by 8 bytes, copied. */
  @Benchmark
  public Status readBytes(Stores s) {
    return s.bytes.read(s.nextBytesKey(), s.found);
  }

  /** A blind write of 100 bytes by 8 bytes. */
  @Benchmark
  public Status upsertBytes(Stores s) {
    return s.bytes.upsert(s.nextBytesKey(), s.value);
  }

  /** 100 bytes by 8 bytes, updated by a function. */
  @Benchmark
  public Status rmwBytes(Stores s) {
    return s.bytes.rmw(s.nextBytesKey(), Operands.ADD_BYTES, 1);
  }

  /** Longs by longs, in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long readLongBatch(Stores s) {
    s.longs.readBatch(s.nextKeys(), 0, BATCH, s.batchLongs, s.statuses);
    return s.batchLongs[0];
  }

  /** Blind writes of longs, in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Status upsertLongBatch(Stores s) {
    s.longs.upsertBatch(s.nextKeys(), s.batchLongs, 0, BATCH, s.statuses);
    return s.statuses[0];
  }

  /** Additions to longs, in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Status addLongBatch(Stores s) {
    s.longs.addBatch(s.nextKeys(), s.batchLongs, 0, BATCH, null, s.statuses);
    return s.statuses[0];
  }

  /** Longs updated by a function, in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Status rmwLongBatch(Stores s) {
    s.longs.rmwBatch(s.nextKeys(), Operands.ADD_LONG, s.batchLongs, 0, BATCH, null, s.statuses);
    return s.statuses[0];
  }

  /** 100 bytes by a long, copied, in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Status readValueBatch(Stores s) {
    s.values.readBatch(s.nextKeys(), 0, BATCH, s.batchValues, null, s.statuses);
    return s.statuses[0];
  }

  /** Blind writes of 100 bytes, in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Status upsertValueBatch(Stores s) {
    s.values.upsertBatch(s.nextKeys(), s.batchValues, 0, BATCH, s.statuses);
    return s.statuses[0];
  }

  /** 100 bytes updated by a function, in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Status rmwValueBatch(Stores s) {
    s.values.rmwBatch(s.nextKeys(), Operands.ADD_BYTES, s.batchLongs, 0, BATCH, s.statuses);
    return s.statuses[0];
  }

  /** 100 bytes by 8 bytes, copied, in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Status readBytesBatch(Stores s) {
    s.bytes.readBatch(s.nextBytesKeys(), 0, BATCH, s.batchValues, null, s.statuses);
    return s.statuses[0];
  }

  /** Blind writes of 100 bytes by 8 bytes, in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Status upsertBytesBatch(Stores s) {
    s.bytes.upsertBatch(s.nextBytesKeys(), s.batchValues, 0, BATCH, s.statuses);
    return s.statuses[0];
  }

  /** 100 bytes by 8 bytes, updated by a function, in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public Status rmwBytesBatch(Stores s) {
    s.bytes.rmwBatch(s.nextBytesKeys(), Operands.ADD_BYTES, s.batchLongs, 0, BATCH, s.statuses);
    return s.statuses[0];
  }
}
