package dev.peregrine.internal.hlog;

import dev.peregrine.device.QueueMode;

/**
 * Runs the worker on the threads that wait for it, one step at a time: nothing happens in the
 * background, so a single-threaded run depends on its inputs alone.
 */
public final class SteppedDriver implements LogDriver {
  private LogWorker worker;

  @Override
  public QueueMode queueMode() {
    return QueueMode.MOVABLE;
  }

  @Override
  public synchronized void start(LogWorker logWorker) {
    worker = logWorker;
    worker.open();
  }

  @Override
  public void signal() {}

  @Override
  public synchronized void awaitProgress() {
    worker.doWork();
  }

  @Override
  public synchronized void close() {
    worker.close();
  }
}
