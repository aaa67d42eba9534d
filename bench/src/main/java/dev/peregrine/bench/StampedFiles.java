package dev.peregrine.bench;

import dev.peregrine.device.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Segment files full of stamped blocks, written through a device of ours a part at a time, so that
 * they can be as old as other files written meanwhile. One thread.
 */
final class StampedFiles implements AutoCloseable {
  private static final int REQUEST_BYTES = 1 << 20;
  private static final int REQUESTS = 8;

  private final Path directory;
  private final DevicePlan plan;
  private final int stampBytes;
  private final Device device;
  private long written;

  /** Opens a device in a directory, for all the bytes of a plan. */
  StampedFiles(Path directory, DevicePlan plan) {
    this.directory = directory;
    this.stampBytes = plan.blockBytes();
    int requestBytes =
        (int) Math.min(Math.max(REQUEST_BYTES, plan.blockBytes()), plan.segmentBytes());
    this.plan = plan.toFill(requestBytes, REQUESTS);
    this.device = plan.open(directory);
  }

  /** The device; it may be read up to {@link #written}. */
  Device device() {
    return device;
  }

  /** Writes on, until whole requests cover this much, or all of the plan. */
  void writeTo(long bytes) {
    long requests = (Math.min(bytes, plan.bytes()) + plan.blockBytes() - 1) / plan.blockBytes();
    long end = Math.min(requests * plan.blockBytes(), plan.bytes());
    if (end <= written) {
      return;
    }
    device.ensureCapacity(end);
    new Gang<Measure.WorkerResult>(1)
        .runToEnd(
            (worker, gang) ->
                new DeviceWorker(device, plan, stampBytes, worker, written, end).run(gang),
            done -> {});
    written = end;
  }

  /** How far it has been written. */
  long written() {
    return written;
  }

  /** The files' names in their directory. */
  List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<String> names = new ArrayList<>();
      files
          .filter(file -> file.getFileName().toString().matches("log\\.\\d+"))
          .sorted()
          .forEach(file -> names.add(file.getFileName().toString()));
      if (names.isEmpty()) {
        throw new CheckFailedException("there is no segment file in " + directory);
      }
      return names;
    }
  }

  @Override
  public void close() {
    device.close();
  }
}
