package dev.peregrine;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of a checkpoint, made by the store: a number that grows and a random one. In text {@code
 * 000000000012-9f3a66c01b2d4e5f}; nothing else is taken for a token, so none leads to another path.
 *
 * @param sequence grows from checkpoint to checkpoint of a store
 * @param salt random
 */
public record CheckpointToken(long sequence, long salt) implements Comparable<CheckpointToken> {
  private static final Pattern FORM = Pattern.compile("[0-9]{12}-[0-9a-f]{16}");
  private static final long MOST = 999_999_999_999L;
  private static final int SALT_AT = 13;
  private static final int HEX = 16;

  /** Checks the range. */
  public CheckpointToken {
    if (sequence < 0 || sequence > MOST) {
      throw new IllegalArgumentException("sequence " + sequence + " is outside of 0 to " + MOST);
    }
  }

  /**
   * A token from its text.
   *
   * @throws IllegalArgumentException if it does not have the form that the store gives tokens
   */
  public static CheckpointToken parse(String text) {
    if (!isToken(text)) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no token of a checkpoint: 12 digits, a dash, 16 hexadecimal digits");
    }
    return new CheckpointToken(
        Long.parseLong(text.substring(0, SALT_AT - 1)),
        Long.parseUnsignedLong(text.substring(SALT_AT), HEX));
  }

  /** Whether a text has the form of a token. */
  public static boolean isToken(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(CheckpointToken other) {
    int bySequence = Long.compare(sequence, other.sequence);
    return bySequence != 0 ? bySequence : Long.compareUnsigned(salt, other.salt);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%012d-%016x", sequence, salt);
  }
}
