package dev.peregrine.bench.jmh;

import dev.peregrine.LongUpdateFunction;
import dev.peregrine.UpdateFunction;
import dev.peregrine.ValueBuffer;

/** What updates in benches do: they add, and need no state for it. */
final class Operands {
  /** Adds the argument to a long. */
  static final LongUpdateFunction ADD_LONG =
      new LongUpdateFunction() {
        @Override
        public long initial(long argument) {
          return argument;
        }

        @Override
        public long update(long value, long argument) {
          return value + argument;
        }
      };

  /** Adds the argument to the first 8 of {@link #VALUE_BYTES} bytes. */
  static final UpdateFunction ADD_BYTES =
      new UpdateFunction() {
        @Override
        public int initialLength(long argument) {
          return VALUE_BYTES;
        }

        @Override
        public void initialize(ValueBuffer value, long argument) {
          value.putLong(0, argument);
        }

        @Override
        public void update(ValueBuffer value, long argument) {
          value.putLong(0, value.getLong(0) + argument);
        }
      };

  /** The length of values of bytes. */
  static final int VALUE_BYTES = 100;

  private Operands() {}
}
