package dev.peregrine.bench.jmh;

import dev.peregrine.Session;
import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.StoreConfig;
import dev.peregrine.StoreKind;
import dev.peregrine.device.DeviceKind;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reads of records that the log has evicted, on a device in memory: what the pending path itself
 * costs. With {@code -prof gc} it must allocate nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class PendingReadBench {
  private static final int RECORDS = 1 << 17;
  private static final long MEMORY_BYTES = 6L << 20;
  private static final long INDEX_BYTES = 4L << 20;
  private static final int PAGE_BYTES = 16 << 10;
  private static final int DEPTH = 64;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment value = arena.allocate(Operands.VALUE_BYTES, Long.BYTES);
  private final MemorySegment found = arena.allocate(Operands.VALUE_BYTES, Long.BYTES);
  private final ScatteredKeys order = new ScatteredKeys(RECORDS, 5);
  private long completed;
  private Store store;
  private Session session;

  /** Fills a store with many times its memory. */
  @Setup(Level.Trial)
  public void open() {
    store =
        Store.open(
            StoreConfig.builder(StoreKind.LONG_TO_BYTES)
                .device(DeviceKind.MEMORY)
                .memoryBytes(MEMORY_BYTES)
                .indexBytes(INDEX_BYTES)
                .pageBytes(PAGE_BYTES)
                .segmentBytes(1L << 20)
                .maxSessions(1)
                .pendingDepth(DEPTH)
                .maxRecordBytes(1 << 10)
                .build());
    session = store.newSession((serial, status, view) -> completed++);
    for (int i = 0; i < RECORDS; i++) {
      session.upsert(ScatteredKeys.key(i), value);
    }
  }

  /** Closes it. */
  @TearDown(Level.Trial)
  public void close() {
    store.close();
    arena.close();
  }

  /** One read, completed with others in batches. */
  @Benchmark
  public long read() {
    long key = order.nextKey();
    Status status = session.read(key, found);
    while (status == Status.BUSY) {
      session.completePending();
      status = session.read(key, found);
    }
    return completed;
  }
}
