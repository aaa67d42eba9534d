package dev.peregrine.device;

import dev.peregrine.device.segment.TransferChecks;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What {@link Devices#open} is to open.
 *
 * @param directory where the segment files lie; may be null for the kinds without files. It is made
 *     if it is missing. One process at a time may use it: its user locks it
 * @param name the segment files are {@code NAME.000000000} and so on
 * @param segmentBytes the length of a segment, a power of two from 4 KiB to 1 TiB. A segment's
 *     space is allocated as a whole when it is created, and given back as a whole
 * @param kind which device
 * @param preadThreads threads of the {@link DeviceKind#PREAD} device, 1 to 256
 * @param direct whether files are accessed past the page cache, where the file system can
 */
public record DeviceOptions(
    Path directory,
    String name,
    long segmentBytes,
    DeviceKind kind,
    int preadThreads,
    boolean direct) {
  /** The default length of a segment: 64 MiB. */
  public static final long DEFAULT_SEGMENT_BYTES = 64L << 20;

  /** The default number of threads of the pread device. */
  public static final int DEFAULT_PREAD_THREADS = 4;

  private static final int MAX_PREAD_THREADS = 256;

  /** Checks the values. */
  public DeviceOptions {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    TransferChecks.requireSegmentBytes(segmentBytes);
    if (directory == null && kind.hasFiles()) {
      throw new IllegalArgumentException("a device of kind " + kind + " needs a directory");
    }
    if (preadThreads < 1 || preadThreads > MAX_PREAD_THREADS) {
      throw new IllegalArgumentException(
          "preadThreads " + preadThreads + " is not 1 to " + MAX_PREAD_THREADS);
    }
  }

  /** Starts with the defaults: kind AUTO, name {@code log}, segments of 64 MiB, direct. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {
    private Path directory;
    private String name = "log";
    private long segmentBytes = DEFAULT_SEGMENT_BYTES;
    private DeviceKind kind = DeviceKind.AUTO;
    private int preadThreads = DEFAULT_PREAD_THREADS;
    private boolean direct = true;

    private Builder() {}

    /** Where the segment files lie. */
    public Builder directory(Path directory) {
      this.directory = directory;
      return this;
    }

    /** The first part of the files' names. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** The length of a segment, a power of two from 4 KiB to 1 TiB. */
    public Builder segmentBytes(long segmentBytes) {
      this.segmentBytes = segmentBytes;
      return this;
    }

    /** Which device. */
    public Builder kind(DeviceKind kind) {
      this.kind = kind;
      return this;
    }

    /** Threads of the pread device, 1 to 256. */
    public Builder preadThreads(int preadThreads) {
      this.preadThreads = preadThreads;
      return this;
    }

    /** Whether to go past the page cache, where the file system can. */
    public Builder direct(boolean direct) {
      this.direct = direct;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException naming the value that is wrong
     */
    public DeviceOptions build() {
      return new DeviceOptions(directory, name, segmentBytes, kind, preadThreads, direct);
    }
  }
}
