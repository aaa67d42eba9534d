package dev.peregrine.bench;

import dev.peregrine.ReadFunction;
import dev.peregrine.ValueView;
import java.util.HexFormat;

/** Reads a value in place and throws unless it is whole; the argument is the key. One session. */
final class StampCheck implements ReadFunction {
  private final int valueBytes;
  private long verified;

  StampCheck(int valueBytes) {
    this.valueBytes = valueBytes;
  }

  @Override
  public void read(ValueView value, long key) {
    requireWhole(value, valueBytes, key);
    verified++;
  }

  /** How many values it has seen, all of them whole. */
  long verified() {
    return verified;
  }

  /** Throws, with the key, unless the value is whole and of this length. */
  static void requireWhole(ValueView value, int valueBytes, long key) {
    if (!ValuePattern.isWhole(value, valueBytes, key)) {
      throw new CheckFailedException(
          "wrong value of key " + name(key) + ": " + describe(value.toByteArray(), valueBytes));
    }
    if (Version.writer(ValuePattern.version(value)) == Version.REBORN) {
      throw new CheckFailedException(
          "lost value of key " + name(key) + ": an update found none, though it was loaded");
    }
  }

  /** A key and the record it belongs to, for people. */
  static String name(long key) {
    return "0x" + Long.toHexString(key) + " (record " + Keys.indexOf(key) + ")";
  }

  private static String describe(byte[] bytes, int valueBytes) {
    return bytes.length != valueBytes
        ? bytes.length + " bytes instead of " + valueBytes
        : HexFormat.of().formatHex(bytes);
  }
}
