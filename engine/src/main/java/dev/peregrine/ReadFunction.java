package dev.peregrine;

/**
 * Looks at a value without copying it out.
 *
 * <p>It runs on the thread that called the session, sees one consistent version of the value, and
 * is called once at most. It must not keep the view, nor call the session; if it throws, the
 * operation throws the same, and the store is unharmed.
 */
@FunctionalInterface
public interface ReadFunction {
  /**
   * @param value the value, valid during this call only
   * @param argument what the caller of the operation passed
   */
  void read(ValueView value, long argument);
}
