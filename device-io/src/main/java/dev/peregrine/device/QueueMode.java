package dev.peregrine.device;

/** Which threads may use a {@link DeviceQueue}. */
public enum QueueMode {
  /** The thread that opens the queue is the only one that ever uses and closes it. */
  SINGLE_THREAD,
  /**
   * One thread at a time, but not always the same, with a happens-before edge at each hand-over.
   */
  MOVABLE
}
