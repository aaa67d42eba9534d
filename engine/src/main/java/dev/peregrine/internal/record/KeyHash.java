package dev.peregrine.internal.record;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * 64-bit hashes of keys.
 *
 * <p>For an 8-byte key the finalizer of SplitMix64 (Stafford's "Mix13"), a bijection. For bytes
 * XXH64 with seed 0, as its specification has it.
 */
public final class KeyHash {
  private static final long MIX_1 = 0xBF58476D1CE4E5B9L;
  private static final long MIX_2 = 0x94D049BB133111EBL;

  private static final long PRIME_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME_3 = 0x165667B19E3779F9L;
  private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME_5 = 0x27D4EB2F165667C5L;
  private static final int STRIPE_BYTES = 32;

  /** Names these functions: an index that was built with others can't be used with them. */
  public static final int ID = 1;

  private KeyHash() {}

  /** The hash of an 8-byte key. */
  public static long ofLong(long key) {
    long z = (key ^ key >>> 30) * MIX_1;
    z = (z ^ z >>> 27) * MIX_2;
    return z ^ z >>> 31;
  }

  /** The hash of a key of bytes. */
  public static long ofBytes(MemorySegment key) {
    long length = key.byteSize();
    long at = 0;
    long hash;
    if (length >= STRIPE_BYTES) {
      long v1 = PRIME_1;
      v1 += PRIME_2;
      long v2 = PRIME_2;
      long v3 = 0;
      long v4 = -PRIME_1;
      for (; at <= length - STRIPE_BYTES; at += STRIPE_BYTES) {
        v1 = round(v1, word(key, at));
        v2 = round(v2, word(key, at + 8));
        v3 = round(v3, word(key, at + 16));
        v4 = round(v4, word(key, at + 24));
      }
      hash =
          Long.rotateLeft(v1, 1)
              + Long.rotateLeft(v2, 7)
              + Long.rotateLeft(v3, 12)
              + Long.rotateLeft(v4, 18);
      hash = merge(merge(merge(merge(hash, v1), v2), v3), v4);
    } else {
      hash = PRIME_5;
    }
    return avalanche(tail(key, at, hash + length));
  }

  private static long tail(MemorySegment key, long from, long start) {
    long hash = start;
    long at = from;
    long length = key.byteSize();
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      hash = Long.rotateLeft(hash ^ round(0, word(key, at)), 27) * PRIME_1 + PRIME_4;
    }
    if (at <= length - Integer.BYTES) {
      long half = Integer.toUnsignedLong(key.get(ValueLayout.JAVA_INT_UNALIGNED, at));
      hash = Long.rotateLeft(hash ^ half * PRIME_1, 23) * PRIME_2 + PRIME_3;
      at += Integer.BYTES;
    }
    for (; at < length; at++) {
      long octet = Byte.toUnsignedLong(key.get(ValueLayout.JAVA_BYTE, at));
      hash = Long.rotateLeft(hash ^ octet * PRIME_5, 11) * PRIME_1;
    }
    return hash;
  }

  private static long word(MemorySegment key, long at) {
    return key.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
  }

  private static long round(long accumulator, long input) {
    return Long.rotateLeft(accumulator + input * PRIME_2, 31) * PRIME_1;
  }

  private static long merge(long hash, long lane) {
    return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
  }

  private static long avalanche(long hash) {
    long h = (hash ^ hash >>> 33) * PRIME_2;
    h = (h ^ h >>> 29) * PRIME_3;
    return h ^ h >>> 32;
  }
}
