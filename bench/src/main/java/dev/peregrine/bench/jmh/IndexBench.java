package dev.peregrine.bench.jmh;

import dev.peregrine.internal.index.HashIndex;
import dev.peregrine.internal.index.IndexCursor;
import dev.peregrine.internal.record.KeyHash;
import dev.peregrine.internal.record.LogAddress;
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

/** Probes of the hash index: present and absent tags, in a table in cache and one far larger. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class IndexBench {
  private static final int RECORDS_PER_BUCKET = 4;

  /** How many keys the index holds. */
  @Param({"16384", "4194304"})
  public int keys;

  private HashIndex index;

  /** What one thread needs. */
  @State(Scope.Thread)
  public static class Own {
    private final IndexCursor cursor = new IndexCursor();
    private ScatteredKeys order;

    /** Begins a sequence. */
    @Setup
    public void begin(IndexBench bench) {
      order = new ScatteredKeys(bench.keys, 7);
    }
  }

  /** Fills the index with made-up addresses. */
  @Setup(Level.Trial)
  public void open() {
    int buckets = keys / RECORDS_PER_BUCKET;
    index = new HashIndex(buckets, buckets / 8);
    IndexCursor cursor = new IndexCursor();
    for (int i = 0; i < keys; i++) {
      index.findOrCreate(KeyHash.ofLong(ScatteredKeys.key(i)), cursor);
      index.casAddress(cursor, LogAddress.FIRST + (long) i * Long.BYTES);
    }
  }

  /** Frees it. */
  @TearDown(Level.Trial)
  public void close() {
    index.close();
  }

  /** The head of the chain of a key that is there. */
  @Benchmark
  public long find(Own own) {
    return index.find(KeyHash.ofLong(own.order.nextKey()));
  }

  /** The head of the chain of a key that is not there; another may share its tag. */
  @Benchmark
  public long findAbsent(Own own) {
    return index.find(KeyHash.ofLong(~own.order.nextKey()));
  }

  /** The entry of a key that is there, as an update finds it. */
  @Benchmark
  public long findEntry(Own own) {
    index.findOrCreate(KeyHash.ofLong(own.order.nextKey()), own.cursor);
    return own.cursor.address();
  }
}
