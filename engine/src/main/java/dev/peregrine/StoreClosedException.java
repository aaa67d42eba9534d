package dev.peregrine;

/** The store or the session has been closed. */
public final class StoreClosedException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Names what is closed. */
  public StoreClosedException(String message) {
    super(Severity.CALL, message, null);
  }
}
