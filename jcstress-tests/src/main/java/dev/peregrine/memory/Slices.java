package dev.peregrine.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Native memory for test states: one region, handed out in a ring. A state is made, used and
 * dropped long before the ring comes round (the harness keeps about ten thousand at a time), so
 * nothing is freed and no state costs a system call.
 */
public final class Slices {
  private static final long MAX_BYTES = 4096;
  private static final long RING_BYTES = 256L << 20;
  private static final NativeRegion REGION = NativeRegion.reserve(RING_BYTES);
  private static final AtomicLong NEXT = new AtomicLong();

  private Slices() {}

  /** The address of {@code bytes} zeroed bytes, at most 4 KiB, in cache lines of their own. */
  public static long take(long bytes) {
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException("slice of " + bytes + " bytes");
    }
    long size = Alignment.up(bytes, CacheLine.STRIDE_BYTES);
    long start;
    do {
      start = NEXT.getAndAdd(size) & (RING_BYTES - 1);
    } while (start + size > RING_BYTES);
    long address = REGION.address() + start;
    Memory.zero(address, size);
    return address;
  }
}
