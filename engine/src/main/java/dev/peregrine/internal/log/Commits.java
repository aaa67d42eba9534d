package dev.peregrine.internal.log;

import dev.peregrine.device.Device;
import dev.peregrine.internal.hlog.LogDriver;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The commits of a log: what is wanted, what has been cut for it, what is durable.
 *
 * <p>A thread that waits for a commit does all of it itself as far as nobody else is at it: it cuts
 * the log, writes what has been cut, syncs the device. So nobody is woken for a commit that one
 * thread asks for. What it finds another doing it waits for. Nothing is left to nobody:
 *
 * <ul>
 *   <li>whoever has made a cut writes it before it goes on or rests, or signals the log's thread;
 *   <li>whoever has written up to a cut syncs it ({@link SyncTurns}), or tells one that waits, or
 *       else the committer.
 * </ul>
 *
 * Any thread may call any method.
 */
public final class Commits {
  private static final long MOST_WAIT_MILLIS = 1000;

  /** How often who waits tries to write what others are still in the middle of. */
  private static final int WRITE_TRIES = 100;

  private final LogCore core;
  private final Device device;
  private final LogDriver committer;
  private final Supplier<RuntimeException> end;
  private final Cuts cuts;
  private final SyncTurns syncs = new SyncTurns(this::isWritten, this::syncWritten);
  private final CommitWaiters waiters;

  /** Up to where somebody wants the log committed; only grows. */
  private final AtomicLong wanted = new AtomicLong();

  /** Written by who syncs, after it; pairs with the loads of readers and waiters. */
  private volatile long committed;

  private volatile long number;

  /**
   * @param core the log
   * @param device where pages go
   * @param committer runs what commits when nobody waits
   * @param endOfWaits why it will not go on for who has asked already, or null
   * @param found what there is of the log
   */
  Commits(
      LogCore core,
      Device device,
      LogDriver committer,
      Supplier<RuntimeException> endOfWaits,
      FoundLog found) {
    this.core = core;
    this.device = device;
    this.committer = committer;
    this.end = core::end;
    this.cuts = new Cuts(found.end(), found.commit());
    this.committed = found.end();
    this.number = found.commit();
    this.waiters = new CommitWaiters(this::committed, endOfWaits, syncs::isFree);
  }

  /** Up to where the log is committed. */
  public long committed() {
    return committed;
  }

  /** The number of the latest commit. */
  long number() {
    return number;
  }

  /** Where the log has been cut. */
  Cuts cuts() {
    return cuts;
  }

  /** Who syncs. */
  SyncTurns syncs() {
    return syncs;
  }

  /** Who waits. */
  CommitWaiters waiters() {
    return waiters;
  }

  /**
   * Asks for everything in the log to be committed; the caller has it begin.
   *
   * @return the address to wait for
   */
  long request() {
    long target = core.tail() - ExtentHeader.BYTES;
    wanted.accumulateAndGet(target, Math::max);
    return target;
  }

  /** Asks for a commit up to an address; the committer makes the cut. Inside the epoch, too. */
  void want(long target) {
    if (wanted.get() < target) {
      wanted.accumulateAndGet(target, Math::max);
      committer.signal();
    }
  }

  /** Whether a commit is on its way, or wanted. */
  boolean hasWork() {
    return !cuts.isEmpty() || wanted.get() > cuts.last();
  }

  /** Cuts the log for commits that are wanted, if it can be cut now; else the committer will. */
  int cutIfWanted() {
    int made = cut();
    if (made > 0) {
      core.log().signal();
    }
    return made;
  }

  /** As {@link #cutIfWanted}; the caller writes what it cuts, or signals. */
  private int cut() {
    int made = 0;
    while (wanted.get() > cuts.last() && core.failure() == null) {
      if (cuts.isFull() || !core.exclusive().tryLock()) {
        break;
      }
      boolean cut;
      try {
        cut = cuts.cut(core.log());
        if (cut) {
          Pauses.at(PausePoint.COMMIT_CUT);
          core.log().requestFreeze(cuts.last());
        }
      } finally {
        core.exclusive().unlock();
      }
      if (!cut) {
        break;
      }
      made++;
    }
    if (wanted.get() > cuts.last()) {
      committer.signal();
    }
    return made;
  }

