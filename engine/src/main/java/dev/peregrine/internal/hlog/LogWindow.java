package dev.peregrine.internal.hlog;

import dev.peregrine.memory.Memory;

/**
 * What an operation asks of the log for each record: in which region an address is, and where in
 * memory. It keeps where the markers and the frames are, so that this takes no more than the loads
 * of those words themselves. Inside the epoch only.
 */
public final class LogWindow {
  private final long headWord;
  private final long readOnlyWord;
  private final long ring;
  private final long ringMask;

  LogWindow(LogRegions regions, PageFrames frames) {
    this.headWord = regions.word(LogRegions.Marker.HEAD);
    this.readOnlyWord = regions.word(LogRegions.Marker.READ_ONLY);
    this.ring = frames.physical(0);
    this.ringMask = frames.ringMask();
  }

  /** The first address in memory. */
  public long headAcquire() {
    return Memory.getLongAcquire(headWord);
  }

  /** The first address that is changed in place. */
  public long readOnlyAcquire() {
    return Memory.getLongAcquire(readOnlyWord);
  }

  /** Where an address from {@link #headAcquire} on is in memory. */
  public long physical(long logicalAddress) {
    return ring + (logicalAddress & ringMask);
  }
}
