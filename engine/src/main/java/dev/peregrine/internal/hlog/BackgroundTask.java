package dev.peregrine.internal.hlog;

/** Work beside the log's worker that comes to an end, done a step at a time by a driver. */
public interface BackgroundTask {
  /**
   * Does a step; must not block for long.
   *
   * @return how much was done; 0 if it waits for others
   */
  int doWork();

  /** Whether it has ended. */
  boolean isDone();
}
