package dev.peregrine.internal.hlog;

/**
 * Work without an end that a {@link LogDriver} has done, a step at a time, by one thread at a time.
 */
public interface DrivenWork {
  /** Called once, before anything else. */
  void open();

  /**
   * Does what can be done now.
   *
   * @return how much it was; 0 means that it needs not be called before the next signal, or the end
   *     of {@link #idleNanos}
   */
  int doWork();

  /**
   * Does that part of {@link #doWork} for which others wait. As that, it is done by one thread at a
   * time, with a happens-before edge to the next.
   *
   * @return how much it was
   */
  default int help() {
    return 0;
  }

  /** How long it may sleep without a signal, after a step that did nothing. */
  long idleNanos();

  /** Called once, after everything else. */
  void close();
}
