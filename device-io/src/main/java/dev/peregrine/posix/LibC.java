package dev.peregrine.posix;

import static dev.peregrine.posix.NativeCall.POINTER;
import static dev.peregrine.posix.NativeCall.linkVariadicWithErrno;
import static dev.peregrine.posix.NativeCall.linkWithErrno;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The file functions of the C library.
 *
 * <p>Each takes a {@linkplain NativeCall#allocateErrno segment} for {@code errno} that no other
 * thread uses meanwhile, and returns the function's result or {@code -errno}, as system calls do.
 * Nothing is retried here.
 */
public final class LibC {
  /** For {@code fallocate}: allocate and extend the file. */
  static final int FALLOCATE_EXTEND = 0;

  /** For {@code flock}: exclusive, and refuse rather than wait. */
  static final int LOCK_EXCLUSIVE_NO_WAIT = 2 | 4;

  /** For {@code flock}: give the lock back. */
  static final int LOCK_UNLOCK = 8;

  private static final MethodHandle OPEN =
      linkVariadicWithErrno(
          "open", 2, FunctionDescriptor.of(JAVA_INT, POINTER, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      linkWithErrno("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle PREAD =
      linkWithErrno(
          "pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle PWRITE =
      linkWithErrno(
          "pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle FALLOCATE =
      linkWithErrno(
          "fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle FTRUNCATE =
      linkWithErrno("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle FDATASYNC =
      linkWithErrno("fdatasync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FSYNC =
      linkWithErrno("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle STATX =
      linkWithErrno(
          "statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, POINTER, JAVA_INT, JAVA_INT, POINTER));
  private static final MethodHandle MEMFD_CREATE =
      linkWithErrno("memfd_create", FunctionDescriptor.of(JAVA_INT, POINTER, JAVA_INT));

  private static final MethodHandle MKDIR =
      linkWithErrno("mkdir", FunctionDescriptor.of(JAVA_INT, POINTER, JAVA_INT));
  private static final MethodHandle RMDIR =
      linkWithErrno("rmdir", FunctionDescriptor.of(JAVA_INT, POINTER));
  private static final MethodHandle UNLINK =
      linkWithErrno("unlink", FunctionDescriptor.of(JAVA_INT, POINTER));
  private static final MethodHandle RENAME =
      linkWithErrno("rename", FunctionDescriptor.of(JAVA_INT, POINTER, POINTER));
  private static final MethodHandle FLOCK =
      linkWithErrno("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private LibC() {}

  static int open(MemorySegment errno, MemorySegment path, int flags, int mode) {
    try {
      return result((int) OPEN.invokeExact(errno, path, flags, mode), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int close(MemorySegment errno, int fd) {
    try {
      return result((int) CLOSE.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static long pread(MemorySegment errno, int fd, long address, long bytes, long offset) {
    try {
      return result((long) PREAD.invokeExact(errno, fd, address, bytes, offset), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static long pwrite(MemorySegment errno, int fd, long address, long bytes, long offset) {
    try {
      return result((long) PWRITE.invokeExact(errno, fd, address, bytes, offset), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int fallocate(MemorySegment errno, int fd, int mode, long offset, long bytes) {
    try {
      return result((int) FALLOCATE.invokeExact(errno, fd, mode, offset, bytes), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int ftruncate(MemorySegment errno, int fd, long bytes) {
    try {
      return result((int) FTRUNCATE.invokeExact(errno, fd, bytes), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int fdatasync(MemorySegment errno, int fd) {
    try {
      return result((int) FDATASYNC.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int fsync(MemorySegment errno, int fd) {
    try {
      return result((int) FSYNC.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int statx(
      MemorySegment errno, int fd, MemorySegment path, int flags, int mask, MemorySegment status) {
    try {
      return result((int) STATX.invokeExact(errno, fd, path, flags, mask, status), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int memfdCreate(MemorySegment errno, MemorySegment name, int flags) {
    try {
      return result((int) MEMFD_CREATE.invokeExact(errno, name, flags), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int mkdir(MemorySegment errno, MemorySegment path, int mode) {
    try {
      return result((int) MKDIR.invokeExact(errno, path, mode), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int rmdir(MemorySegment errno, MemorySegment path) {
    try {
      return result((int) RMDIR.invokeExact(errno, path), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int unlink(MemorySegment errno, MemorySegment path) {
    try {
      return result((int) UNLINK.invokeExact(errno, path), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int rename(MemorySegment errno, MemorySegment from, MemorySegment to) {
    try {
      return result((int) RENAME.invokeExact(errno, from, to), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  static int flock(MemorySegment errno, int fd, int operation) {
    try {
      return result((int) FLOCK.invokeExact(errno, fd, operation), errno);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  private static int result(int result, MemorySegment errno) {
    return result < 0 ? -NativeCall.errno(errno) : result;
  }

  private static long result(long result, MemorySegment errno) {
    return result < 0 ? -NativeCall.errno(errno) : result;
  }
}
