package dev.peregrine.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * An open file descriptor, past the page cache where the file system allows it.
 *
 * <p>Any thread may call any method; the caller makes sure that nobody uses the file during or
 * after {@link #close()}, because the system gives the number to the next file opened. Results are
 * those of {@link LibC}: a count, or {@code -errno}. It knows nothing of segments and does not
 * throw on an I/O error: its owner knows the names and offsets that make a good message.
 */
public final class DirectFile implements AutoCloseable {
  /** The alignment that {@code O_DIRECT} needs where the kernel does not tell. */
  private static final int SAFE_ALIGN = 4096;

  /** The least unit: the atomic sector of disks. */
  private static final int LEAST_ALIGN = 512;

  private final int fd;
  private final boolean direct;
  private final FileStatus status;

  /** For {@link #dataSync}, which must not allocate; guarded by itself. */
  private final MemorySegment syncErrno = NativeCall.allocateErrno(Arena.ofAuto());

  private DirectFile(int fd, boolean direct, FileStatus status) {
    this.fd = fd;
    this.direct = direct;
    this.status = status;
  }

  /** Opens an existing file to read and write; a symbolic link is refused with {@code ELOOP}. */
  public static DirectFile open(Path path, boolean direct) throws ErrnoException {
    return open(path, OpenFlags.O_RDWR, direct);
  }

  /** Creates a file that must not exist, readable and writable by the owner alone. */
  public static DirectFile create(Path path, boolean direct) throws ErrnoException {
    return open(path, OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_EXCL, direct);
  }

  /**
   * Opens an existing file to read, through the page cache. It waits for nobody: a FIFO can be
   * opened, and is not {@linkplain #isRegular() regular}. A symbolic link is refused with {@code
   * ELOOP}.
   */
  public static DirectFile openToRead(Path path) throws ErrnoException {
    return open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, false);
  }

  /** Opens a file to read and write, and creates it if it is missing; otherwise as above. */
  public static DirectFile openOrCreate(Path path) throws ErrnoException {
    return open(path, OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_NONBLOCK, false);
  }

  /** A file without a name that lives in memory; for self-tests. */
  public static DirectFile inMemory(String name) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = NativeCall.allocateErrno(arena);
      int fd = check(LibC.memfdCreate(errno, arena.allocateFrom(name), 0));
      return describe(fd, false, arena, errno);
    }
  }

  /** Makes names that came or went in a directory durable. */
  public static void syncDirectory(Path directory) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = NativeCall.allocateErrno(arena);
      int flags = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC;
      int fd = check(LibC.open(errno, arena.allocateFrom(directory.toString()), flags, 0));
      int result = LibC.fsync(errno, fd);
      LibC.close(errno, fd);
      check(result);
    }
  }

  private static DirectFile open(Path path, int access, boolean direct) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = NativeCall.allocateErrno(arena);
      MemorySegment name = arena.allocateFrom(path.toString());
      int flags = access | OpenFlags.O_CLOEXEC | OpenFlags.O_NOFOLLOW;
      int mode = OpenFlags.MODE_OWNER_ONLY;
      int fd = LibC.open(errno, name, direct ? flags | OpenFlags.O_DIRECT : flags, mode);
      boolean opened = direct;
      if (direct && fd == -Errno.EINVAL) {
        // The file system refuses O_DIRECT; a file that O_CREAT has made by then is ours.
        opened = false;
        fd = LibC.open(errno, name, flags & ~OpenFlags.O_EXCL, mode);
      }
      return describe(check(fd), opened, arena, errno);
    }
  }

  private static DirectFile describe(int fd, boolean direct, Arena arena, MemorySegment errno)
      throws ErrnoException {
    FileStatus status = FileStatus.of(fd, arena, errno);
    if (status == null) {
      int cause = NativeCall.errno(errno);
      LibC.close(errno, fd);
      throw new ErrnoException(cause);
    }
    return new DirectFile(fd, direct, status);
  }

  private static int check(int result) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(-result);
    }
    return result;
  }

  /** The descriptor's number. */
  public int fd() {
    return fd;
  }

  /** Whether transfers go past the page cache. */
  public boolean isDirect() {
    return direct;
  }

  /** Whether it was a regular file when it was opened. */
  public boolean isRegular() {
    return status.kind() == FileKind.REGULAR;
  }

  /** Its length when it was opened. */
  public long openedBytes() {
    return status.bytes();
  }

  /** The alignment that transfers need, for offsets, lengths and addresses alike. */
  public int alignment() {
    if (!direct) {
      return LEAST_ALIGN;
    }
    int told = Math.max(status.directOffsetAlign(), status.directMemoryAlign());
    return status.directOffsetAlign() == 0 ? SAFE_ALIGN : Math.max(LEAST_ALIGN, told);
  }

  /** Reads once; may be short. */
  public long pread(MemorySegment errno, long address, long bytes, long fileOffset) {
    return LibC.pread(errno, fd, address, bytes, fileOffset);
  }

  /** Writes once; may be short. */
  public long pwrite(MemorySegment errno, long address, long bytes, long fileOffset) {
    return LibC.pwrite(errno, fd, address, bytes, fileOffset);
  }

  /**
   * Takes the lock of the file for as long as it is open, in whatever process or class loader; a
   * ring that knows the file keeps it open, too.
   *
   * @return false if it is open and locked elsewhere
   */
  public boolean tryLock() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = NativeCall.allocateErrno(arena);
      int result = LibC.flock(errno, fd, LibC.LOCK_EXCLUSIVE_NO_WAIT);
      if (result == -Errno.EAGAIN) {
        return false;
      }
      check(result);
      return true;
    }
  }

  /**
   * Gives the lock back, also if the system keeps the open file for requests that are on their way.
   */
  public void unlock() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      check(LibC.flock(NativeCall.allocateErrno(arena), fd, LibC.LOCK_UNLOCK));
    }
  }

  /** Gives the file this length and, where the file system can, the space for it. */
  public void preallocate(long bytes) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = NativeCall.allocateErrno(arena);
      int result;
      do {
        result = LibC.fallocate(errno, fd, LibC.FALLOCATE_EXTEND, 0, bytes);
      } while (result == -Errno.EINTR);
      if (result == -Errno.EOPNOTSUPP) {
        result = LibC.ftruncate(errno, fd, bytes);
      }
      check(result);
    }
  }

  /** Cuts the file to a length; gives the space back even while others hold the file open. */
  public void truncate(long bytes) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      check(LibC.ftruncate(NativeCall.allocateErrno(arena), fd, bytes));
    }
  }

  /** Makes the data durable, and of the metadata what is needed to read them. One at a time. */
  public void dataSync() throws ErrnoException {
    synchronized (syncErrno) {
      check(LibC.fdatasync(syncErrno, fd));
    }
  }

  /** Makes data and metadata durable. */
  public void sync() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      check(LibC.fsync(NativeCall.allocateErrno(arena), fd));
    }
  }

  @Override
  public void close() {
    try (Arena arena = Arena.ofConfined()) {
      LibC.close(NativeCall.allocateErrno(arena), fd);
    }
  }
}
