package dev.peregrine.device;

import dev.peregrine.posix.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A volume for looking at: it takes no lock, creates and changes nothing, and refuses what would.
 * Others may change the files meanwhile. Any thread may call any method.
 */
final class ReadOnlyVolume implements Volume {
  private static final String REFUSED = "the volume is opened to be read only";

  private final Path directory;
  private final OpenDevices devices = new OpenDevices();
  private volatile boolean closed;

  /** A volume over a directory that is there. */
  ReadOnlyVolume(Path directory) {
    this.directory = directory;
  }

  @Override
  public Device openDevice(String path, long segmentBytes) {
    VolumePath checked = VolumePath.file(path);
    requireOpen();
    return devices.open(
        checked, () -> new ReadOnlyDevice(directory.resolve(checked.toString()), segmentBytes));
  }

  @Override
  public boolean exists(String path) {
    requireOpen();
    return Files.exists(directory.resolve(VolumePath.directory(path).toString()));
  }

  @Override
  public List<String> list(String path) {
    VolumePath checked = VolumePath.directory(path);
    requireOpen();
    Path listed = directory.resolve(checked.toString());
    if (!Files.exists(listed)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(listed)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(checked::shows)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw failure("list", path, e);
    }
  }

  @Override
  public byte[] read(String path, int mostBytes) {
    Path file = directory.resolve(VolumePath.file(path).toString());
    requireOpen();
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > mostBytes) {
        throw new DeviceException(
            "read", file.toString(), -1, Errno.EFBIG, "no file of at most " + mostBytes + " bytes");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw failure("read", path, e);
    }
  }

  private DeviceException failure(String operation, String path, IOException cause) {
    DeviceException failure =
        new DeviceException(operation, directory.resolve(path).toString(), -1, 0, cause.toString());
    failure.initCause(cause);
    return failure;
  }

  @Override
  public void makeDirectory(String path) {
    throw refused("makeDirectory", path);
  }

  @Override
  public void write(String path, byte[] contents) {
    throw refused("write", path);
  }

  @Override
  public void sync(String path) {
    throw refused("sync", path);
  }

  @Override
  public void rename(String from, String to) {
    throw refused("rename", from);
  }

  @Override
  public void delete(String path) {
    throw refused("delete", path);
  }

  @Override
  public void syncDirectory(String path) {
    throw refused("syncDirectory", path);
  }

  private DeviceException refused(String operation, String path) {
    return new DeviceException(
        operation, directory.resolve(path).toString(), -1, Errno.EPERM, REFUSED);
  }

  @Override
  public String describe() {
    return directory + ", read only";
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(directory + " is closed");
    }
  }

  @Override
  public void close() {
    devices.requireNone(directory.toString());
    closed = true;
  }
}
