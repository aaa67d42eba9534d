package dev.peregrine.log;

import dev.peregrine.device.DeviceKind;
import dev.peregrine.memory.Alignment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * The settings of a log. Build one with {@link #builder}; a value outside of its range is refused
 * with the range named. Page and segment length of a log that exists are what they were.
 *
 * @param directory where its files go
 * @param device how files are read and written: AUTO, URING or PREAD
 * @param memoryBytes the budget of native memory: {@code maxReaders} readers, each with buffers of
 *     two and a half pages, and room for an entry of {@code maxEntryBytes} if that is more than a
 *     quarter of a page; and pages for appending, as many as fit and are a power of two. Batches
 *     have memory of their own
 * @param pageBytes the unit of memory, and the most that is written at once: a power of two, 16 KiB
 *     to 64 MiB
 * @param segmentBytes length of a segment file, the unit in which truncation gives space back: a
 *     power of two, {@code pageBytes} to 1 TiB
 * @param maxEntryBytes the longest entry that is appended, or read: 0 to 1 GiB
 * @param maxReaders readers and consumers open at once, 1 to 256
 * @param commitBytes so many appended bytes are committed without being asked for, at least 4 KiB;
 *     {@link Long#MAX_VALUE} for never
 * @param commitNanos so often what was appended is committed without being asked for, at least 100
 *     µs; 0 for never
 * @param commitBatches whether each batch is committed without being asked for
 */
public record LogConfig(
    Path directory,
    DeviceKind device,
    long memoryBytes,
    int pageBytes,
    long segmentBytes,
    long maxEntryBytes,
    int maxReaders,
    long commitBytes,
    long commitNanos,
    boolean commitBatches) {
  private static final int MIN_PAGE_BYTES = 16 << 10;
  private static final int MAX_PAGE_BYTES = 64 << 20;
  private static final long MAX_SEGMENT_BYTES = 1L << 40;
  private static final long MAX_ENTRY_BYTES = 1L << 30;
  private static final int MAX_READERS = 256;
  private static final long MIN_COMMIT_BYTES = 4 << 10;
  private static final long MIN_COMMIT_NANOS = 100_000;

  /** Checks every field. */
  public LogConfig {
    Objects.requireNonNull(device, "device");
    if (!device.hasFiles()) {
      throw new IllegalArgumentException("a durable log is of files, not on a device " + device);
    }
    requireRange("pageBytes", pageBytes, MIN_PAGE_BYTES, MAX_PAGE_BYTES);
    requirePowerOfTwo("pageBytes", pageBytes);
    requireRange("segmentBytes", segmentBytes, pageBytes, MAX_SEGMENT_BYTES);
    requirePowerOfTwo("segmentBytes", segmentBytes);
    requireRange("maxEntryBytes", maxEntryBytes, 0, MAX_ENTRY_BYTES);
    requireRange("maxReaders", maxReaders, 1, MAX_READERS);
    requireRange("commitBytes", commitBytes, MIN_COMMIT_BYTES, Long.MAX_VALUE);
    if (commitNanos != 0) {
      requireRange("commitNanos", commitNanos, MIN_COMMIT_NANOS, Long.MAX_VALUE);
    }
    requireRange(
        "memoryBytes",
        memoryBytes,
        LogMemory.minBytes(pageBytes, maxReaders, maxEntryBytes),
        1L << 46);
  }

  private static void requireRange(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          field + " " + value + " is outside of " + least + " to " + most);
    }
  }

  private static void requirePowerOfTwo(String field, long value) {
    if (!Alignment.isPowerOfTwo(value)) {
      throw new IllegalArgumentException(field + " " + value + " is not a power of two");
    }
  }

  /**
   * A builder with the defaults: 48 MiB of memory, of which 32 are pages, of 1 MiB, segments of 64
   * MiB, entries up to 1 MiB, 4 readers, and no commit that is not asked for.
   */
  public static Builder builder(Path directory) {
    return new Builder(directory);
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    private final Path directory;
    private DeviceKind device = DeviceKind.AUTO;
    private long memoryBytes = 48L << 20;
    private int pageBytes = 1 << 20;
    private long segmentBytes = 64L << 20;
    private long maxEntryBytes = 1L << 20;
    private int maxReaders = 4;
    private long commitBytes = Long.MAX_VALUE;
    private long commitNanos;
    private boolean commitBatches;

    private Builder(Path directory) {
      this.directory = directory;
    }

    /** How files are read and written. */
    public Builder device(DeviceKind value) {
      device = value;
      return this;
    }

    /** The budget of native memory. */
    public Builder memoryBytes(long value) {
      memoryBytes = value;
      return this;
    }

    /** The page of a new log. */
    public Builder pageBytes(int value) {
      pageBytes = value;
      return this;
    }

    /** The segments of a new log. */
    public Builder segmentBytes(long value) {
      segmentBytes = value;
      return this;
    }

    /** The longest entry; each of the readers has room for one. */
    public Builder maxEntryBytes(long value) {
      maxEntryBytes = value;
      return this;
    }

    /** Readers and consumers open at once. */
    public Builder maxReaders(int value) {
      maxReaders = value;
      return this;
    }

    /** Commits each time that so many bytes were appended. */
    public Builder commitEachBytes(long value) {
      commitBytes = value;
      return this;
    }

    /** Commits so often. */
    public Builder commitEach(Duration value) {
      commitNanos = value.toNanos();
      return this;
    }

    /** Commits after each batch. */
    public Builder commitEachBatch(boolean value) {
      commitBatches = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public LogConfig build() {
      return new LogConfig(
          directory,
          device,
          memoryBytes,
          pageBytes,
          segmentBytes,
          maxEntryBytes,
          maxReaders,
          commitBytes,
          commitNanos,
          commitBatches);
    }
  }
}
