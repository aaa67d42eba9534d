package dev.peregrine;

/**
 * Receives the outcomes of operations that returned {@link Status#PENDING}, on the session's own
 * thread and only inside {@link Session#completePending} and {@link Session#await}. It must not
 * keep the view, nor call the session.
 */
@FunctionalInterface
public interface CompletionHandler {
  /** Takes no notice; for sessions that only wait or use futures. */
  CompletionHandler NONE = (serial, status, value) -> {};

  /**
   * An operation has completed.
   *
   * @param serial the operation's {@linkplain Session#serial serial number}
   * @param status its outcome, never {@link Status#PENDING} or {@link Status#BUSY}
   * @param value what a read found, or what an update of a {@code long} left; empty otherwise
   */
  void onCompletion(long serial, Status status, ValueView value);

  /**
   * An operation has failed and changed nothing.
   *
   * @param serial the operation's serial number
   * @param cause the reason
   */
  default void onFailure(long serial, RuntimeException cause) {
    throw cause;
  }
}
