package dev.peregrine.device.uring;

import dev.peregrine.device.QueueMode;
import dev.peregrine.memory.ProcessBarrier;
import dev.peregrine.posix.ErrnoException;
import dev.peregrine.posix.NativeCall;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * What it costs to leave Java and the process: a C function that does nothing, requests of a ring
 * that do nothing, one at a time and many, and the barrier on all threads.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class SystemCallBench {
  private static final int REQUESTS = 32;
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final MethodHandle LABS =
      NativeCall.link("labs", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

  private Ring ring;
  private long argument;

  /** Makes the ring. */
  @Setup
  public void open() throws ErrnoException {
    ring = Ring.open(REQUESTS, QueueMode.SINGLE_THREAD);
  }

  /** Closes it. */
  @TearDown
  public void close() {
    ring.close();
  }

  /** A call of a C function. */
  @Benchmark
  public long downcall() throws Throwable {
    return (long) LABS.invokeExact(--argument);
  }

  /** One request: its system call, and its completion. */
  @Benchmark
  public int nop() {
    return nops(1);
  }

  /** A request of many in one system call. */
  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public int nopOfMany() {
    return nops(REQUESTS);
  }

  /** The barrier that a new epoch needs. */
  @Benchmark
  public void processBarrier() {
    ProcessBarrier.run();
  }

  private int nops(int count) {
    for (int i = 0; i < count; i++) {
      ring.submissions().push(UringAbi.OP_NOP, 0, -1, 0, 0, 0, 0, i);
    }
    int results = 0;
    int submitted = ring.submitAndWait(count, WAIT_NANOS);
    for (int done = 0; done < count; ) {
      while (ring.completions().hasNext()) {
        results |= ring.completions().result();
        ring.completions().advance();
        done++;
      }
      ring.completions().release();
      if (done < count) {
        submitted |= ring.submitAndWait(0, WAIT_NANOS);
      }
    }
    if (submitted < 0 || results != 0) {
      throw new IllegalStateException("a request that does nothing failed");
    }
    return results;
  }
}
