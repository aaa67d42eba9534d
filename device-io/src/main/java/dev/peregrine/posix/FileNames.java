package dev.peregrine.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The calls that look at names and change them. None is durable before {@link
 * DirectFile#syncDirectory}. Any thread may call any method.
 */
public final class FileNames {
  private FileNames() {}

  /** What has this name; of a symbolic link, the link. */
  public static FileKind kindOf(Path path) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = NativeCall.allocateErrno(arena);
      FileStatus status = FileStatus.ofPath(arena.allocateFrom(path.toString()), arena, errno);
      if (status != null) {
        return status.kind();
      }
      int cause = NativeCall.errno(errno);
      if (cause == Errno.ENOENT) {
        return FileKind.MISSING;
      }
      throw new ErrnoException(cause);
    }
  }

  /** Makes a directory that must not exist, for the owner alone. */
  public static void makeDirectory(Path path) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path.toString());
      int mode = OpenFlags.MODE_DIRECTORY_OWNER_ONLY;
      check(LibC.mkdir(NativeCall.allocateErrno(arena), name, mode));
    }
  }

  /** Gives a file another name, in one step also where that name was taken. */
  public static void rename(Path from, Path to) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocateFrom(from.toString());
      MemorySegment target = arena.allocateFrom(to.toString());
      check(LibC.rename(NativeCall.allocateErrno(arena), source, target));
    }
  }

  /** Deletes a name that is no directory. */
  public static void deleteFile(Path path) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path.toString());
      check(LibC.unlink(NativeCall.allocateErrno(arena), name));
    }
  }

  /** Deletes a directory, which must be empty. */
  public static void deleteDirectory(Path path) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path.toString());
      check(LibC.rmdir(NativeCall.allocateErrno(arena), name));
    }
  }

  private static void check(int result) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(-result);
    }
  }
}
