package dev.peregrine.internal.epoch;

import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A bounded list of actions, each waiting for an epoch to become safe; each runs exactly once.
 *
 * <p>A slot's word goes {@code FREE → LOCKED → epoch → LOCKED → FREE}. Whoever wins the CAS to
 * {@code LOCKED} owns the slot's action and argument until the next store to the word, so they need
 * no modes of their own. An epoch stands in at most one slot ever, hence a CAS from it cannot
 * mistake a later action for the one it read. Any thread may call any method.
 */
final class DrainList {
  private static final long FREE = 0;
  private static final long LOCKED = -1;

  private final AtomicLongArray epochs;
  private final EpochAction[] actions;
  private final long[] arguments;
  private final AtomicInteger pending;

  /**
   * @param capacity the most actions waiting at once
   * @param pending counts those that wait; read by others as a hint
   */
  DrainList(int capacity, AtomicInteger pending) {
    this.pending = pending;
    epochs = new AtomicLongArray(capacity);
    actions = new EpochAction[capacity];
    arguments = new long[capacity];
  }

  /**
   * Claims a slot.
   *
   * @return the slot, or −1 when all are taken
   */
  int claim() {
    for (int slot = 0; slot < actions.length; slot++) {
      if (epochs.get(slot) == FREE && epochs.compareAndSet(slot, FREE, LOCKED)) {
        return slot;
      }
    }
    return -1;
  }

  /** Fills a claimed slot; from now on the action runs as soon as {@code epoch} is safe. */
  void publish(int slot, long epoch, EpochAction action, long argument) {
    actions[slot] = action;
    arguments[slot] = argument;
    pending.incrementAndGet();
    epochs.set(slot, epoch);
  }

  /**
   * Runs every action whose epoch is safe.
   *
   * @return how many ran here
   */
  int drain(long safeEpoch) {
    int ran = 0;
    for (int slot = 0; slot < actions.length; slot++) {
      long epoch = epochs.get(slot);
      if (epoch > FREE && epoch <= safeEpoch && epochs.compareAndSet(slot, epoch, LOCKED)) {
        EpochAction action = actions[slot];
        long argument = arguments[slot];
        actions[slot] = null;
        epochs.set(slot, FREE);
        pending.decrementAndGet();
        Pauses.at(PausePoint.ACTION_CLAIMED);
        action.run(argument);
        ran++;
      }
    }
    return ran;
  }
}
