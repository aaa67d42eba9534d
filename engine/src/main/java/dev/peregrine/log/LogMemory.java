package dev.peregrine.log;

import dev.peregrine.internal.log.LogShape;

/**
 * Divides a log's budget: readers first, each with the longest entry that it may have to put
 * together, the rest is for pages.
 */
final class LogMemory {
  private LogMemory() {}

  /** The least budget that a log works with. */
  static long minBytes(int pageBytes, int maxReaders, long maxEntryBytes) {
    return readersBytes(pageBytes, maxReaders, maxEntryBytes)
        + LogShape.logBytesFor(pageBytes, LogShape.minFrames());
  }

  private static long readersBytes(int pageBytes, int maxReaders, long maxEntryBytes) {
    return maxReaders * LogShape.readerBytesFor(pageBytes, maxEntryBytes)
        + LogShape.ownBytesFor(pageBytes);
  }

  /**
   * Pages in memory: as many as fit, rounded down to a power of two. Frames of such a ring are used
   * again as they are; those of another would go back to the system with each turn, and each of
   * their memory pages would be faulted in anew, which takes as long as the append.
   *
   * @throws IllegalArgumentException if a log that exists has pages too long for the budget
   */
  static long frames(LogConfig config, int pageBytes) {
    long least = minBytes(pageBytes, config.maxReaders(), config.maxEntryBytes());
    if (config.memoryBytes() < least) {
      throw new IllegalArgumentException(
          "memoryBytes "
              + config.memoryBytes()
              + " is too little for a log with pages of "
              + pageBytes
              + " bytes: at least "
              + least);
    }
    long left =
        config.memoryBytes() - readersBytes(pageBytes, config.maxReaders(), config.maxEntryBytes());
    long frames = left / pageBytes;
    while (LogShape.logBytesFor(pageBytes, frames) > left) {
      frames--;
    }
    return Long.highestOneBit(frames);
  }

  /** The sizes of a new log. */
  static LogShape shape(LogConfig config) {
    return new LogShape(
        Integer.numberOfTrailingZeros(config.pageBytes()),
        frames(config, config.pageBytes()),
        config.segmentBytes(),
        config.maxEntryBytes(),
        config.commitBytes(),
        config.commitNanos());
  }
}
