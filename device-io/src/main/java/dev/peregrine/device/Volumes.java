package dev.peregrine.device;

import dev.peregrine.posix.DirectFile;
import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;
import dev.peregrine.posix.FileKind;
import dev.peregrine.posix.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens volumes. Any thread may call any method. */
public final class Volumes {
  private Volumes() {}

  /**
   * Opens the volume in a directory and locks it. A directory that is missing is made, for its
   * owner alone, and so are those above it.
   *
   * @param directory where the files lie; may be a symbolic link
   * @param kind how the volume's devices transfer: AUTO, URING or PREAD
   * @throws DeviceException if somebody else has it open, or the system refuses
   * @throws IllegalArgumentException for a kind without files
   */
  public static Volume open(Path directory, DeviceKind kind) {
    if (!kind.hasFiles()) {
      throw new IllegalArgumentException(
          "a volume is of files: it has no devices of kind " + kind + ", only AUTO, URING, PREAD");
    }
    Path absolute = directory.toAbsolutePath().normalize();
    boolean made = makeDirectories(absolute);
    try {
      Path real = absolute.toRealPath();
      if (!made && FileNames.kindOf(real.resolve(VolumePath.LOCK)) == FileKind.MISSING) {
        syncNameOf(real);
      }
      return new FileVolume(real, kind, VolumeLock.acquire(real));
    } catch (ErrnoException e) {
      throw failure(absolute, e);
    } catch (IOException e) {
      DeviceException failure =
          new DeviceException("open", absolute.toString(), -1, 0, e.toString());
      failure.initCause(e);
      throw failure;
    }
  }

  /**
   * Opens a volume to look at it: takes no lock, creates and changes nothing. Its devices read
   * through the page cache.
   *
   * @param directory where the files lie
   * @throws DeviceException if there is no such directory
   */
  public static Volume openToRead(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute)) {
      throw new DeviceException(
          "open", absolute.toString(), -1, Errno.ENOENT, "it is no directory");
    }
    return new ReadOnlyVolume(absolute);
  }

  /** Makes what lacks, each name durable before the next; false if nothing did. */
  private static boolean makeDirectories(Path directory) {
    if (Files.isDirectory(directory)) {
      return false;
    }
    if (directory.getParent() != null) {
      makeDirectories(directory.getParent());
    }
    try {
      FileNames.makeDirectory(directory);
      DirectFile.syncDirectory(directory.getParent());
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EEXIST || !Files.isDirectory(directory)) {
        throw failure(directory, e);
      }
    }
    return true;
  }

  /**
   * Makes the name of a directory durable that has never been a volume: who made it may have died
   * before. One whose parent we may not read was made by somebody else, who cares for it.
   */
  private static void syncNameOf(Path directory) throws ErrnoException {
    if (directory.getParent() == null) {
      return;
    }
    try {
      DirectFile.syncDirectory(directory.getParent());
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EACCES && e.errno() != Errno.EPERM) {
        throw e;
      }
    }
  }

  private static DeviceException failure(Path path, ErrnoException cause) {
    return new DeviceException("open", path.toString(), -1, cause.errno(), cause.getMessage());
  }
}
