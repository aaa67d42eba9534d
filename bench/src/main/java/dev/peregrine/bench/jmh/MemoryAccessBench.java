package dev.peregrine.bench.jmh;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One load or store at a random place of native memory: raw addresses beside a segment in a field.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class MemoryAccessBench {
  private static final int WORDS = 1 << 15;

  private NativeRegion region;
  private long address;
  private MemorySegment segment;
  private ScatteredKeys order;

  /** Makes memory that fits in the second-level cache, so that the access itself is what counts. */
  @Setup
  public void open() {
    region = NativeRegion.reserve((long) WORDS * Long.BYTES);
    address = region.address();
    segment = Arena.ofAuto().allocate((long) WORDS * Long.BYTES, Long.BYTES);
    order = new ScatteredKeys(WORDS, 1);
  }

  /** Frees it. */
  @TearDown
  public void close() {
    region.close();
  }

  /** The cost of choosing the place alone. */
  @Benchmark
  public long baseline() {
    return order.nextRecord();
  }

  /** A plain load by raw address. */
  @Benchmark
  public long rawPlain() {
    return Memory.getLong(address + order.nextRecord() * Long.BYTES);
  }

  /** An acquire load by raw address. */
  @Benchmark
  public long rawAcquire() {
    return Memory.getLongAcquire(address + order.nextRecord() * Long.BYTES);
  }

  /** A plain load from a segment in a field. */
  @Benchmark
  public long segmentPlain() {
    return segment.get(ValueLayout.JAVA_LONG, order.nextRecord() * Long.BYTES);
  }

  /** A release store by raw address. */
  @Benchmark
  public void rawRelease() {
    long at = order.nextRecord();
    Memory.putLongRelease(address + at * Long.BYTES, at);
  }

  /** A compare-and-set by raw address. */
  @Benchmark
  public boolean rawCas() {
    long at = address + order.nextRecord() * Long.BYTES;
    return Memory.casLong(at, Memory.getLong(at), 1);
  }
}
