package dev.peregrine.internal.log;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Has one thread at a time sync what has been written. Who finds another at it may wait to be woken
 * after it: the other looks again behind its unlock, so nothing written is left to nobody. Any
 * thread.
 */
final class SyncTurns {
  private final BooleanSupplier isWritten;
  private final BooleanSupplier sync;
  private final ReentrantLock lock = new ReentrantLock();

  /** Written under the lock, when nobody may sync any more. */
  private volatile boolean ended;

  /** Written by the committer before it looks at what is committed, read by who syncs, after it. */
  private volatile boolean committerRests;

  /**
   * @param isWritten whether something is written that is not synced
   * @param sync syncs that; false if another had done it
   */
  SyncTurns(BooleanSupplier isWritten, BooleanSupplier sync) {
    this.isWritten = isWritten;
    this.sync = sync;
  }

  /** Whether something is written that nobody syncs. */
  boolean isFree() {
    return !lock.isLocked() && !ended && isWritten.getAsBoolean();
  }

  /**
   * Syncs, unless there is nothing to, or somebody does.
   *
   * @return whether it did; then the caller wakes those who wait
   */
  boolean trySync() {
    boolean done = false;
    // Again after the unlock: who has found it locked relies on that.
    while (!done && isFree() && lock.tryLock()) {
      try {
        done = !ended && sync.getAsBoolean();
      } finally {
        lock.unlock();
      }
    }
    return done;
  }

  /**
   * Tells whether the committer rests until it is signalled, and so wants to hear of what somebody
   * else syncs; the committer only, which looks at what is committed again behind it.
   */
  void setCommitterRests(boolean rests) {
    committerRests = rests;
  }

  /** Whether the committer rests; to be looked at after what is committed has changed. */
  boolean committerRests() {
    return committerRests;
  }

  /**
   * Looks at what a sync changes, while nobody syncs. Calls {@link #trySync} soon after: who has
   * found it locked relies on that.
   *
   * @return false, and it did not look, if somebody does
   */
  boolean tryLook(Runnable look) {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      look.run();
    } finally {
      lock.unlock();
    }
    return true;
  }

  /** Waits for who syncs; nobody will any more. */
  void end() {
    lock.lock();
    try {
      ended = true;
    } finally {
      lock.unlock();
    }
  }
}
