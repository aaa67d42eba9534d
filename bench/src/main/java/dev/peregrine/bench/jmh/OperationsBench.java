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
    private Store longsStore;
    private Store valuesStore;
    private Store bytesStore;
    private Session longs;
    private Session values;
    private Session bytes;

    /** Opens and fills them. */
    @Setup(Level.Trial)
    public void open() {
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
}
