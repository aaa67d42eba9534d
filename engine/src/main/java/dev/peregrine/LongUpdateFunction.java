package dev.peregrine;

/**
 * The read-modify-write of an 8-byte value. It may be called again for one operation when another
 * thread got ahead, so it must do nothing but compute; it must not call the session.
 */
public interface LongUpdateFunction {
  /**
   * The first value of an absent key.
   *
   * @param argument what the caller of the operation passed
   */
  long initial(long argument);

  /**
   * The value that replaces {@code value}.
   *
   * @param argument what the caller of the operation passed
   */
  long update(long value, long argument);
}
