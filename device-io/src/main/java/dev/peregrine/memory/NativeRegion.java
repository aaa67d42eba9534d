package dev.peregrine.memory;

import dev.peregrine.posix.VirtualMemory;
import java.lang.ref.Cleaner;
import java.util.Arrays;

/**
 * One range of native memory: reserved once, zeroed, aligned, freed once.
 *
 * <p>Pages take physical memory when they are first touched; ranges of at least a huge page are
 * aligned to it and advised {@code MADV_HUGEPAGE}. {@link #address()} may be kept in a local, but
 * nobody may touch it after {@link #close()}: the owner makes sure, usually by draining an epoch.
 * Any thread may call any method; {@link #close()} is idempotent.
 */
public final class NativeRegion implements AutoCloseable {
  /** The size of a huge page, and the alignment of regions that are as long: 2 MiB. */
  public static final long HUGE_PAGE_BYTES = 2L << 20;

  private static final Cleaner CLEANER = Cleaner.create();
  private static final Object LOCK = new Object();

  /** Live ranges as (start, end) pairs, replaced as a whole under {@link #LOCK}. */
  private static volatile long[] live = {};

  private final long address;
  private final long bytes;
  private boolean closed;

  private NativeRegion(long address, long bytes) {
    this.address = address;
    this.bytes = bytes;
  }

  /**
   * Reserves a zeroed region.
   *
   * @param bytes its length, at least 1
   * @throws OutOfMemoryError naming the length if the system refuses it
   */
  public static NativeRegion reserve(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("bytes " + bytes + " must be positive");
    }
    long mapped = Alignment.up(bytes, VirtualMemory.PAGE_BYTES);
    boolean large = mapped >= HUGE_PAGE_BYTES;
    long alignment = large ? HUGE_PAGE_BYTES : VirtualMemory.PAGE_BYTES;
    long address = VirtualMemory.mapAligned(mapped, alignment);
    if (large) {
      VirtualMemory.adviseHugePages(address, mapped);
    }
    NativeRegion region = new NativeRegion(address, mapped);
    register(address, mapped);
    return region;
  }

  /**
   * Reserves a zeroed region that is freed when {@code owner} becomes unreachable: for words that
   * must stay readable as long as somebody holds a handle that points to them.
   *
   * @return its address
   */
  public static long reserveFor(Object owner, long bytes) {
    NativeRegion region = reserve(bytes);
    CLEANER.register(owner, region::close);
    return region.address;
  }

  /** The first byte's address, a multiple of 4 KiB, or of {@link #HUGE_PAGE_BYTES} if as long. */
  public long address() {
    return address;
  }

  /** The length in bytes, rounded up to the system's page. */
  public long bytes() {
    return bytes;
  }

  /**
   * Gives the physical memory of a part back to the system; its bytes read as zero afterwards.
   *
   * @param offset start of the part inside the region, a multiple of the system's page
   * @param length its length, a multiple of the system's page
   */
  public void discard(long offset, long length) {
    if (offset < 0 || length < 0 || offset > bytes - length) {
      throw new IndexOutOfBoundsException(
          "range " + offset + "+" + length + " is outside of a region of " + bytes + " bytes");
    }
    VirtualMemory.discard(address + offset, length);
  }

  /** Unmaps the region. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      unregister(address);
      VirtualMemory.unmap(address, bytes);
    }
  }

  /** Makes a range known that another library mapped, so that checked accesses to it pass. */
  public static void register(long address, long bytes) {
    synchronized (LOCK) {
      long[] ranges = Arrays.copyOf(live, live.length + 2);
      ranges[live.length] = address;
      ranges[live.length + 1] = address + bytes;
      live = ranges;
    }
  }

  /** Takes back the {@link #register} of the range that begins at {@code address}. */
  public static void unregister(long address) {
    synchronized (LOCK) {
      for (int i = 0; i < live.length; i += 2) {
        if (live[i] == address) {
          long[] ranges = new long[live.length - 2];
          System.arraycopy(live, 0, ranges, 0, i);
          System.arraycopy(live, i + 2, ranges, i, ranges.length - i);
          live = ranges;
          return;
        }
      }
      throw new IllegalArgumentException("no region at 0x" + Long.toHexString(address));
    }
  }

  /** Total bytes reserved and not yet closed, in this JVM. */
  public static long liveBytes() {
    long[] ranges = live;
    long total = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      total += ranges[i + 1] - ranges[i];
    }
    return total;
  }

  static void requireLive(long address, long length) {
    long[] ranges = live;
    for (int i = 0; i < ranges.length; i += 2) {
      if (address >= ranges[i] && length >= 0 && address <= ranges[i + 1] - length) {
        return;
      }
    }
    throw new IndexOutOfBoundsException(
        "access to 0x" + Long.toHexString(address) + "+" + length + " is outside of every region");
  }
}
