package dev.peregrine.internal.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Futures of commits that had no space for the positions of consumers. */
public class PositionTests {

  /**
   * A second future asks for position 2 while the committer makes good for the first, which asks
   * for position 1. The outcome is what is durable when the second is completed.
   */
  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "what it asked for")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "left waiting")
  @Outcome(expect = FORBIDDEN, desc = "completed too early")
  @State
  public static class AskAgainstOwed {
    private final int[] positionsAt = new int[4];
    private volatile int acknowledged = 1;
    private volatile int committed;
    private int appended;
    private int tail;
    private boolean space;
    private CompletableFuture<Long> future;

    private final CommitWaiters waiters =
        new CommitWaiters(() -> committed, () -> null, () -> false);
    private final CommitRequests requests =
        new CommitRequests(this::appendPositions, this::tail, () -> {}, () -> {}, waiters);

    public AskAgainstOwed() {
      requests.requestFuture();
    }

    private synchronized boolean appendPositions() {
      if (acknowledged != appended) {
        if (!space) {
          return false;
        }
        space = false;
        appended = acknowledged;
        positionsAt[++tail] = appended;
      }
      return true;
    }

    private synchronized long tail() {
      return tail;
    }

    /** For one append. */
    private synchronized void makeSpace() {
      space = true;
    }

    @Actor
    public void asker() {
      acknowledged = 2;
      future = requests.requestFuture();
    }

    @Actor
    public void committer() {
      makeSpace();
      requests.requestOwed();
    }

    @Arbiter
    public void end(I_Result r) {
      makeSpace();
      requests.requestOwed();
      while (!future.isDone() && committed < tail) {
        committed++;
        waiters.wake();
      }
      r.r1 = future.isDone() ? positionsAt[committed] : 0;
    }
  }
}
