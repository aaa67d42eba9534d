package dev.peregrine.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What {@code statx(2)} says of a file; the descriptor of {@code struct statx}.
 *
 * <pre>
 *    0                   28        40                152                 156                   256
 *   +---------+---------+----------+--------+-- ~ --+-------------------+---------------------+
 *   | mask    |   ...   | mode(16) |  size  |  ...  | dio memory align  | dio offset align |..|
 *   +---------+---------+----------+--------+-- ~ --+-------------------+---------------------+
 * </pre>
 *
 * @param kind what it is
 * @param bytes its length
 * @param directOffsetAlign the alignment {@code O_DIRECT} asks of offsets and lengths, or 0 where
 *     the kernel does not tell or the file cannot
 * @param directMemoryAlign the alignment {@code O_DIRECT} asks of addresses, or 0
 */
record FileStatus(FileKind kind, long bytes, int directOffsetAlign, int directMemoryAlign) {
  static final int STATX_BYTES = 256;

  private static final int MASK_OFFSET = 0;
  private static final int MODE_OFFSET = 28;
  private static final int SIZE_OFFSET = 40;
  private static final int DIRECT_MEMORY_ALIGN_OFFSET = 152;
  private static final int DIRECT_OFFSET_ALIGN_OFFSET = 156;

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_TYPE = 0x1;
  private static final int STATX_SIZE = 0x200;
  private static final int STATX_DIOALIGN = 0x2000;
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_REGULAR = 0100000;
  private static final int TYPE_DIRECTORY = 0040000;

  /** Asks of an open file; returns null, and leaves the errno in the segment, if refused. */
  static FileStatus of(int fd, Arena arena, MemorySegment errno) {
    return ask(fd, arena.allocateFrom(""), AT_EMPTY_PATH, arena, errno);
  }

  /** Asks of a name, of a symbolic link itself; otherwise as {@link #of}. */
  static FileStatus ofPath(MemorySegment path, Arena arena, MemorySegment errno) {
    return ask(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, arena, errno);
  }

  private static FileStatus ask(
      int fd, MemorySegment path, int flags, Arena arena, MemorySegment errno) {
    MemorySegment status = arena.allocate(STATX_BYTES, Long.BYTES);
    int mask = STATX_TYPE | STATX_SIZE | STATX_DIOALIGN;
    if (LibC.statx(errno, fd, path, flags, mask, status) < 0) {
      return null;
    }
    boolean tellsAlign = (status.get(JAVA_INT_UNALIGNED, MASK_OFFSET) & STATX_DIOALIGN) != 0;
    return new FileStatus(
        kind(status.get(JAVA_SHORT_UNALIGNED, MODE_OFFSET) & TYPE_MASK),
        status.get(JAVA_LONG_UNALIGNED, SIZE_OFFSET),
        tellsAlign ? status.get(JAVA_INT_UNALIGNED, DIRECT_OFFSET_ALIGN_OFFSET) : 0,
        tellsAlign ? status.get(JAVA_INT_UNALIGNED, DIRECT_MEMORY_ALIGN_OFFSET) : 0);
  }

  private static FileKind kind(int type) {
    return switch (type) {
      case TYPE_REGULAR -> FileKind.REGULAR;
      case TYPE_DIRECTORY -> FileKind.DIRECTORY;
      default -> FileKind.OTHER;
    };
  }
}
