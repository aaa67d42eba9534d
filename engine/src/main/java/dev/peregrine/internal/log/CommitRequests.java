package dev.peregrine.internal.log;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Asks for commits. What a consumer has acknowledged before is in the log before it is cut, so it
 * is durable when the commit has ended. If there is no space for it now, it is owed: the committer
 * makes that good, and a future waits for it. Any thread.
 */
public final class CommitRequests {
  private final BooleanSupplier appendPositions;
  private final LongSupplier requestEntries;
  private final Runnable begin;
  private final Runnable signal;
  private final CommitWaiters waiters;

  /**
   * Whether positions are owed. Set by who asks, after its future is listed; cleared by the
   * committer before it counts futures: who is not counted has it try again.
   */
  private volatile boolean positionsOwed;

  /**
   * @param appendPositions puts the positions of consumers in the log, if it has not all of them;
   *     false if there is no space now
   * @param requestEntries asks for all that is in the log to be committed; gives the address to
   *     wait for
   * @param begin has what was asked for begin, for those who do not wait for it themselves
   * @param signal wakes the committer
   * @param waiters who waits
   */
  CommitRequests(
      BooleanSupplier appendPositions,
      LongSupplier requestEntries,
      Runnable begin,
      Runnable signal,
      CommitWaiters waiters) {
    this.appendPositions = appendPositions;
    this.requestEntries = requestEntries;
    this.begin = begin;
    this.signal = signal;
    this.waiters = waiters;
  }

  /**
   * Asks for everything appended so far to be committed; returns at once. Positions that are owed
   * follow with a commit of their own.
   *
   * @return the address to wait for, which positions that are owed lie behind
   */
  public long request() {
    if (!appendPositions.getAsBoolean()) {
      owe();
    }
    long target = requestEntries.getAsLong();
    begin.run();
    return target;
  }

  /**
   * As {@link #request}, but asks for nothing if positions would be owed, and leaves it to the
   * caller to begin.
   *
   * @return the address to wait for; −1 if there is no space now
   */
  long tryRequest() {
    return appendPositions.getAsBoolean() ? requestEntries.getAsLong() : -1;
  }

  /**
   * As {@link #request}.
   *
   * @return is completed when positions that are owed are durable, too
   */
  public CompletableFuture<Long> requestFuture() {
    CompletableFuture<Long> future;
    if (appendPositions.getAsBoolean()) {
      future = waiters.future(requestEntries.getAsLong());
    } else {
      future = waiters.future(CommitWaiters.OWED);
      owe();
      var _ = requestEntries.getAsLong();
    }
    begin.run();
    return future;
  }

  private void owe() {
    positionsOwed = true;
    signal.run();
  }

  /** Whether positions are owed. */
  boolean owesPositions() {
    return positionsOwed;
  }

  /** Makes good for positions that are owed, if there is space now; the committer only. */
  void requestOwed() {
    if (!positionsOwed) {
      return;
    }
    positionsOwed = false;
    int futures = waiters.countOwed();
    long target = tryRequest();
    if (target < 0) {
      positionsOwed = true;
    } else if (futures > 0) {
      waiters.settleOwed(futures, target);
    }
  }
}
