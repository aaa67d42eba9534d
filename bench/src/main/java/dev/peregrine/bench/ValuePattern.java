package dev.peregrine.bench;

import dev.peregrine.ValueBuffer;
import dev.peregrine.ValueView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Values that tell whether they are whole: the key, a version, and bytes that follow from both.
 *
 * <pre>
 *   0                 8                 16                                       length
 *   +-----------------+-----------------+----------------------------------------+
 *   |       key       |     version     | mix(key, version, i) for each 8 bytes  |
 *   +-----------------+-----------------+----------------------------------------+
 * </pre>
 *
 * A value of another key, of two versions at once, cut short or with one bit turned differs from
 * what its own first 16 bytes and the key asked for demand.
 */
final class ValuePattern {
  /** The least length at which at least 8 bytes follow from key and version. */
  static final int MIN_BYTES = 24;

  private static final int KEY = 0;
  private static final int VERSION = 8;
  private static final int BODY = 16;
  private static final long STEP = 0x9e3779b97f4a7c15L;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private ValuePattern() {}

  /** Writes a value over the whole segment. */
  static void fill(MemorySegment value, long key, long version) {
    int length = (int) value.byteSize();
    value.set(LONG, KEY, key);
    value.set(LONG, VERSION, version);
    int at = BODY;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      value.set(LONG, at, word(key, version, at));
    }
    long rest = word(key, version, at);
    for (; at < length; at++, rest >>>= Byte.SIZE) {
      value.set(ValueLayout.JAVA_BYTE, at, (byte) rest);
    }
  }

  /** Writes a value over the whole buffer. */
  static void fill(ValueBuffer value, long key, long version) {
    int length = value.length();
    value.putLong(KEY, key);
    value.putLong(VERSION, version);
    int at = BODY;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      value.putLong(at, word(key, version, at));
    }
    long rest = word(key, version, at);
    for (; at < length; at++, rest >>>= Byte.SIZE) {
      value.putByte(at, (byte) rest);
    }
  }

  /** Whether the segment, whole, is some version of the key's value. */
  static boolean isWhole(MemorySegment value, long key) {
    int length = (int) value.byteSize();
    long version = value.get(LONG, VERSION);
    long wrong = value.get(LONG, KEY) ^ key;
    int at = BODY;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      wrong |= value.get(LONG, at) ^ word(key, version, at);
    }
    long rest = word(key, version, at);
    for (; at < length; at++, rest >>>= Byte.SIZE) {
      wrong |= value.get(ValueLayout.JAVA_BYTE, at) ^ (byte) rest;
    }
    return wrong == 0;
  }

  /** Whether the view, whole, is some version of the key's value of this length. */
  static boolean isWhole(ValueView value, int length, long key) {
    if (value.length() != length) {
      return false;
    }
    long version = value.getLong(VERSION);
    long wrong = value.getLong(KEY) ^ key;
    int at = BODY;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      wrong |= value.getLong(at) ^ word(key, version, at);
    }
    long rest = word(key, version, at);
    for (; at < length; at++, rest >>>= Byte.SIZE) {
      wrong |= value.getByte(at) ^ (byte) rest;
    }
    return wrong == 0;
  }

  /** The version of a value. */
  static long version(MemorySegment value) {
    return value.get(LONG, VERSION);
  }

  /** The version of a value. */
  static long version(ValueView value) {
    return value.getLong(VERSION);
  }

  private static long word(long key, long version, int at) {
    long z = (key + at * STEP) ^ (version * STEP);
    z = (z ^ (z >>> 32)) * STEP;
    return z ^ (z >>> 29);
  }
}
