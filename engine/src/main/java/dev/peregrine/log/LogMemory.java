package dev.peregrine.log;

import dev.peregrine.internal.log.LogShape;

/** Divides a log's budget: readers first, the rest is for pages. */
final class LogMemory {
  private LogMemory() {}

  /** The least budget that a log works with. */
  static long minBytes(int pageBytes, int maxReaders) {
    return readersBytes(pageBytes, maxReaders)
        + LogShape.logBytesFor(pageBytes, LogShape.minFrames());
  }

  private static long readersBytes(int pageBytes, int maxReaders) {
    return maxReaders * LogShape.readerBytesFor(pageBytes);
  }

  /**
   * Pages in memory.
   *
   * @throws IllegalArgumentException if a log that exists has pages too long for the budget
   */
  static long frames(LogConfig config, int pageBytes) {
    if (config.memoryBytes() < minBytes(pageBytes, config.maxReaders())) {
      throw new IllegalArgumentException(
          "memoryBytes "
              + config.memoryBytes()
              + " is too little for a log with pages of "
              + pageBytes
              + " bytes: at least "
              + minBytes(pageBytes, config.maxReaders()));
    }
    long left = config.memoryBytes() - readersBytes(pageBytes, config.maxReaders());
    long frames = left / pageBytes;
    while (LogShape.logBytesFor(pageBytes, frames) > left) {
      frames--;
    }
    return frames;
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
