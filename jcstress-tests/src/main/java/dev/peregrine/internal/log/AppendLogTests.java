package dev.peregrine.internal.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.peregrine.internal.epoch.Epochs;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.Slices;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Appending alone, the commit frontier, and those who wait for it. */
public class AppendLogTests {

  /** Who appends alone sees nothing change. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "nobody else appended meanwhile")
  @Outcome(expect = FORBIDDEN, desc = "somebody did")
  @State
  public static class AloneAgainstAppend {
    private final LightEpoch epoch = Epochs.take(1);
    private final long slot = epoch.acquireSlot();
    private final Exclusive exclusive = new Exclusive(epoch);
    private final long word = Slices.take(CacheLine.STRIDE_BYTES);

    @Actor
    public void writer() {
      epoch.tryEnter(slot);
      if (!exclusive.isTaken()) {
        Memory.putLongOpaque(word, 1);
      }
      epoch.leave(slot);
    }

    @Actor
    public void alone(II_Result r) {
      exclusive.take();
      r.r1 = (int) Memory.getLongOpaque(word);
      for (int i = 0; i < 10; i++) {
        Thread.onSpinWait();
      }
      r.r2 = (int) Memory.getLongOpaque(word);
      exclusive.giveBack();
    }
  }

  private abstract static class Commits {
    volatile long committed;
    volatile RuntimeException failure;
    final CommitWaiters waiters = new CommitWaiters(() -> committed, () -> failure, () -> false);
  }

  /** A future that is made while the commit ends is completed. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "completed")
  @Outcome(id = "false", expect = FORBIDDEN, desc = "left waiting")
  @State
  public static class FutureAgainstCommit extends Commits {
    private CompletableFuture<Long> future;

    @Actor
    public void waiter() {
      future = waiters.future(1);
    }

    @Actor
    public void committer() {
      committed = 1;
      waiters.wake();
    }

    @Arbiter
    public void end(Z_Result r) {
      r.r1 = future.isDone();
    }
  }

  /** A future that is made while the log fails is completed with the failure. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "failed")
  @Outcome(id = "false", expect = FORBIDDEN, desc = "left waiting")
  @State
  public static class FutureAgainstFailure extends Commits {
    private CompletableFuture<Long> future;

    @Actor
    public void waiter() {
      future = waiters.future(1);
    }

    @Actor
    public void committer() {
      failure = new IllegalStateException();
      waiters.wake();
    }

    @Arbiter
    public void end(Z_Result r) {
      r.r1 = future.isCompletedExceptionally();
    }
  }

  /** Who sees the frontier sees the bytes below it. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 7", "1, 7"},
      expect = ACCEPTABLE,
      desc = "bytes first")
  @Outcome(expect = FORBIDDEN, desc = "committed, and not there")
  @State
  public static class FrontierAgainstReader extends Commits {
    private final long word = Slices.take(CacheLine.STRIDE_BYTES);

    @Actor
    public void committer() {
      Memory.putLong(word, 7);
      committed = 1;
      waiters.wake();
    }

    @Actor
    public void reader(JJ_Result r) {
      r.r1 = committed;
      r.r2 = Memory.getLong(word);
    }
  }

  /** A thread that waits while the commit ends goes on. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "went on")
  @Outcome(id = "false", expect = FORBIDDEN, desc = "slept through it")
  @State
  public static class WaitAgainstCommit extends Commits {
    private static final long LONG_NANOS = 20_000_000_000L;

    @Actor
    public void waiter(Z_Result r) {
      long begin = System.nanoTime();
      try {
        while (!waiters.await(1, LONG_NANOS)) {
          Thread.onSpinWait();
        }
        r.r1 = System.nanoTime() - begin < LONG_NANOS;
      } catch (InterruptedException e) {
        r.r1 = false;
      }
    }

    @Actor
    public void committer() {
      committed = 1;
      waiters.wake();
    }
  }
}
