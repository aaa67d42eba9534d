package dev.peregrine;

import java.util.Arrays;

/** Update functions, and what they make of a value, for a model to repeat. */
final class CrashUpdates {
  private static final int KEEP_EVERY = 11;
  private static final int SAME_LENGTH_EVERY = 3;
  private static final int SHORT_BYTES = 120;
  private static final int LENGTHS_OF_COUNTERS = 7;

  private CrashUpdates() {}

  /** Two steps that don't commute. */
  static final LongUpdateFunction MIX_LONG =
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

  /** Changes length and bytes as the argument has it, or nothing. */
  static final UpdateFunction MIX =
      new UpdateFunction() {
        @Override
        public int initialLength(long argument) {
          return mixedLength(-1, argument);
        }

        @Override
        public void initialize(ValueBuffer value, long argument) {
          update(value, argument);
        }

        @Override
        public int updatedLength(ValueView value, long argument) {
          return mixedLength(value.length(), argument);
        }

        @Override
        public void update(ValueBuffer value, long argument) {
          int last = value.length() - 1;
          value.putByte(0, (byte) (value.getByte(0) * 31 + argument));
          value.putByte(last, (byte) (value.getByte(last) ^ argument >>> 8));
        }
      };

  /** Adds to a sum, whose value decides the length. */
  static final UpdateFunction COUNT =
      new UpdateFunction() {
        @Override
        public int initialLength(long argument) {
          return counter(argument).length;
        }

        @Override
        public void initialize(ValueBuffer value, long argument) {
          put(value, argument);
        }

        @Override
        public int updatedLength(ValueView value, long argument) {
          return counter(value.getLong(0) + argument).length;
        }

        @Override
        public void update(ValueBuffer value, long argument) {
          put(value, value.getLong(0) + argument);
        }

        private void put(ValueBuffer value, long sum) {
          value.putLong(0, sum);
          for (int i = Long.BYTES; i < value.length(); i++) {
            value.putByte(i, (byte) sum);
          }
        }
      };

  /** What a mix makes of a value; null for none. */
  static byte[] mixed(boolean isLong, byte[] value, long argument) {
    if (isLong) {
      return CrashFace.ofLong(
          value == null
              ? MIX_LONG.initial(argument)
              : MIX_LONG.update(CrashFace.toLong(value), argument));
    }
    int length = mixedLength(value == null ? -1 : value.length, argument);
    if (length == UpdateFunction.NONE) {
      return value;
    }
    byte[] changed = value == null ? new byte[length] : Arrays.copyOf(value, length);
    changed[0] = (byte) (changed[0] * 31 + argument);
    changed[length - 1] ^= (byte) (argument >>> 8);
    return changed;
  }

  /** The value of a counter of bytes. */
  static byte[] counter(long sum) {
    byte[] value = new byte[Long.BYTES * (1 + (int) (sum % LENGTHS_OF_COUNTERS))];
    Arrays.fill(value, (byte) sum);
    System.arraycopy(CrashFace.ofLong(sum), 0, value, 0, Long.BYTES);
    return value;
  }

  /** Whether a mix leaves a value of bytes, or its absence, as it is. */
  static boolean keeps(long argument) {
    return argument % KEEP_EVERY == 0;
  }

  private static int mixedLength(int before, long argument) {
    if (keeps(argument)) {
      return UpdateFunction.NONE;
    }
    return before > 0 && argument % SAME_LENGTH_EVERY == 0
        ? before
        : 1 + (int) (argument >>> 16 & 0xFFFF) % SHORT_BYTES;
  }
}
