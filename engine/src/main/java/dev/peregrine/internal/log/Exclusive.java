package dev.peregrine.internal.log;

import dev.peregrine.internal.epoch.LightEpoch;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps others from appending while somebody appends what takes several allocations, and keeps the
 * log from being cut meanwhile. Appends of one allocation take no lock: they look at {@link
 * #isTaken} after they have entered the epoch.
 */
final class Exclusive {
  private static final long WAIT_NANOS = 20_000;

  private final LightEpoch epoch;
  private final ReentrantLock lock = new ReentrantLock();

  /** Odd while taken. Written by the lock's holder; the volatile store comes before the drain. */
  private volatile long sequence;

  Exclusive(LightEpoch epoch) {
    this.epoch = epoch;
  }

  /** Whether somebody appends alone; looked at inside the epoch. */
  boolean isTaken() {
    return (sequence & 1) != 0;
  }

  /** Changes when it is taken, and when it is given back. */
  long sequence() {
    return sequence;
  }

  /** Takes the lock without keeping others from appending; false if somebody has it. */
  boolean tryLock() {
    return lock.tryLock();
  }

  void unlock() {
    lock.unlock();
  }

  /** Waits until nobody else appends, and keeps it so. Outside of the epoch. */
  void take() {
    lock.lock();
    begin();
  }

  /** As {@link #take}, unless somebody has the lock. */
  boolean tryTake() {
    if (!lock.tryLock()) {
      return false;
    }
    begin();
    return true;
  }

  private void begin() {
    if (lock.getHoldCount() > 1) {
      return;
    }
    sequence++;
    long before = epoch.advance();
    while (epoch.safeEpoch() < before) {
      LockSupport.parkNanos(WAIT_NANOS);
    }
  }

  /** Lets others append again. */
  void giveBack() {
    if (lock.getHoldCount() == 1) {
      sequence++;
    }
    lock.unlock();
  }
}
