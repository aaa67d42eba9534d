package dev.peregrine.internal.log;

/** A log as a cursor sees it: at work, or at rest on the device. */
interface LogView {
  int pageBytes();

  long maxEntryBytes();

  /** The first address that can be read. */
  long begin();

  /** What is not shown. */
  VoidRanges voids();

  /**
   * Up to where the device has the log: an extent ends there. What {@link #copyFromMemory} refuses
   * lies below.
   */
  long storedUntil();

  /**
   * Copies a part of the log that is complete out of memory.
   *
   * @return false if it is on the device only
   */
  boolean copyFromMemory(long address, long target, long bytes);

  ExtentReader newExtentReader();
}
