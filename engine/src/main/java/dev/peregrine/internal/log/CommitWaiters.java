package dev.peregrine.internal.log;

import dev.peregrine.MisuseException;
import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Who waits for the log to be committed up to an address: threads and futures. All are told when it
 * is, or when it never will be. Threads that have nothing else to do are told, too, when something
 * has been written that they can sync. Any thread.
 */
final class CommitWaiters {
  /** The most futures at a time. */
  static final int MOST_FUTURES = 1 << 16;

  /** The address of futures that wait for what has none yet. */
  static final long OWED = Long.MAX_VALUE;

  private record Waiting(long address, CompletableFuture<Long> future) {}

  private final LongSupplier committed;
  private final Supplier<RuntimeException> failure;
  private final BooleanSupplier work;

  /** Threads that wait and would sync themselves; guarded by the monitor. */
  private int helpers;

  /** Guarded by this object's monitor, on which threads wait. */
  private final List<Waiting> futures = new ArrayList<>();

  /**
   * @param committed up to where the log is committed
   * @param failure why it will not go on, or null
   * @param work whether something is written that nobody syncs
   */
  CommitWaiters(LongSupplier committed, Supplier<RuntimeException> failure, BooleanSupplier work) {
    this.committed = committed;
    this.failure = failure;
    this.work = work;
  }

  /**
   * Waits, at most once, until something may have changed.
   *
   * @param address for which the caller waits
   * @param nanos the longest to wait
   * @return whether the log is committed up to there
   */
  boolean await(long address, long nanos) throws InterruptedException {
    synchronized (this) {
      if (!isOver(address) && nanos > 0) {
        long millis = nanos / 1_000_000;
        wait(millis, (int) (nanos - millis * 1_000_000));
      }
    }
    return committed.getAsLong() >= address;
  }

  /**
   * Waits, at most once, until something may have changed, or there is something to sync.
   *
   * @param address for which the caller waits
   * @param millis the longest to wait
   */
  void awaitWork(long address, long millis) throws InterruptedException {
    synchronized (this) {
      if (!isOver(address) && !work.getAsBoolean()) {
        helpers++;
        try {
          wait(millis);
        } finally {
          helpers--;
        }
      }
    }
  }

  /**
   * Tells those who wait that there is something to sync; called after it was written.
   *
   * @return false if nobody waits who would
   */
  boolean callHelper() {
    synchronized (this) {
      if (helpers > 0) {
        notifyAll();
      }
      return helpers > 0;
    }
  }

  private boolean isOver(long address) {
    return committed.getAsLong() >= address || failure.get() != null;
  }

  /** A future of the committed address, completed when it is at least this one. */
  CompletableFuture<Long> future(long address) {
    CompletableFuture<Long> future = new CompletableFuture<>();
    synchronized (this) {
      if (!isOver(address)) {
        if (futures.size() >= MOST_FUTURES) {
          throw new MisuseException(MOST_FUTURES + " futures wait for the log; no more can");
        }
        futures.add(new Waiting(address, future));
        return future;
      }
    }
    complete(new Waiting(address, future));
    return future;
  }

  /** How many futures wait for what has no address. */
  int countOwed() {
    synchronized (this) {
      return (int) futures.stream().filter(waiting -> waiting.address == OWED).count();
    }
  }

  /**
   * Gives what futures wait for an address.
   *
   * @param count how many of them, from the first on; one thread at a time does it
   * @param address they wait for from now on
   */
  void settleOwed(int count, long address) {
    synchronized (this) {
      int left = count;
      for (ListIterator<Waiting> each = futures.listIterator(); each.hasNext() && left > 0; ) {
        Waiting waiting = each.next();
        if (waiting.address == OWED) {
          each.set(new Waiting(address, waiting.future));
          left--;
        }
      }
    }
    // It may be committed already.
    wake();
  }

  /** Tells everybody whose wait is over; called after what they wait for has changed. */
  void wake() {
    List<Waiting> over = new ArrayList<>();
    synchronized (this) {
      notifyAll();
      if (!futures.isEmpty()) {
        futures.removeIf(
            waiting -> {
              boolean isOver = isOver(waiting.address);
              if (isOver) {
                over.add(waiting);
              }
              return isOver;
            });
      }
    }
    over.forEach(this::complete);
  }

  private void complete(Waiting waiting) {
    long now = committed.getAsLong();
    if (now >= waiting.address) {
      waiting.future.complete(now);
    } else {
      waiting.future.completeExceptionally(failure.get());
    }
  }
}
