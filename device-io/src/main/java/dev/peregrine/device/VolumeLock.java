package dev.peregrine.device;

import dev.peregrine.posix.DirectFile;
import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;
import java.nio.file.Path;

/**
 * That one user at a time has a volume open: a file that is locked for as long as it is open. The
 * system lets go of the lock when the process dies. It is {@code flock}'s and not {@code fcntl}'s,
 * which knows no second user in a process, and which any close of the file in the process undoes.
 */
final class VolumeLock implements AutoCloseable {
  private final DirectFile file;

  private VolumeLock(DirectFile file) {
    this.file = file;
  }

  /**
   * Takes the lock of a directory.
   *
   * @throws DeviceException if somebody has it
   */
  static VolumeLock acquire(Path directory) {
    Path path = directory.resolve(VolumePath.LOCK);
    DirectFile file = null;
    boolean locked = false;
    try {
      file = DirectFile.openOrCreate(path);
      if (!file.isRegular()) {
        throw refused(path, 0, "it is not a regular file");
      }
      if (!file.tryLock()) {
        String reason = "another process, or another store of this one, has " + directory + " open";
        throw refused(path, Errno.EAGAIN, reason);
      }
      locked = true;
      return new VolumeLock(file);
    } catch (ErrnoException e) {
      throw refused(path, e.errno(), e.getMessage());
    } finally {
      if (!locked && file != null) {
        file.close();
      }
    }
  }

  private static DeviceException refused(Path path, int errno, String reason) {
    return new DeviceException("open", path.toString(), -1, errno, reason);
  }

  @Override
  public void close() {
    file.close();
  }
}
