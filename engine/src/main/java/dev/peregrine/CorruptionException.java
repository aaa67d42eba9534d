package dev.peregrine;

/** Bytes on the device are not what was written there. */
public final class CorruptionException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Names the address and what is wrong there. */
  public CorruptionException(String message) {
    super(Severity.STORE, message, null);
  }
}
