package dev.peregrine.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reads and writes small files as a whole, through the page cache; short transfers are continued.
 * Any thread may call any method.
 */
public final class WholeFile {
  private static final int CHUNK_BYTES = 1 << 20;

  private WholeFile() {}

  /** Writes these bytes from the file's start. */
  public static void write(DirectFile file, byte[] contents) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = NativeCall.allocateErrno(arena);
      MemorySegment buffer = arena.allocate(Math.clamp(contents.length, 1, CHUNK_BYTES));
      int done = 0;
      while (done < contents.length) {
        int chunk = (int) Math.min(buffer.byteSize(), contents.length - done);
        MemorySegment.copy(contents, done, buffer, ValueLayout.JAVA_BYTE, 0, chunk);
        long written = file.pwrite(errno, buffer.address(), chunk, done);
        if (written == 0) {
          throw new ErrnoException(Errno.EIO);
        }
        done += countOf(written);
      }
    }
  }

  /**
   * Reads from the file's start.
   *
   * @return how many bytes were read: fewer than asked for only if the file has fewer
   */
  public static int read(DirectFile file, byte[] contents) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = NativeCall.allocateErrno(arena);
      MemorySegment buffer = arena.allocate(Math.clamp(contents.length, 1, CHUNK_BYTES));
      int done = 0;
      while (done < contents.length) {
        int chunk = (int) Math.min(buffer.byteSize(), contents.length - done);
        long read = file.pread(errno, buffer.address(), chunk, done);
        if (read == 0) {
          return done;
        }
        int count = countOf(read);
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, contents, done, count);
        done += count;
      }
      return done;
    }
  }

  /** What was transferred; nothing if a signal came first. */
  private static int countOf(long result) throws ErrnoException {
    if (result == -Errno.EINTR) {
      return 0;
    }
    if (result < 0) {
      throw new ErrnoException((int) -result);
    }
    return (int) result;
  }
}
