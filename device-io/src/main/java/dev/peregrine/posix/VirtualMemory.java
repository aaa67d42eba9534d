package dev.peregrine.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** Anonymous memory mappings of Linux. Any thread may call any method. */
public final class VirtualMemory {
  /** The system's page, 4 KiB on the platforms supported. */
  public static final long PAGE_BYTES = 4096;

  private static final int PROT_READ_WRITE = 0x3;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_HUGEPAGE = 14;
  private static final long MAP_FAILED = -1;

  private static final MethodHandle MMAP =
      NativeCall.link(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MUNMAP =
      NativeCall.link("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle MADVISE =
      NativeCall.link("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  private VirtualMemory() {}

  /**
   * Maps zeroed memory that takes physical pages on first touch.
   *
   * @param bytes a multiple of {@link #PAGE_BYTES}
   * @param alignment a power of two, at least {@link #PAGE_BYTES}
   * @throws OutOfMemoryError if the system refuses
   */
  public static long mapAligned(long bytes, long alignment) {
    long reserved = Math.addExact(bytes, alignment);
    long start = map(reserved);
    long aligned = (start + alignment - 1) & -alignment;
    if (aligned > start) {
      unmap(start, aligned - start);
    }
    long end = aligned + bytes;
    if (start + reserved > end) {
      unmap(end, start + reserved - end);
    }
    return aligned;
  }

  /** Unmaps a range. */
  public static void unmap(long address, long bytes) {
    try {
      int result = (int) MUNMAP.invokeExact(address, bytes);
      if (result != 0) {
        throw new IllegalStateException("munmap refused 0x" + Long.toHexString(address));
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  /** Advises huge pages; a kernel without them ignores it. */
  public static void adviseHugePages(long address, long bytes) {
    advise(address, bytes, MADV_HUGEPAGE);
  }

  /** Gives the physical memory back; the range reads as zeros afterwards. */
  public static void discard(long address, long bytes) {
    if (advise(address, bytes, MADV_DONTNEED) != 0) {
      throw new IllegalStateException(
          "madvise(MADV_DONTNEED) refused 0x" + Long.toHexString(address) + "+" + bytes);
    }
  }

  private static long map(long bytes) {
    try {
      long address =
          (long)
              MMAP.invokeExact(0L, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
      if (address == MAP_FAILED) {
        throw new OutOfMemoryError("cannot map " + bytes + " bytes of native memory");
      }
      return address;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }

  private static int advise(long address, long bytes, int advice) {
    try {
      return (int) MADVISE.invokeExact(address, bytes, advice);
    } catch (Throwable e) {
      throw NativeCall.unexpected(e);
    }
  }
}
