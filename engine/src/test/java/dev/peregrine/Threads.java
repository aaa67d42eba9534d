package dev.peregrine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Runs a task on several threads at once and throws what any of them threw. */
public final class Threads {
  private static final long JOIN_MILLIS = TimeUnit.MINUTES.toMillis(3);

  private Threads() {}

  /** What one thread does. */
  @FunctionalInterface
  public interface Body {
    void run(int thread) throws Exception;
  }

  /** Runs {@code body} on {@code count} platform threads that start together. */
  public static void run(int count, Body body) throws InterruptedException {
    run(count, Thread.ofPlatform().daemon(), body);
  }

  /** Runs {@code body} on {@code count} threads of a kind. */
  public static void run(int count, Thread.Builder builder, Body body) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CyclicBarrier start = new CyclicBarrier(count);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      threads.add(
          builder.start(
              () -> {
                try {
                  start.await();
                  body.run(number);
                } catch (Throwable e) {
                  if (!failure.compareAndSet(null, e)) {
                    failure.get().addSuppressed(e);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join(JOIN_MILLIS);
      if (thread.isAlive()) {
        AssertionError stuck = new AssertionError(thread + " is stuck");
        stuck.setStackTrace(thread.getStackTrace());
        throw stuck;
      }
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }
}
