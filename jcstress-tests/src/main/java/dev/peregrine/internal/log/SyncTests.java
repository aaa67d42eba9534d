package dev.peregrine.internal.log;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Those who wait for a commit sync it themselves: none is left sleeping on what is written. */
public class SyncTests {
  private static final long LONG_MILLIS = 20_000;
  private static final double NANOS_PER_MILLI = 1e6;

  private abstract static class Commits {
    volatile int written;
    volatile int committed;
    final SyncTurns turns = new SyncTurns(() -> written > committed, this::sync);
    final CommitWaiters waiters = new CommitWaiters(() -> committed, () -> null, turns::isFree);

    private boolean sync() {
      int until = written;
      if (until == committed) {
        return false;
      }
      committed = until;
      return true;
    }

    /** What a thread does that waits; whether it was not left sleeping. */
    final boolean await(int address) {
      long begin = System.nanoTime();
      try {
        while (committed < address) {
          if (turns.trySync()) {
            waiters.wake();
          } else {
            waiters.awaitWork(address, LONG_MILLIS);
          }
        }
        if (turns.isFree()) {
          commit();
        }
        return System.nanoTime() - begin < LONG_MILLIS * NANOS_PER_MILLI;
      } catch (InterruptedException e) {
        return false;
      }
    }

    /** What the worker does; and the committer, if the worker wakes it. */
    final void write(int until) {
      written = until;
      if (!waiters.callHelper()) {
        commit();
      }
    }

    /** What a thread does that writes itself, for others too, and then waits. */
    final boolean writeAndAwait(int until, int address) {
      written = until;
      return await(address);
    }

    /** What the committer does when it is woken. */
    private void commit() {
      if (turns.trySync()) {
        waiters.wake();
      }
    }
  }

  /** A write that ends while somebody goes to sleep is synced. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "went on")
  @Outcome(id = "false", expect = FORBIDDEN, desc = "slept through it")
  @State
  public static class WaitAgainstWrite extends Commits {
    @Actor
    public void waiter(Z_Result r) {
      r.r1 = await(1);
    }

    @Actor
    public void worker() {
      write(1);
    }
  }

  /** Two wait, and the second write ends while the first is synced. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both went on")
  @Outcome(expect = FORBIDDEN, desc = "one slept through it")
  @State
  public static class TwoWaitsAgainstWrites extends Commits {
    @Actor
    public void first(ZZ_Result r) {
      r.r1 = await(1);
    }

    @Actor
    public void second(ZZ_Result r) {
      write(1);
      write(2);
      r.r2 = await(2);
    }
  }

  /** Who waits writes itself what another waits for, and tells nobody: it syncs that, too. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both went on")
  @Outcome(expect = FORBIDDEN, desc = "one slept through it")
  @State
  public static class WaitAgainstWhoWritesItself extends Commits {
    @Actor
    public void first(ZZ_Result r) {
      write(1);
      r.r1 = writeAndAwait(2, 1);
    }

    @Actor
    public void second(ZZ_Result r) {
      r.r2 = await(2);
    }
  }

  /** A committer that goes to rest hears of the commit that somebody else ends, or sees it. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "neither saw the other")
  @Outcome(expect = ACCEPTABLE, desc = "one of them did")
  @State
  public static class RestAgainstCommit extends Commits {
    @Actor
    public void helper(II_Result r) {
      committed = 1;
      r.r1 = turns.committerRests() ? 1 : 0;
    }

    @Actor
    public void committer(II_Result r) {
      turns.setCommitterRests(true);
      r.r2 = committed;
    }
  }
}
