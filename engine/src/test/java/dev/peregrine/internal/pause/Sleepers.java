package dev.peregrine.internal.pause;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;

/**
 * Puts threads to sleep at pause points until a test wakes them: an interleaving on purpose. One at
 * a time is open in a process; closing it wakes everybody.
 */
public final class Sleepers implements AutoCloseable {
  private static final long PATIENCE_NANOS =
      TimeUnit.SECONDS.toNanos(Integer.getInteger("peregrine.patience", 60));

  private final List<Sleeper> sleepers = new CopyOnWriteArrayList<>();
  private final AtomicLongArray reached = new AtomicLongArray(PausePoint.values().length);

  /** One thread that sleeps at one point, once. */
  public static final class Sleeper {
    private final PausePoint point;
    private final boolean whoever;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CountDownLatch asleep = new CountDownLatch(1);
    private final CountDownLatch awake = new CountDownLatch(1);

    /** What its thread does; null where it is anybody's. */
    private final FutureTask<Object> task;

    private final Thread thread;

    private Sleeper(PausePoint point, boolean whoever, FutureTask<Object> task, Thread thread) {
      this.point = point;
      this.whoever = whoever;
      this.task = task;
      this.thread = thread;
    }

    /** Waits until it sleeps; fails if its thread ends before. */
    public Sleeper awaitAsleep() {
      Sleepers.await("to sleep at " + point, () -> isAsleep() || task != null && task.isDone());
      if (!isAsleep()) {
        throw new AssertionError("it has ended before " + point + ": " + join());
      }
      return this;
    }

    /** Whether it has got to its point. */
    public boolean isAsleep() {
      return asleep.getCount() == 0;
    }

    /** Whether its thread has ended. */
    public boolean isDone() {
      return task.isDone();
    }

    /** Whether its thread waits for a monitor. */
    public boolean isBlocked() {
      return thread.getState() == Thread.State.BLOCKED;
    }

    /** Lets it go on, or never sleep. */
    public Sleeper wake() {
      taken.set(true);
      awake.countDown();
      return this;
    }

    /** Waits for its end; returns what it came to. */
    public Object join() {
      try {
        return task.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      } catch (InterruptedException | TimeoutException e) {
        AssertionError stuck = new AssertionError(thread + " does not end");
        stuck.setStackTrace(thread.getStackTrace());
        throw stuck;
      }
    }

    private void sleep() {
      asleep.countDown();
      try {
        if (!awake.await(2 * PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
          throw new IllegalStateException("nobody wakes who sleeps at " + point);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  public Sleepers() {
    Pauses.hook(this::onReached);
  }

  private void onReached(PausePoint point) {
    reached.incrementAndGet(point.ordinal());
    Thread current = Thread.currentThread();
    for (Sleeper sleeper : sleepers) {
      boolean meant =
          sleeper.whoever || sleeper.thread == current || sleeper.task == null && !isActor(current);
      if (sleeper.point == point && meant && sleeper.taken.compareAndSet(false, true)) {
        sleeper.sleep();
        return;
      }
    }
  }

  private boolean isActor(Thread thread) {
    return sleepers.stream().anyMatch(sleeper -> sleeper.thread == thread);
  }

  /** The next thread that is not one of {@link #act} sleeps at a point. */
  public Sleeper anybodyAt(PausePoint point) {
    return add(new Sleeper(point, false, null, null));
  }

  /** The next thread of all sleeps at a point. */
  public Sleeper whoeverIsAt(PausePoint point) {
    return add(new Sleeper(point, true, null, null));
  }

  /** Starts a thread that sleeps when it gets to a point; null for one that never sleeps. */
  public Sleeper act(PausePoint point, Callable<Object> body) {
    FutureTask<Object> task = new FutureTask<>(body);
    Sleeper sleeper = add(new Sleeper(point, false, task, new Thread(task, "sleeper at " + point)));
    sleeper.thread.setDaemon(true);
    sleeper.thread.start();
    return sleeper;
  }

  /** The thread of a sleeper sleeps at another point, too. */
  public Sleeper again(Sleeper sleeper, PausePoint point) {
    return add(new Sleeper(point, false, sleeper.task, sleeper.thread));
  }

  private Sleeper add(Sleeper sleeper) {
    sleepers.add(sleeper);
    return sleeper;
  }

  /** How often threads have been at a point. */
  public long count(PausePoint point) {
    return reached.get(point.ordinal());
  }

  /** Waits until threads have been at a point so often from now on. */
  public void awaitMore(PausePoint point, int times) {
    long wanted = count(point) + times;
    await(times + " threads at " + point, () -> count(point) >= wanted);
  }

  /** Waits for a condition, which must come true. */
  public static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new AssertionError("waited in vain for " + what);
      }
      Thread.yield();
    }
  }

  @Override
  public void close() {
    for (Sleeper sleeper : sleepers) {
      sleeper.wake();
    }
    Pauses.hook(null);
  }
}
