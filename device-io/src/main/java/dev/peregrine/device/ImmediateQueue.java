package dev.peregrine.device;

import dev.peregrine.device.segment.SegmentedDevice;
import dev.peregrine.device.segment.SegmentedQueue;

/** A queue whose requests are carried out by the thread that submits them, and never wait. */
abstract class ImmediateQueue extends SegmentedQueue {
  private final int[] staged;
  private int stagedCount;

  ImmediateQueue(SegmentedDevice device, int depth, QueueMode mode) {
    super(device, depth, mode);
    staged = new int[depth];
  }

  /** Carries a request out and leaves its outcome in the slot. */
  abstract void carryOut(int slot);

  @Override
  protected final void stage(int slot) {
    staged[stagedCount++] = slot;
  }

  @Override
  protected final int start() {
    int started = stagedCount;
    stagedCount = 0;
    for (int i = 0; i < started; i++) {
      carryOut(staged[i]);
      ready(staged[i]);
    }
    return started;
  }

  @Override
  protected final int collect(CompletionSink sink, int limit, long timeoutNanos) {
    start();
    return deliverReady(sink, limit);
  }

  @Override
  protected final void release() {}
}
