package dev.peregrine;

import dev.peregrine.device.DeviceKind;
import dev.peregrine.internal.hlog.PageImage;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The settings of a store. Build one with {@link #builder}; every field has a range, and a value
 * outside of it is refused with the range named.
 *
 * @param kind what is mapped to what
 * @param directory where segment files go; null only for devices without files
 * @param device the kind of device
 * @param memoryBytes the one budget for native memory: index, log pages, buffers of all sessions;
 *     at least 256 KiB
 * @param indexBytes memory of the index's table out of the budget, rounded down to a power of two,
 *     and an eighth more for overflow; 0 for a quarter of the budget
 * @param pageBytes the unit in which the log is written and evicted: a power of two, 4 KiB to 64
 *     MiB
 * @param mutableFraction the share of the log's memory that is updated in place, above 0 to 1
 * @param segmentBytes length of a segment file: a power of two, {@code pageBytes} to 1 TiB
 * @param maxSessions sessions open at once, 1 to 4096
 * @param pendingDepth operations of one session that can wait for the device, 1 to 4096
 * @param maxRecordBytes the largest record, with 16 bytes of headers and the key and the value each
 *     rounded up to 8: 64 to {@code pageBytes} less the page's footer of 40 bytes and 4 for each 4
 *     KiB
 * @param stallNanos how long a checkpoint waits for a session that stays inside an operation before
 *     it is given up: 1 ms to 1 hour
 * @param checkpointBytesPerSecond how fast a checkpoint writes at most, so that less of the device
 *     is taken from others; 0 for no bound
 * @param preTouch whether opening takes all of the log's memory from the system, so that no
 *     operation meets a page fault there; it takes about a second for each few GiB
 */
public record StoreConfig(
    StoreKind kind,
    Path directory,
    DeviceKind device,
    long memoryBytes,
    long indexBytes,
    int pageBytes,
    double mutableFraction,
    long segmentBytes,
    int maxSessions,
    int pendingDepth,
    int maxRecordBytes,
    long stallNanos,
    long checkpointBytesPerSecond,
    boolean preTouch) {
  private static final long MIN_MEMORY_BYTES = 256L << 10;
  private static final int MIN_PAGE_BYTES = 4 << 10;
  private static final int MAX_PAGE_BYTES = 64 << 20;
  private static final long MAX_SEGMENT_BYTES = 1L << 40;
  private static final int MAX_COUNT = 4096;
  private static final int MIN_RECORD_BYTES = 64;
  private static final long MIN_STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MAX_STALL_NANOS = TimeUnit.HOURS.toNanos(1);

  /** Checks every field. */
  public StoreConfig {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(device, "device");
    if (directory == null && device.hasFiles()) {
      throw new IllegalArgumentException("directory is needed for device " + device);
    }
    requireRange("memoryBytes", memoryBytes, MIN_MEMORY_BYTES, Long.MAX_VALUE);
    requireRange("indexBytes", indexBytes, 0, memoryBytes);
    requireRange("pageBytes", pageBytes, MIN_PAGE_BYTES, MAX_PAGE_BYTES);
    requirePowerOfTwo("pageBytes", pageBytes);
    if (!(mutableFraction > 0 && mutableFraction <= 1)) {
      throw new IllegalArgumentException(
          "mutableFraction " + mutableFraction + " is not above 0 and at most 1");
    }
    requireRange("segmentBytes", segmentBytes, pageBytes, MAX_SEGMENT_BYTES);
    requirePowerOfTwo("segmentBytes", segmentBytes);
    requireRange("maxSessions", maxSessions, 1, MAX_COUNT);
    requireRange("pendingDepth", pendingDepth, 1, MAX_COUNT);
    requireRange("stallNanos", stallNanos, MIN_STALL_NANOS, MAX_STALL_NANOS);
    requireRange("checkpointBytesPerSecond", checkpointBytesPerSecond, 0, Long.MAX_VALUE);
    requireRange(
        "maxRecordBytes", maxRecordBytes, MIN_RECORD_BYTES, PageImage.usableBytes(pageBytes));
  }

  /** A builder with the defaults. */
  public static Builder builder(StoreKind kind) {
    return new Builder(kind);
  }

  /** A builder with these settings. */
  public Builder toBuilder() {
    Builder builder = new Builder(kind);
    builder.directory = directory;
    builder.device = device;
    builder.memoryBytes = memoryBytes;
    builder.indexBytes = indexBytes;
    builder.pageBytes = pageBytes;
    builder.mutableFraction = mutableFraction;
    builder.segmentBytes = segmentBytes;
    builder.maxSessions = maxSessions;
    builder.pendingDepth = pendingDepth;
    builder.maxRecordBytes = maxRecordBytes;
    builder.stallNanos = stallNanos;
    builder.checkpointBytesPerSecond = checkpointBytesPerSecond;
    builder.preTouch = preTouch;
    return builder;
  }

  private static void requireRange(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          field + " " + value + " is outside of " + least + " to " + most);
    }
  }

  private static void requirePowerOfTwo(String field, long value) {
    if (Long.bitCount(value) != 1) {
      throw new IllegalArgumentException(field + " " + value + " is not a power of two");
    }
  }

  /** Collects settings; one thread. */
  public static final class Builder {
    private static final int DEFAULT_RECORD_BYTES = 64 << 10;

    private final StoreKind kind;
    private Path directory;
    private DeviceKind device = DeviceKind.AUTO;
    private long memoryBytes = 256L << 20;
    private long indexBytes;
    private int pageBytes = 1 << 20;
    private double mutableFraction = 0.9;
    private long segmentBytes = 64L << 20;
    private int maxSessions = 16;
    private int pendingDepth = 128;
    private int maxRecordBytes;
    private long stallNanos = TimeUnit.SECONDS.toNanos(10);
    private long checkpointBytesPerSecond;
    private boolean preTouch;

    private Builder(StoreKind kind) {
      this.kind = kind;
    }

    /** Where segment files go; created if absent. */
    public Builder directory(Path value) {
      directory = value;
      return this;
    }

    /** The kind of device; by default io_uring where it works, else pread. */
    public Builder device(DeviceKind value) {
      device = value;
      return this;
    }

    /** The budget for native memory; by default 256 MiB. */
    public Builder memoryBytes(long value) {
      memoryBytes = value;
      return this;
    }

    /** Memory of the index; by default a quarter of the budget. */
    public Builder indexBytes(long value) {
      indexBytes = value;
      return this;
    }

    /** The log's page; by default 1 MiB. */
    public Builder pageBytes(int value) {
      pageBytes = value;
      return this;
    }

    /** The share of the log's memory that is updated in place; by default 0.9. */
    public Builder mutableFraction(double value) {
      mutableFraction = value;
      return this;
    }

    /** Length of a segment file; by default 64 MiB. */
    public Builder segmentBytes(long value) {
      segmentBytes = value;
      return this;
    }

    /** Sessions open at once; by default 16. */
    public Builder maxSessions(int value) {
      maxSessions = value;
      return this;
    }

    /** Pending operations of a session; by default 128. */
    public Builder pendingDepth(int value) {
      pendingDepth = value;
      return this;
    }

    /** How long a checkpoint waits for a session that is stuck; by default 10 seconds. */
    public Builder stallNanos(long value) {
      stallNanos = value;
      return this;
    }

    /** How fast a checkpoint writes at most; by default without bound. */
    public Builder checkpointBytesPerSecond(long value) {
      checkpointBytesPerSecond = value;
      return this;
    }

    /** Whether opening takes all of the log's memory at once; by default not. */
    public Builder preTouch(boolean value) {
      preTouch = value;
      return this;
    }

    /** The largest record; by default what a page has room for, and at most 64 KiB. */
    public Builder maxRecordBytes(int value) {
      maxRecordBytes = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException naming the field and its range
     */
    public StoreConfig build() {
      return new StoreConfig(
          kind,
          directory,
          device,
          memoryBytes,
          indexBytes,
          pageBytes,
          mutableFraction,
          segmentBytes,
          maxSessions,
          pendingDepth,
          maxRecordBytes != 0 ? maxRecordBytes : defaultRecordBytes(),
          stallNanos,
          checkpointBytesPerSecond,
          preTouch);
    }

    /** A page that is refused later has room for nothing. */
    private int defaultRecordBytes() {
      int page = Math.clamp(pageBytes, MIN_PAGE_BYTES, MAX_PAGE_BYTES);
      return Math.min(PageImage.usableBytes(page), DEFAULT_RECORD_BYTES);
    }
  }
}
