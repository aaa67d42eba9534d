package dev.peregrine;

/**
 * An update that adds to the first word of a value of bytes.
 *
 * @param length what it makes the value's length
 */
record AddTo(int length) implements UpdateFunction {
  @Override
  public int initialLength(long argument) {
    return Long.BYTES;
  }

  @Override
  public void initialize(ValueBuffer value, long argument) {
    value.putLong(0, argument);
  }

  @Override
  public int updatedLength(ValueView old, long argument) {
    return length;
  }

  @Override
  public void update(ValueBuffer value, long argument) {
    value.putLong(0, value.getLong(0) + argument);
  }
}
