package dev.peregrine;

/**
 * A checkpoint was refused or abandoned, and the store goes on without it: another one is under
 * way, a session stays inside an operation, or there is nowhere to write it.
 */
public final class CheckpointException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message why, and what to do
   * @param cause what went wrong, or null
   */
  public CheckpointException(String message, Throwable cause) {
    super(Severity.CALL, message, cause);
  }
}
