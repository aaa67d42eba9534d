package dev.peregrine.device;

import dev.peregrine.posix.DirectFile;
import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * That one user at a time has a volume open: a file that is locked for as long as it is open. The
 * system lets go of the lock when the process dies. It is {@code flock}'s and not {@code fcntl}'s,
 * which knows no second user in a process, and which any close of the file in the process undoes.
 *
 * <p>A process that is killed may have writes on their way, which the system ends after it has
 * closed the process's files. So each ring knows this file, too: it stays open, and locked, until
 * the ring is gone, and the ring waits for what is on its way.
 */
final class VolumeLock implements AutoCloseable {
  /** How long a process that was killed may take to be gone. */
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  private static final long NAP_NANOS = 5_000_000L;

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
      if (!tryLock(file)) {
        String reason =
            "another process, or another store of this one, has "
                + directory
                + " open, or was killed and has writes on their way: close it, or try again";
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

  private static boolean tryLock(DirectFile file) throws ErrnoException {
    long begin = System.nanoTime();
    while (!file.tryLock()) {
      if (System.nanoTime() - begin > PATIENCE_NANOS) {
        return false;
      }
      LockSupport.parkNanos(NAP_NANOS);
    }
    return true;
  }

  /** The file, for rings to know. */
  DirectFile file() {
    return file;
  }

  private static DeviceException refused(Path path, int errno, String reason) {
    return new DeviceException("open", path.toString(), -1, errno, reason);
  }

  @Override
  public void close() {
    try {
      file.unlock();
    } catch (ErrnoException e) {
      throw new DeviceException("unlock", VolumePath.LOCK, -1, e.errno(), e.getMessage());
    } finally {
      file.close();
    }
  }
}
