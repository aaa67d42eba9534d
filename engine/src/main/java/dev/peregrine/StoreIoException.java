package dev.peregrine;

/** The device failed; the cause names operation, path, offset and error number. */
public final class StoreIoException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * @param severity {@link Severity#CALL} for a failed read, {@link Severity#WRITES} after a failed
   *     write
   * @param message what could not be done
   * @param cause the device's error
   */
  public StoreIoException(Severity severity, String message, Throwable cause) {
    super(severity, message, cause);
  }
}
