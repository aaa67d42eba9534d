package dev.peregrine.bench;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.Devices;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What one measure of a device is.
 *
 * @param mode the access pattern
 * @param bytes how much is written, and read from: whole segments
 * @param blockBytes bytes of each request
 * @param depth requests that each worker keeps outstanding
 * @param threads workers, a queue each
 * @param seconds how long reads go on
 * @param segmentBytes length of a segment file
 * @param kind which device
 */
record DevicePlan(
    Mode mode,
    long bytes,
    int blockBytes,
    int depth,
    int threads,
    double seconds,
    long segmentBytes,
    DeviceKind kind) {
  /** Patterns of access. */
  enum Mode {
    /** Reads of blocks chosen uniformly. */
    RANDREAD("randread", true),
    /** Reads of one block after the other. */
    SEQREAD("read", true),
    /** Writes of one block after the other, and a sync at the end. */
    SEQWRITE("write", false);

    private final String fioName;
    private final boolean reads;

    Mode(String fioName, boolean reads) {
      this.fioName = fioName;
      this.reads = reads;
    }

    /** What fio calls it. */
    String fioName() {
      return fioName;
    }

    /** Whether it reads. */
    boolean reads() {
      return reads;
    }

    /** What reports call it. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How many blocks there are. */
  long blocks() {
    return bytes / blockBytes;
  }

  /** The same, to write everything once in large requests. */
  DevicePlan toFill(int requestBytes, int requests) {
    return new DevicePlan(
        Mode.SEQWRITE, bytes, requestBytes, requests, 1, seconds, segmentBytes, kind);
  }

  /** Opens the device with its files in a directory. */
  Device open(Path directory) {
    return Devices.open(
        DeviceOptions.builder().directory(directory).segmentBytes(segmentBytes).kind(kind).build());
  }

  /** What the report says of it. */
  Setting setting() {
    return new Setting(
        "device",
        mode.label(),
        mode == Mode.RANDREAD ? "uniform" : "sequential",
        blocks(),
        blockBytes,
        threads,
        kind.name().toLowerCase(Locale.ROOT),
        depth);
  }
}
