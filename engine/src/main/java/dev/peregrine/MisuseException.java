package dev.peregrine;

/** The caller broke a rule: two threads in one session, a call from inside a callback. */
public final class MisuseException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Names the rule and what to do. */
  public MisuseException(String message) {
    super(Severity.CALL, message, null);
  }
}
