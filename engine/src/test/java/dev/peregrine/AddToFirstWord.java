package dev.peregrine;

/** Adds the argument to the first 8 bytes of a value; an absent one begins with it. */
final class AddToFirstWord implements UpdateFunction {
  @Override
  public int initialLength(long argument) {
    return Long.BYTES;
  }

  @Override
  public void initialize(ValueBuffer value, long argument) {
    value.putLong(0, argument);
  }

  @Override
  public void update(ValueBuffer value, long argument) {
    value.putLong(0, value.getLong(0) + argument);
  }
}
