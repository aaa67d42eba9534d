package dev.peregrine.internal.hlog;

import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;

/**
 * The marker words that divide the log, each in lines of its own.
 *
 * <pre>
 *   begin ≤ closedUntil ≤ head ≤ flushedUntil ≤ safeReadOnly ≤ readOnly ≤ tail
 *
 *   begin … head           on the device only
 *   head … safeReadOnly    in memory, nobody changes it
 *   safeReadOnly … readOnly  "fuzzy": somebody may still be changing it
 *   readOnly … tail        mutable, changed in place
 * </pre>
 *
 * Markers only move forward. {@code readOnly}, {@code head}, {@code flushedUntil} and {@code
 * closedUntil} are written by the log's worker alone, {@code safeReadOnly} and {@code safeHead} by
 * the one epoch action that is registered for them at a time. Any thread may read them.
 *
 * <p>The memory is freed when this object is unreachable: the epoch action that moves a marker may
 * be run by a thread that has left the epoch already, after the log has been closed.
 */
final class LogRegions {
  /** The mode in which each word is read and written is release/acquire; see MEMORY-MODEL. */
  enum Marker {
    /** The first address of the log. */
    BEGIN,
    /** The first address that may be touched in memory. */
    HEAD,
    /** Everybody has seen that {@link #HEAD} is here at least. */
    SAFE_HEAD,
    /** The frames of all pages below are zeroed and free. */
    CLOSED_UNTIL,
    /** All bytes below have been written to the device. */
    FLUSHED_UNTIL,
    /** Everybody has seen that {@link #READ_ONLY} is here at least: bytes below are frozen. */
    SAFE_READ_ONLY,
    /** The first address that may be changed in place. */
    READ_ONLY
  }

  private final long base;
  private final long begin;
  private final long head;
  private final long readOnly;
  private final long safeReadOnly;

  LogRegions(long beginAddress) {
    this(beginAddress, 0);
  }

  /** As the other, in memory that somebody else owns, unless it is 0. */
  LogRegions(long beginAddress, long words) {
    long bytes = (long) Marker.values().length * CacheLine.STRIDE_BYTES;
    base = words != 0 ? words : NativeRegion.reserveFor(this, bytes);
    begin = word(Marker.BEGIN);
    head = word(Marker.HEAD);
    readOnly = word(Marker.READ_ONLY);
    safeReadOnly = word(Marker.SAFE_READ_ONLY);
    for (Marker marker : Marker.values()) {
      Memory.putLongVolatile(word(marker), beginAddress);
    }
  }

  long beginAcquire() {
    return Memory.getLongAcquire(begin);
  }

  long headAcquire() {
    return Memory.getLongAcquire(head);
  }

  long readOnlyAcquire() {
    return Memory.getLongAcquire(readOnly);
  }

  long safeReadOnlyAcquire() {
    return Memory.getLongAcquire(safeReadOnly);
  }

  long getAcquire(Marker marker) {
    return Memory.getLongAcquire(word(marker));
  }

  /** Moves a marker forward; its one writer calls it. */
  void advanceRelease(Marker marker, long address) {
    long before = Memory.getLong(word(marker));
    if (address < before) {
      throw new IllegalStateException(
          marker + " would move back from " + before + " to " + address);
    }
    Memory.putLongRelease(word(marker), address);
  }

  /** Where a marker is. */
  long word(Marker marker) {
    return base + (long) marker.ordinal() * CacheLine.STRIDE_BYTES;
  }
}
