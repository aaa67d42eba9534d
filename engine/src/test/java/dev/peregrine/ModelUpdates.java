package dev.peregrine;

import java.util.Arrays;

/** Update functions whose effect a model can repeat on byte arrays. */
final class ModelUpdates {
  static final int MAX_VALUE_BYTES = 3000;
  private static final int KEEP_EVERY = 9;
  private static final int SAME_LENGTH_EVERY = 3;

  private ModelUpdates() {}

  /** Changes length and bytes as the argument has it, or nothing. */
  static final UpdateFunction BYTES =
      new UpdateFunction() {
        @Override
        public int initialLength(long argument) {
          return initialLengthOf(argument);
        }

        @Override
        public void initialize(ValueBuffer value, long argument) {
          for (int i = 0; i < value.length(); i++) {
            if (value.getByte(i) != 0) {
              throw new AssertionError("a first value does not begin as zeros");
            }
          }
          mark(value, argument);
        }

        @Override
        public int updatedLength(ValueView value, long argument) {
          return updatedLengthOf(value.length(), argument);
        }

        @Override
        public void update(ValueBuffer value, long argument) {
          mark(value, argument);
        }
      };

  /** Two steps that don't commute. */
  static final LongUpdateFunction LONG =
      new LongUpdateFunction() {
        @Override
        public long initial(long argument) {
          return argument ^ 7;
        }

        @Override
        public long update(long value, long argument) {
          return value * 31 + argument;
        }
      };

  /** What {@link #BYTES} makes of a value, null for none. */
  static byte[] expected(byte[] value, long argument) {
    int length =
        value == null ? initialLengthOf(argument) : updatedLengthOf(value.length, argument);
    if (length == UpdateFunction.NONE) {
      return value;
    }
    byte[] changed = value == null ? new byte[length] : Arrays.copyOf(value, length);
    if (length > 0) {
      changed[0] += (byte) argument;
      changed[length / 2] ^= (byte) (argument >>> 8);
      changed[length - 1] = (byte) (argument >>> 16);
    }
    return changed;
  }

  /** Whether {@link #BYTES} leaves a value, or its absence, as it is. */
  static boolean keeps(byte[] value, long argument) {
    return (value == null ? initialLengthOf(argument) : updatedLengthOf(0, argument))
        == UpdateFunction.NONE;
  }

  private static void mark(ValueBuffer value, long argument) {
    int length = value.length();
    if (length > 0) {
      value.putByte(0, (byte) (value.getByte(0) + (byte) argument));
      value.putByte(length / 2, (byte) (value.getByte(length / 2) ^ (byte) (argument >>> 8)));
      value.putByte(length - 1, (byte) (argument >>> 16));
    }
  }

  private static int initialLengthOf(long argument) {
    return argument % KEEP_EVERY == 0 ? UpdateFunction.NONE : lengthOf(argument);
  }

  private static int updatedLengthOf(int before, long argument) {
    if (argument % KEEP_EVERY == 1) {
      return UpdateFunction.NONE;
    }
    return argument % SAME_LENGTH_EVERY == 0 ? before : lengthOf(argument);
  }

  /** Mostly short, at times long. */
  static int lengthOf(long argument) {
    int spread = (int) (argument >>> 20 & 0xFFFF);
    return (argument & 0x70) == 0 ? spread % (MAX_VALUE_BYTES + 1) : spread % 120;
  }
}
