package dev.peregrine.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/**
 * Threads that prepare by themselves, start together, and stop together.
 *
 * <p>One thread makes a gang and runs it once; the first failure stops all workers and is thrown to
 * that thread.
 *
 * @param <T> what each worker brings back
 */
public final class Gang<T> {
  /** What one worker does. */
  @FunctionalInterface
  public interface Task<T> {
    /**
     * @param worker which one it is, from 0
     * @param gang where it waits for the others and learns when to stop
     */
    T run(int worker, Gang<?> gang) throws Exception;
  }

  private static final long TICK_MILLIS = 100;
  private static final double NANOS_PER_MILLI = 1e6;

  private final int workers;
  private final CountDownLatch prepared;
  private final CountDownLatch start = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final LongAdder done = new LongAdder();
  private volatile boolean stopped;

  public Gang(int workers) {
    this.workers = workers;
    this.prepared = new CountDownLatch(workers);
  }

  /** Waits until every worker is prepared. A worker calls it exactly once, before it measures. */
  public void awaitStart() throws InterruptedException {
    prepared.countDown();
    start.await();
  }

  /** Whether the time is up or another worker failed. */
  public boolean isStopped() {
    return stopped;
  }

  /** Tells the progress of a worker. */
  public void add(long amount) {
    done.add(amount);
  }

  /**
   * Runs until every worker comes back by itself.
   *
   * @param progress is told the sum of what workers {@linkplain #add added}
   */
  public List<T> runToEnd(Task<T> task, LongConsumer progress) {
    return run(task, Long.MAX_VALUE, elapsed -> progress.accept(done.sum()));
  }

  /**
   * Runs, and tells the workers to stop after a time.
   *
   * @param progress is told the milliseconds passed
   */
  public List<T> runFor(double seconds, Task<T> task, LongConsumer progress) {
    return run(task, Math.round(seconds * 1000), progress);
  }

  private List<T> run(Task<T> task, long limitMillis, LongConsumer progress) {
    List<T> results = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      int worker = i;
      results.add(null);
      threads.add(Thread.ofPlatform().name("worker-" + i).start(() -> work(task, worker, results)));
    }
    try {
      prepared.await();
      start.countDown();
      supervise(threads, limitMillis, progress);
    } catch (InterruptedException interrupted) {
      stopped = true;
      start.countDown();
      failure.compareAndSet(null, new IllegalStateException("interrupted"));
      Thread.currentThread().interrupt();
    }
    join(threads);
    Throwable cause = failure.get();
    if (cause != null) {
      throw Failures.unchecked(cause);
    }
    return results;
  }

  private void supervise(List<Thread> threads, long limitMillis, LongConsumer progress)
      throws InterruptedException {
    long begin = System.nanoTime();
    long passed = 0;
    for (Thread alive = firstAlive(threads);
        passed < limitMillis && alive != null;
        alive = firstAlive(threads)) {
      alive.join(Math.min(TICK_MILLIS, limitMillis - passed));
      passed = (long) ((System.nanoTime() - begin) / NANOS_PER_MILLI);
      progress.accept(Math.min(passed, limitMillis));
    }
    stopped = true;
  }

  private static Thread firstAlive(List<Thread> threads) {
    return threads.stream().filter(Thread::isAlive).findFirst().orElse(null);
  }

  private void work(Task<T> task, int worker, List<T> results) {
    try {
      T result = task.run(worker, this);
      synchronized (results) {
        results.set(worker, result);
      }
    } catch (Throwable cause) {
      failure.compareAndSet(null, cause);
      stopped = true;
      prepared.countDown();
    }
  }

  private static void join(List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
