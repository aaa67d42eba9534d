package dev.peregrine;

/** Something that is not an outcome but a broken promise: closed, misused, failed or corrupt. */
public abstract sealed class StoreException extends RuntimeException
    permits StoreClosedException,
        StoreIoException,
        MisuseException,
        CorruptionException,
        UnsupportedFormatException,
        CheckpointException {
  private static final long serialVersionUID = 1L;

  private final Severity severity;

  StoreException(Severity severity, String message, Throwable cause) {
    super(message, cause);
    this.severity = severity;
  }

  /** How much of the store the error leaves. */
  public Severity severity() {
    return severity;
  }
}
