package dev.peregrine.log;

/** A log broke a promise. */
public final class LogCrashViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the promise. */
  public LogCrashViolation(String message) {
    super(message);
  }
}
