package dev.peregrine.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What {@code statx(2)} says of an open file; the descriptor of {@code struct statx}.
 *
 * <pre>
 *    0                   28        40                152                 156                   256
 *   +---------+---------+----------+--------+-- ~ --+-------------------+---------------------+
 *   | mask    |   ...   | mode(16) |  size  |  ...  | dio memory align  | dio offset align |..|
 *   +---------+---------+----------+--------+-- ~ --+-------------------+---------------------+
 * </pre>
 *
 * @param regular whether it is a regular file
 * @param bytes its length
 * @param directOffsetAlign the alignment {@code O_DIRECT} asks of offsets and lengths, or 0 where
 *     the kernel does not tell or the file cannot
 * @param directMemoryAlign the alignment {@code O_DIRECT} asks of addresses, or 0
 */
record FileStatus(boolean regular, long bytes, int directOffsetAlign, int directMemoryAlign) {
  static final int STATX_BYTES = 256;

  private static final int MASK_OFFSET = 0;
  private static final int MODE_OFFSET = 28;
  private static final int SIZE_OFFSET = 40;
  private static final int DIRECT_MEMORY_ALIGN_OFFSET = 152;
  private static final int DIRECT_OFFSET_ALIGN_OFFSET = 156;

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_TYPE = 0x1;
  private static final int STATX_SIZE = 0x200;
  private static final int STATX_DIOALIGN = 0x2000;
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_REGULAR = 0100000;

  /** Asks the kernel; returns null, and leaves the errno in the segment, if it refuses. */
  static FileStatus of(int fd, Arena arena, MemorySegment errno) {
    MemorySegment status = arena.allocate(STATX_BYTES, Long.BYTES);
    int mask = STATX_TYPE | STATX_SIZE | STATX_DIOALIGN;
    if (LibC.statx(errno, fd, arena.allocateFrom(""), AT_EMPTY_PATH, mask, status) < 0) {
      return null;
    }
    boolean tellsAlign = (status.get(JAVA_INT_UNALIGNED, MASK_OFFSET) & STATX_DIOALIGN) != 0;
    return new FileStatus(
        (status.get(JAVA_SHORT_UNALIGNED, MODE_OFFSET) & TYPE_MASK) == TYPE_REGULAR,
        status.get(JAVA_LONG_UNALIGNED, SIZE_OFFSET),
        tellsAlign ? status.get(JAVA_INT_UNALIGNED, DIRECT_OFFSET_ALIGN_OFFSET) : 0,
        tellsAlign ? status.get(JAVA_INT_UNALIGNED, DIRECT_MEMORY_ALIGN_OFFSET) : 0);
  }
}
