package dev.peregrine.bench.jmh;

import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.epoch.SessionSlot;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Entering and leaving the epoch, which every operation does once; by one thread and by two. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class EpochBench {
  /** The epoch that threads share. */
  @State(Scope.Benchmark)
  public static class Shared {
    private LightEpoch epoch;

    /** Makes it. */
    @Setup
    public void open() {
      epoch = new LightEpoch(Runtime.getRuntime().availableProcessors() * 2 + 2);
    }
  }

  /** A thread's slot. */
  @State(Scope.Thread)
  public static class Own {
    private long slot;
    private SessionSlot owned;

    /** Takes one for any thread, and one that the thread comes to own. */
    @Setup
    public void acquire(Shared shared) {
      slot = shared.epoch.acquireSlot();
      owned = new SessionSlot(shared.epoch, shared.epoch.acquireSlot());
    }
  }

  /** One thread. */
  @Benchmark
  public boolean enterLeave(Shared shared, Own own) {
    boolean entered = shared.epoch.tryEnter(own.slot);
    shared.epoch.leave(own.slot);
    return entered;
  }

  /** One thread, in the slot that it owns. */
  @Benchmark
  public boolean enterLeaveOwned(Own own) {
    boolean entered = own.owned.tryEnter();
    own.owned.leave();
    return entered;
  }

  /** Two threads, each in its slot. */
  @Benchmark
  @Threads(2)
  public boolean enterLeaveByTwo(Shared shared, Own own) {
    boolean entered = shared.epoch.tryEnter(own.slot);
    shared.epoch.leave(own.slot);
    return entered;
  }
}
