package dev.peregrine.internal.hlog;

import dev.peregrine.device.QueueMode;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;

/**
 * Runs the work on a daemon thread of its own, which sleeps unless it is signalled; where queues
 * are {@linkplain QueueMode#MOVABLE movable}, also on threads that wait for it. A lock lets one of
 * them do a step at a time.
 */
public final class ThreadDriver implements LogDriver {
  private static final System.Logger LOGGER = System.getLogger("dev.peregrine");
  private static final long WAITER_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  private final String name;
  private final QueueMode queueMode;
  private final ReentrantLock turn = new ReentrantLock();
  private final Sleeper sleeper = new Sleeper();
  private final List<Thread> tasks = new ArrayList<>();
  private volatile DrivenWork worker;
  private AgentRunner runner;

  /** Who is inside {@link #help}, and whether nobody may be any more; both guarded by the lock. */
  private Thread helper;

  private boolean ended;

  /**
   * @param name the thread's name
   */
  public ThreadDriver(String name) {
    this(name, QueueMode.SINGLE_THREAD);
  }

  /**
   * @param name the thread's name
   * @param queueMode whether other threads may {@link #help}
   */
  public ThreadDriver(String name, QueueMode queueMode) {
    this.name = name;
    this.queueMode = queueMode;
  }

  @Override
  public QueueMode queueMode() {
    return queueMode;
  }

  @Override
  public void start(DrivenWork work) {
    worker = work;
    runner =
        new AgentRunner(
            sleeper,
            failure -> LOGGER.log(Level.ERROR, "the log's work failed", failure),
            null,
            new WorkerAgent());
    AgentRunner.startOnThread(
        runner,
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          sleeper.thread = thread;
          return thread;
        });
  }

  @Override
  public void run(BackgroundTask task) {
    Thread thread = new Thread(() -> runToEnd(task), name + "-task");
    thread.setDaemon(true);
    synchronized (tasks) {
      tasks.removeIf(other -> !other.isAlive());
      tasks.add(thread);
      thread.start();
    }
  }

  private static void runToEnd(BackgroundTask task) {
    while (!task.isDone()) {
      if (task.doWork() == 0) {
        LockSupport.parkNanos(WAITER_NANOS);
      }
    }
  }

  @Override
  public void signal() {
    sleeper.wake();
  }

  @Override
  public int help() {
    if (queueMode == QueueMode.SINGLE_THREAD) {
      return 0;
    }
    turn.lock();
    try {
      if (ended) {
        return 0;
      }
      helper = Thread.currentThread();
      return worker.help();
    } finally {
      helper = null;
      turn.unlock();
    }
  }

  @Override
  public boolean isHelping() {
    return turn.isHeldByCurrentThread() && helper != null;
  }

  @Override
  public void awaitProgress() {
    // Polling cannot miss a wake-up, and a page takes far longer to flush than this.
    LockSupport.parkNanos(WAITER_NANOS);
  }

  @Override
  public void close() {
    awaitTasks();
    sleeper.stop();
    runner.close();
  }

  private void awaitTasks() {
    List<Thread> open;
    synchronized (tasks) {
      open = List.copyOf(tasks);
    }
    boolean interrupted = false;
    for (Thread thread : open) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class WorkerAgent implements Agent {
    @Override
    public void onStart() {
      worker.open();
    }

    @Override
    public int doWork() {
      turn.lock();
      try {
        return worker.doWork();
      } finally {
        turn.unlock();
      }
    }

    @Override
    public void onClose() {
      turn.lock();
      try {
        ended = true;
        worker.close();
      } finally {
        turn.unlock();
      }
    }

    @Override
    public String roleName() {
      return name;
    }
  }

  /** Parks until woken, or as long as the worker may sleep. */
  private final class Sleeper implements IdleStrategy {
    private volatile Thread thread;
    private volatile boolean awake;
    private volatile boolean stopped;

    /** Never sleeps again, so that closing the runner need not wait for the end of a nap. */
    void stop() {
      stopped = true;
      LockSupport.unpark(thread);
    }

    void wake() {
      if (!awake) {
        awake = true;
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void idle(int workCount) {
      if (workCount <= 0) {
        idle();
      }
    }

    @Override
    public void idle() {
      if (!awake && !stopped) {
        LockSupport.parkNanos(worker.idleNanos());
      }
      awake = false;
    }

    @Override
    public void reset() {}

    @Override
    public String alias() {
      return "sleep-until-signalled";
    }
  }
}
