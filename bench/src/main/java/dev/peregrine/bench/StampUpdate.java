package dev.peregrine.bench;

import dev.peregrine.UpdateFunction;
import dev.peregrine.ValueBuffer;

/**
 * Counts one modification and rewrites the value; the argument is the key. It checks what it finds
 * first. It has no state, so any session may use it.
 */
final class StampUpdate implements UpdateFunction {
  private final int valueBytes;

  StampUpdate(int valueBytes) {
    this.valueBytes = valueBytes;
  }

  @Override
  public int initialLength(long key) {
    return valueBytes;
  }

  @Override
  public void initialize(ValueBuffer value, long key) {
    ValuePattern.fill(value, key, Version.of(Version.REBORN, 0));
  }

  @Override
  public void update(ValueBuffer value, long key) {
    StampCheck.requireWhole(value, valueBytes, key);
    ValuePattern.fill(value, key, Version.modified(ValuePattern.version(value)));
  }
}
