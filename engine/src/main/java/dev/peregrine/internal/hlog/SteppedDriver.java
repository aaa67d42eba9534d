package dev.peregrine.internal.hlog;

import dev.peregrine.device.QueueMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the worker and tasks on the threads that wait for them, one step at a time: nothing happens
 * in the background, so a single-threaded run depends on its inputs alone.
 */
public final class SteppedDriver implements LogDriver {
  private final boolean allowsHelp;
  private final List<BackgroundTask> tasks = new ArrayList<>();
  private DrivenWork worker;
  private boolean stepping;
  private boolean helping;

  /** A driver that nobody helps. */
  public SteppedDriver() {
    this(false);
  }

  /**
   * @param allowsHelp whether who waits may {@link #help}
   */
  public SteppedDriver(boolean allowsHelp) {
    this.allowsHelp = allowsHelp;
  }

  @Override
  public QueueMode queueMode() {
    return QueueMode.MOVABLE;
  }

  @Override
  public synchronized void start(DrivenWork work) {
    worker = work;
    worker.open();
  }

  @Override
  public synchronized void run(BackgroundTask task) {
    tasks.add(task);
  }

  @Override
  public boolean isStepped() {
    return true;
  }

  @Override
  public void signal() {}

  @Override
  public synchronized int help() {
    if (!allowsHelp) {
      return 0;
    }
    helping = true;
    try {
      return worker.help();
    } finally {
      helping = false;
    }
  }

  @Override
  public synchronized boolean isHelping() {
    return helping;
  }

  @Override
  public synchronized void awaitProgress() {
    worker.doWork();
    if (stepping) {
      // A step of a task waits for the worker.
      return;
    }
    stepping = true;
    try {
      tasks.forEach(BackgroundTask::doWork);
      tasks.removeIf(BackgroundTask::isDone);
    } finally {
      stepping = false;
    }
  }

  @Override
  public synchronized void close() {
    while (!tasks.isEmpty()) {
      awaitProgress();
    }
    worker.close();
  }
}
