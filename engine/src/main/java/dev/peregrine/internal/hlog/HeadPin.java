package dev.peregrine.internal.hlog;

import dev.peregrine.internal.hlog.LogRegions.Marker;

/**
 * Moves {@code head}, and keeps it from passing a page that somebody needs in memory. The lock is
 * held for a load and a store, by the worker and whoever pins; operations don't know of it.
 */
final class HeadPin {
  private static final long NOWHERE = Long.MAX_VALUE;

  private final LogRegions regions;
  private long pinned = NOWHERE;

  HeadPin(LogRegions regions) {
    this.regions = regions;
  }

  /**
   * Keeps {@code head} from passing an address.
   *
   * @return where it is now, and stays if that is further
   * @throws IllegalStateException if it is pinned further ahead already
   */
  synchronized long pin(long address) {
    if (pinned != NOWHERE && address < pinned) {
      throw new IllegalStateException("the log's head is pinned already, at " + pinned);
    }
    pinned = address;
    return regions.headAcquire();
  }

  /** Ends {@link #pin}; without effect if there is none. */
  synchronized void unpin() {
    pinned = NOWHERE;
  }

  /**
   * Moves {@code head} as far as it may; the worker only.
   *
   * @return where it is then
   */
  synchronized long advance(long target) {
    long head = regions.headAcquire();
    long allowed = Math.min(target, pinned);
    if (allowed <= head) {
      return head;
    }
    regions.advanceRelease(Marker.HEAD, allowed);
    return allowed;
  }
}
