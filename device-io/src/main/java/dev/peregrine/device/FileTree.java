package dev.peregrine.device;

import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;
import dev.peregrine.posix.FileKind;
import dev.peregrine.posix.FileNames;
import java.nio.file.Path;

/**
 * Finds what the checked paths of a {@link FileVolume} mean on the file system, and refuses to go
 * through symbolic links. Any thread may call any method; it changes nothing.
 *
 * @param root the volume's own directory, absolute
 */
record FileTree(Path root) {
  private static final String LINK_OR_SPECIAL = "it is a symbolic link or a special file";

  /**
   * What has this name, looking at each name on the way.
   *
   * @return missing, a regular file or a directory
   * @throws DeviceException for all else
   */
  FileKind kindOf(String operation, VolumePath path) throws ErrnoException {
    Path at = root;
    FileKind kind = FileKind.DIRECTORY;
    for (String name : path.names()) {
      if (kind == FileKind.REGULAR) {
        throw refused(operation, path, Errno.ENOTDIR);
      }
      at = at.resolve(name);
      kind = FileNames.kindOf(at);
      if (kind == FileKind.MISSING) {
        return kind;
      }
      if (kind == FileKind.OTHER) {
        throw new DeviceException(operation, at.toString(), -1, 0, LINK_OR_SPECIAL);
      }
    }
    return kind;
  }

  /** Where something is or will be; its directory must exist. */
  Path requireParent(String operation, VolumePath path) throws ErrnoException {
    return path.isRoot() ? root : requireDirectory(operation, path.parent()).resolve(path.name());
  }

  /** Where a directory is, which must exist. */
  Path requireDirectory(String operation, VolumePath path) throws ErrnoException {
    FileKind kind = kindOf(operation, path);
    if (kind != FileKind.DIRECTORY) {
      throw refused(operation, path, kind == FileKind.MISSING ? Errno.ENOENT : Errno.ENOTDIR);
    }
    return root.resolve(path.toString());
  }

  /** Where a regular file is, which must exist. */
  Path requireFile(String operation, VolumePath path) throws ErrnoException {
    FileKind kind = kindOf(operation, path);
    if (kind != FileKind.REGULAR) {
      throw refused(operation, path, kind == FileKind.MISSING ? Errno.ENOENT : Errno.EISDIR);
    }
    return root.resolve(path.toString());
  }

  /** An exception that tells the file and the system's reason. */
  DeviceException refused(String operation, VolumePath path, int errno) {
    return refused(operation, path, errno, Errno.words(errno));
  }

  /** An exception that tells the file and another reason. */
  DeviceException refused(String operation, VolumePath path, int errno, String reason) {
    return new DeviceException(
        operation, root.resolve(path.toString()).toString(), -1, errno, reason);
  }
}
