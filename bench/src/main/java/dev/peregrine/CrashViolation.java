package dev.peregrine;

/** A store broke a promise: the message says which, and where. */
final class CrashViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CrashViolation(String message) {
    super(message);
  }

  CrashViolation(String message, Throwable cause) {
    super(message + ": " + cause, cause);
  }

  static void require(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new CrashViolation(String.format(message, arguments));
    }
  }
}
