package dev.peregrine;

/**
 * The read-modify-write of a value of bytes.
 *
 * <p>The session calls it under the record's writer bit, so it sees the latest value and nobody
 * else changes it meanwhile; it should be short, because writers of the same key wait. It may be
 * called again for one operation when another thread got ahead, so it must do nothing but compute.
 * It must not keep the views, nor call the session. If it throws, the operation throws the same and
 * the value is as it was.
 */
public interface UpdateFunction {
  /** As a length: leave the key without a value, or the value as it is. */
  int NONE = -1;

  /**
   * The length of the first value of an absent key.
   *
   * @param argument what the caller of the operation passed
   * @return bytes, or {@link #NONE} to leave the key absent
   */
  int initialLength(long argument);

  /**
   * Writes the first value.
   *
   * @param value zeros, of the length that {@link #initialLength} gave
   * @param argument what the caller of the operation passed
   */
  void initialize(ValueBuffer value, long argument);

  /**
   * The length that the value will have.
   *
   * @param value the value before
   * @param argument what the caller of the operation passed
   * @return bytes, or {@link #NONE} to leave the value as it is; the default keeps the length
   */
  default int updatedLength(ValueView value, long argument) {
    return value.length();
  }

  /**
   * Changes the value.
   *
   * @param value the value before, cut or filled up with zeros to the length that {@link
   *     #updatedLength} gave
   * @param argument what the caller of the operation passed
   */
  void update(ValueBuffer value, long argument);
}
