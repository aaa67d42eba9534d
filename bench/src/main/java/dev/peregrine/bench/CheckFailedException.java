package dev.peregrine.bench;

/** A check did not hold: the message says which, and on what. */
public final class CheckFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CheckFailedException(String message) {
    super(message);
  }
}