  /** Writes what has been cut, after who is writing now. */
  private int writeCuts() {
    int work = 0;
    for (int i = 0; i < WRITE_TRIES && work == 0 && isUnwritten(cuts.last()); i++) {
      work = core.log().help();
    }
    return work;
  }

  private boolean isUnwritten(long cut) {
    return cut > core.log().flushedUntilAcquire();
  }

  /** Hears of what has been written, from who did. */
  void onFlushed() {
    // Who helps to write looks next whether there is something to sync.
    if (committed < cuts.last() && !core.log().isHelped() && !waiters.callHelper()) {
      committer.signal();
    }
  }

  /** Syncs the device for cuts that have been written, unless somebody does. */
  int syncCuts() {
    if (!syncs.trySync()) {
      return 0;
    }
    // Not before: who is woken may be the one to sync what has been written meanwhile.
    waiters.wake();
    if (syncs.committerRests() || wanted.get() > cuts.last()) {
      committer.signal();
    }
    return 1;
  }

  private boolean isWritten() {
    return core.failure() == null && !isUnwritten(cuts.first());
  }

  /** Whose turn it is. */
  private boolean syncWritten() {
    long cut = cuts.lastUntil(core.log().flushedUntilAcquire());
    if (cut < 0) {
      return false;
    }
    Pauses.at(PausePoint.COMMIT_WRITTEN);
    try {
      device.sync();
      Pauses.at(PausePoint.COMMIT_SYNCED);
      number = cuts.dropUntil(cut);
      committed = cut;
      Pauses.at(PausePoint.COMMIT_MOVED);
      core.truncation().anchorIfFar(cut);
    } catch (RuntimeException e) {
      core.fail(e);
    }
    return true;
  }

  /**
   * Waits until the log is committed up to an address.
   *
   * @throws dev.peregrine.StoreIoException if it never will be
   */
  public void await(long address) {
    RuntimeException over = await(address, end);
    if (over != null) {
      throw over;
    }
  }

  /**
   * As {@link #await(long)}.
   *
   * @param cause why it will not go on, or null
   * @return that, if it did not
   */
  RuntimeException await(long address, Supplier<RuntimeException> cause) {
    boolean interrupted = false;
    RuntimeException over = null;
    long ownCut = 0;
    while (committed < address) {
      over = cause.get();
      if (over != null) {
        break;
      }
      boolean hasCut = cut() > 0;
      if (hasCut) {
        ownCut = cuts.last();
      }
      if (writeCuts() + syncCuts() == 0 && !hasCut) {
        signalIfUnwritten(ownCut);
        interrupted |= pause(address);
      }
    }
    signalIfUnwritten(ownCut);
    if (syncs.isFree()) {
      // It may have been called to help with that, and the next who waits may not have been.
      committer.signal();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return over;
  }

  private void signalIfUnwritten(long cut) {
    if (isUnwritten(cut)) {
      core.log().signal();
    }
  }

  /** Waits until there may be something to do; tells whether the thread was interrupted. */
  private boolean pause(long address) {
    try {
      if (committer.isStepped()) {
        core.awaitProgress();
      } else {
        waiters.awaitWork(address, MOST_WAIT_MILLIS);
      }
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** Waits at most once, as long as given, for the log to be committed up to an address. */
  public boolean pause(long address, long nanos) throws InterruptedException {
    if (committer.isStepped()) {
      core.awaitProgress();
      return committed >= address;
    }
    return waiters.await(address, Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(MOST_WAIT_MILLIS)));
  }

  /** A future that is completed when the log is committed up to an address. */
  public CompletableFuture<Long> whenCommitted(long address) {
    return waiters.future(address);
  }
}
