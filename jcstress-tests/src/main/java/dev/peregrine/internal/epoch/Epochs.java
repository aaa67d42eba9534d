package dev.peregrine.internal.epoch;

import dev.peregrine.memory.Slices;

/**
 * Epochs for the states of tests in other packages, one a state: with a shared one, a reader that
 * is preempted inside would fill the drain list with the actions of other states.
 */
public final class Epochs {
  private Epochs() {}

  /** An epoch in a slice. */
  public static LightEpoch take(int slotCount) {
    return new LightEpoch(slotCount, Slices.take(LightEpoch.bytesFor(slotCount)));
  }
}
