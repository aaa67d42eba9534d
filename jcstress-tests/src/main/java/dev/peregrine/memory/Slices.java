package dev.peregrine.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Native memory for test states: one region, handed out in a ring. A state is made, used and
 * dropped long before the ring comes round, so nothing is freed and no state costs a system call.
 */
public final class Slices {
  private static final int SLICE_BYTES = 4096;
  private static final int SLICES = 1 << 16;
  private static final NativeRegion REGION = NativeRegion.reserve((long) SLICES * SLICE_BYTES);
  private static final AtomicLong NEXT = new AtomicLong();

  private Slices() {}

  /** The address of {@code bytes} zeroed bytes, at most 4 KiB, aligned to 4 KiB. */
  public static long take(long bytes) {
    if (bytes > SLICE_BYTES) {
      throw new IllegalArgumentException("slice of " + bytes + " bytes");
    }
    long address = REGION.address() + (NEXT.getAndIncrement() & (SLICES - 1)) * SLICE_BYTES;
    Memory.zero(address, bytes);
    return address;
  }
}
