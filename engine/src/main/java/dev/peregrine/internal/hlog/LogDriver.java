package dev.peregrine.internal.hlog;

import dev.peregrine.device.QueueMode;

/**
 * What runs a log's {@linkplain DrivenWork work}: a thread in production, the caller in
 * deterministic tests.
 */
public interface LogDriver {
  /** Which threads run the worker, and so use its queue. */
  QueueMode queueMode();

  /** Begins to run the worker; called once, before anything else. */
  void start(DrivenWork worker);

  /** Begins to run a task beside the worker until it is done. Any thread. */
  void run(BackgroundTask task);

  /** Whether work is done by {@link #awaitProgress} alone: who waits must call it and not sleep. */
  default boolean isStepped() {
    return false;
  }

  /** There may be work. Any thread; must not block. */
  void signal();

  /**
   * Does a step of the work on the calling thread, after the step that somebody is at now: for who
   * would only wait for it, and be woken. Whoever has made work, and comes here after that, need
   * not {@link #signal} it. Outside of the epoch.
   *
   * @return how much was done; 0, too, if other threads may not do this work
   */
  default int help() {
    return 0;
  }

  /** Whether the caller is inside {@link #help}. */
  default boolean isHelping() {
    return false;
  }

  /**
   * Lets some time pass in which the worker may get on. Called by a thread that waits for it,
   * outside of the epoch and without locks; it looks again at what it waits for afterwards.
   */
  void awaitProgress();

  /**
   * Stops running the worker, and tasks, which must be about to end, lets it close on the thread
   * that ran it, and returns when done.
   */
  void close();
}
