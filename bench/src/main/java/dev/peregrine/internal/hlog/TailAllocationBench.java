package dev.peregrine.internal.hlog;

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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Taking space at the log's tail, pages turned on the way; by one thread and by two. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class TailAllocationBench {
  private static final int PAGE_BITS = 20;
  private static final long FIRST = 64;

  /** Bytes of a record. */
  @Param({"24", "128"})
  public int bytes;

  private TailAllocator tail;

  /** Makes a tail in front of which there is always a free page. */
  @Setup(Level.Trial)
  public void open() {
    tail = new TailAllocator(PAGE_BITS, FIRST, new AlwaysFree());
  }

  /** One thread. */
  @Benchmark
  public long allocate() {
    return tail.allocate(bytes);
  }

  /** Two threads. */
  @Benchmark
  @Threads(2)
  public long allocateByTwo() {
    return tail.allocate(bytes);
  }

  /** Frames without end. */
  private static final class AlwaysFree implements TailAllocator.FrameGate {
    @Override
    public boolean isFree(long page) {
      return true;
    }

    @Override
    public void onOpened(long page) {}
  }
}
