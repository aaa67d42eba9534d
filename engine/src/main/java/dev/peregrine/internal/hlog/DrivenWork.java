package dev.peregrine.internal.hlog;

/**
 * Work without an end that a {@link LogDriver} has done, a step at a time, by one thread at a time.
 */
public interface DrivenWork {
  /** Called once on the thread that will do it. */
  void open();

  /**
   * Does what can be done now.
   *
   * @return how much it was; 0 means that it needs not be called before the next signal, or the end
   *     of {@link #idleNanos}
   */
  int doWork();

  /** How long it may sleep without a signal, after a step that did nothing. */
  long idleNanos();

  /** Called once on the thread that did it, after the last {@link #doWork}. */
  void close();
}
