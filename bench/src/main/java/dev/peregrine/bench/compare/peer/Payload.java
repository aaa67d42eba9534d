package dev.peregrine.bench.compare.peer;

import dev.peregrine.ValueView;
import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.Keys;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * What a value looks like, so that a wrong one is found: its first word carries the upper half of
 * its key and a counter, the rest depends on the key alone. Read-only; any thread.
 *
 * <pre>
 *   byte 0         4             8                          length
 *   +--------------+-------------+--------------------------+
 *   |   counter    |  key's top  | words made from the key  |
 *   +--------------+-------------+--------------------------+
 * </pre>
 *
 * An increment adds 1 to the first word. Blind writes keep the counter below 2^30, so that 2^31
 * increments on top of it do not reach the key. All is little-endian.
 */
public final class Payload {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long STEP = 0x9e3779b97f4a7c15L;
  private static final long COUNTER_MASK = (1L << 30) - 1;
  private static final long KEY_MASK = -1L << Integer.SIZE;

  private Payload() {}

  /** The first word of a key's value that is written blindly. */
  public static long word(long key, long counter) {
    return (key & KEY_MASK) | (counter & COUNTER_MASK);
  }

  /** The first word of a value. */
  static long word(byte[] value) {
    return (long) LONGS.get(value, 0);
  }

  /** Sets the first word of a value. */
  static void setWord(byte[] value, long word) {
    LONGS.set(value, 0, word);
  }

  /** A copy with a counter that is 1 higher. */
  static byte[] incremented(byte[] value) {
    byte[] copy = value.clone();
    LONGS.set(copy, 0, (long) LONGS.get(value, 0) + 1);
    return copy;
  }

  /** Writes a whole value. */
  static void fill(byte[] value, long key, long word) {
    int length = value.length;
    LONGS.set(value, 0, word);
    int at = Long.BYTES;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      LONGS.set(value, at, body(key, at));
    }
    long rest = body(key, at);
    for (; at < length; at++, rest >>>= Byte.SIZE) {
      value[at] = (byte) rest;
    }
  }

  /** Writes a whole value from the start of a little-endian buffer. */
  static void fill(ByteBuffer value, int length, long key, long word) {
    value.putLong(0, word);
    int at = Long.BYTES;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      value.putLong(at, body(key, at));
    }
    long rest = body(key, at);
    for (; at < length; at++, rest >>>= Byte.SIZE) {
      value.put(at, (byte) rest);
    }
  }

  /** Returns the first word of a value that is nothing but that; throws if it is of another key. */
  static long check(long word, long key) {
    if (((word ^ key) & KEY_MASK) != 0) {
      throw wrong(key, "0x" + Long.toHexString(word));
    }
    return word;
  }

  /** Returns the first word; throws unless the array is a whole value of the key. */
  static long check(byte[] value, int length, long key) {
    if (value == null || value.length != length) {
      throw wrong(key, value == null ? "none" : value.length + " bytes");
    }
    long word = (long) LONGS.get(value, 0);
    long wrong = (word ^ key) & KEY_MASK;
    int at = Long.BYTES;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      wrong |= (long) LONGS.get(value, at) ^ body(key, at);
    }
    long rest = body(key, at);
    for (; at < length; at++, rest >>>= Byte.SIZE) {
      wrong |= value[at] ^ (byte) rest;
    }
    if (wrong != 0) {
      throw wrong(key, HexFormat.of().formatHex(value));
    }
    return word;
  }

  /** Returns the first word; throws unless a little-endian buffer begins with a whole value. */
  static long check(ByteBuffer value, int length, long key) {
    long word = value.getLong(0);
    long wrong = (word ^ key) & KEY_MASK;
    int at = Long.BYTES;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      wrong |= value.getLong(at) ^ body(key, at);
    }
    long rest = body(key, at);
    for (; at < length; at++, rest >>>= Byte.SIZE) {
      wrong |= value.get(at) ^ (byte) rest;
    }
    if (wrong != 0) {
      throw wrong(key, "first word 0x" + Long.toHexString(word));
    }
    return word;
  }

  /** Returns the first word; throws unless the view is a whole value of the key. */
  static long check(ValueView value, int length, long key) {
    if (value.length() != length) {
      throw wrong(key, value.length() + " bytes");
    }
    long word = value.getLong(0);
    long wrong = (word ^ key) & KEY_MASK;
    int at = Long.BYTES;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      wrong |= value.getLong(at) ^ body(key, at);
    }
    long rest = body(key, at);
    for (; at < length; at++, rest >>>= Byte.SIZE) {
      wrong |= value.getByte(at) ^ (byte) rest;
    }
    if (wrong != 0) {
      throw wrong(key, HexFormat.of().formatHex(value.toByteArray()));
    }
    return word;
  }

  /** The failure of a read that found no value. */
  static CheckFailedException missing(long key) {
    return wrong(key, "none");
  }

  /** The failure of a read that found a value of another length. */
  static CheckFailedException wrongLength(long key, int length) {
    return wrong(key, length + " bytes");
  }

  private static long body(long key, int at) {
    return key ^ (at * STEP);
  }

  private static CheckFailedException wrong(long key, String found) {
    return new CheckFailedException(
        "wrong value of key 0x%s (record %d): %s"
            .formatted(Long.toHexString(key), Keys.indexOf(key), found));
  }
}
