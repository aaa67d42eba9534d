package dev.peregrine.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * Access to native memory by raw address: the one holder of native-memory {@link VarHandle}s.
 *
 * <p>All accesses go through one root segment that spans the address space, so that the JIT folds
 * its bounds and liveness away; the memory itself belongs to {@link NativeRegion}s. With {@link
 * Checks#ENABLED} each access is checked against the live regions and a stray one throws; without,
 * it is as unsafe as in C. The access mode is in the method's name. Any thread may call any method.
 */
public final class Memory {
  @SuppressWarnings("restricted")
  private static final MemorySegment ROOT = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final VarHandle LONGS =
      ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();
  private static final VarHandle INTS = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

  /**
   * Bits of a user-space address. Masking with them tells the JIT that an address is inside of the
   * root segment, and for atomics that it is aligned, so that it drops both checks.
   */
  private static final long ADDRESS_MASK = (1L << 48) - 1;

  private Memory() {}

  /** A plain load of 8 bytes, at any alignment; one access where they are aligned. */
  public static long getLong(long address) {
    check(address, Long.BYTES);
    return ROOT.get(ValueLayout.JAVA_LONG_UNALIGNED, at(address));
  }

  /**
   * A plain load of 8 aligned bytes from {@code base + offset}, both aligned. Cheaper than a sum in
   * the caller where several offsets are read from one base, as are the other methods with an
   * offset.
   */
  public static long getLong(long base, int offset) {
    checkAtomic(base + offset, Long.BYTES);
    return ROOT.get(ValueLayout.JAVA_LONG, aligned(base, Long.BYTES) + offset);
  }

  /** An opaque load of 8 aligned bytes. */
  public static long getLongOpaque(long address) {
    checkAtomic(address, Long.BYTES);
    return (long) LONGS.getOpaque(ROOT, aligned(address, Long.BYTES));
  }

  /** An acquire load of 8 aligned bytes. */
  public static long getLongAcquire(long address) {
    checkAtomic(address, Long.BYTES);
    return (long) LONGS.getAcquire(ROOT, aligned(address, Long.BYTES));
  }

  /** An acquire load of 8 aligned bytes from {@code base + offset}, both aligned. */
  public static long getLongAcquire(long base, int offset) {
    checkAtomic(base + offset, Long.BYTES);
    return (long) LONGS.getAcquire(ROOT, aligned(base, Long.BYTES) + offset);
  }

  /** A volatile load of 8 aligned bytes. */
  public static long getLongVolatile(long address) {
    checkAtomic(address, Long.BYTES);
    return (long) LONGS.getVolatile(ROOT, aligned(address, Long.BYTES));
  }

  /** A plain store of 8 bytes, at any alignment; one access where they are aligned. */
  public static void putLong(long address, long value) {
    check(address, Long.BYTES);
    ROOT.set(ValueLayout.JAVA_LONG_UNALIGNED, at(address), value);
  }

  /** An opaque store of 8 aligned bytes. */
  public static void putLongOpaque(long address, long value) {
    checkAtomic(address, Long.BYTES);
    LONGS.setOpaque(ROOT, aligned(address, Long.BYTES), value);
  }

  /** A release store of 8 aligned bytes. */
  public static void putLongRelease(long address, long value) {
    checkAtomic(address, Long.BYTES);
    LONGS.setRelease(ROOT, aligned(address, Long.BYTES), value);
  }

  /** A release store of 8 aligned bytes to {@code base + offset}, both aligned. */
  public static void putLongRelease(long base, int offset, long value) {
    checkAtomic(base + offset, Long.BYTES);
    LONGS.setRelease(ROOT, aligned(base, Long.BYTES) + offset, value);
  }

  /** A volatile store of 8 aligned bytes: a full fence follows it. */
  public static void putLongVolatile(long address, long value) {
    checkAtomic(address, Long.BYTES);
    LONGS.setVolatile(ROOT, aligned(address, Long.BYTES), value);
  }

  /** Volatile compare-and-set of 8 aligned bytes; a full fence, whether it succeeds or not. */
  public static boolean casLong(long address, long expected, long value) {
    checkAtomic(address, Long.BYTES);
    return LONGS.compareAndSet(ROOT, aligned(address, Long.BYTES), expected, value);
  }

  /** Volatile fetch-and-add on 8 aligned bytes; returns the value before. */
  public static long getAndAddLong(long address, long delta) {
    checkAtomic(address, Long.BYTES);
    return (long) LONGS.getAndAdd(ROOT, aligned(address, Long.BYTES), delta);
  }

  /** Volatile fetch-and-or on 8 aligned bytes; returns the value before. */
  public static long getAndOrLong(long address, long bits) {
    checkAtomic(address, Long.BYTES);
    return (long) LONGS.getAndBitwiseOr(ROOT, aligned(address, Long.BYTES), bits);
  }

  /** A plain load of 4 aligned bytes. */
  public static int getInt(long address) {
    check(address, Integer.BYTES);
    return ROOT.get(ValueLayout.JAVA_INT_UNALIGNED, at(address));
  }

  /** An acquire load of 4 aligned bytes. */
  public static int getIntAcquire(long address) {
    checkAtomic(address, Integer.BYTES);
    return (int) INTS.getAcquire(ROOT, aligned(address, Integer.BYTES));
  }

  /** A plain store of 4 aligned bytes. */
  public static void putInt(long address, int value) {
    check(address, Integer.BYTES);
    ROOT.set(ValueLayout.JAVA_INT_UNALIGNED, at(address), value);
  }

  /** A release store of 4 aligned bytes. */
  public static void putIntRelease(long address, int value) {
    checkAtomic(address, Integer.BYTES);
    INTS.setRelease(ROOT, aligned(address, Integer.BYTES), value);
  }

  /** A plain load of 2 bytes, at any alignment. */
  public static short getShort(long address) {
    check(address, Short.BYTES);
    return ROOT.get(ValueLayout.JAVA_SHORT_UNALIGNED, at(address));
  }

  /** A plain store of 2 bytes, at any alignment. */
  public static void putShort(long address, short value) {
    check(address, Short.BYTES);
    ROOT.set(ValueLayout.JAVA_SHORT_UNALIGNED, at(address), value);
  }

  /** A plain load of 4 bytes, at any alignment. */
  public static int getIntUnaligned(long address) {
    check(address, Integer.BYTES);
    return ROOT.get(ValueLayout.JAVA_INT_UNALIGNED, at(address));
  }

  /** A plain store of 4 bytes, at any alignment. */
  public static void putIntUnaligned(long address, int value) {
    check(address, Integer.BYTES);
    ROOT.set(ValueLayout.JAVA_INT_UNALIGNED, at(address), value);
  }

  /** A plain load of a byte. */
  public static byte getByte(long address) {
    check(address, Byte.BYTES);
    return ROOT.get(ValueLayout.JAVA_BYTE, at(address));
  }

  /** A plain store of a byte. */
  public static void putByte(long address, byte value) {
    check(address, Byte.BYTES);
    ROOT.set(ValueLayout.JAVA_BYTE, at(address), value);
  }

  /** Plain copy between two native ranges, which may overlap. */
  public static void copy(long from, long to, long bytes) {
    check(from, bytes);
    check(to, bytes);
    MemorySegment.copy(ROOT, from, ROOT, to, bytes);
  }

  /** Plain copy from a segment, with the segment's own checks. */
  public static void copyIn(MemorySegment from, long offset, long to, long bytes) {
    check(to, bytes);
    MemorySegment.copy(from, offset, ROOT, to, bytes);
  }

  /** Plain copy to a segment, with the segment's own checks. */
  public static void copyOut(long from, MemorySegment to, long offset, long bytes) {
    check(from, bytes);
    MemorySegment.copy(ROOT, from, to, offset, bytes);
  }

  /** Whether the range at {@code address} and the range of the segment hold the same bytes. */
  public static boolean contentEquals(
      long address, MemorySegment segment, long offset, long bytes) {
    check(address, bytes);
    return MemorySegment.mismatch(ROOT, address, address + bytes, segment, offset, offset + bytes)
        < 0;
  }

  /** Whether two native ranges hold the same bytes. */
  public static boolean contentEquals(long left, long right, long bytes) {
    check(left, bytes);
    check(right, bytes);
    return MemorySegment.mismatch(ROOT, left, left + bytes, ROOT, right, right + bytes) < 0;
  }

  /** Fills a range with zeros, by plain stores. */
  public static void zero(long address, long bytes) {
    check(address, bytes);
    ROOT.asSlice(address, bytes).fill((byte) 0);
  }

  /**
   * A direct buffer over a range, for those who compute over it again and again. It is not bound to
   * the range's owner: nobody may use it after the owner is closed.
   */
  static ByteBuffer byteBuffer(long address, int bytes) {
    check(address, bytes);
    return ROOT.asSlice(at(address), bytes).asByteBuffer();
  }

  /** Throws, with checks on, if the range is not inside of a live region. */
  static void requireLive(long address, long bytes) {
    check(address, bytes);
  }

  private static long at(long address) {
    return address & ADDRESS_MASK;
  }

  private static long aligned(long address, long bytes) {
    return address & ADDRESS_MASK & -bytes;
  }

  private static void check(long address, long bytes) {
    if (Checks.ENABLED) {
      NativeRegion.requireLive(address, bytes);
    }
  }

  private static void checkAtomic(long address, long bytes) {
    if (Checks.ENABLED) {
      if (!Alignment.isAligned(address, bytes)) {
        throw new IllegalArgumentException(
            "address 0x" + Long.toHexString(address) + " is not a multiple of " + bytes);
      }
      NativeRegion.requireLive(address, bytes);
    }
  }
}
