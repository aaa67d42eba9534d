package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Threads;
import dev.peregrine.device.QueueMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadDriverTest {
  private static final int HELPERS = 3;
  private static final int STEPS = 2_000;

  /** Notes who does what, and that no two are at it at once. */
  private static final class Work implements DrivenWork {
    private final BooleanSupplier isHelping;
    private final List<String> misuses = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger inside = new AtomicInteger();
    private volatile Thread lastHelper;

    /** Not atomic: every step must see what the one before has written. */
    private int steps;

    private volatile int seenByOwnThread;

    Work(BooleanSupplier isHelping) {
      this.isHelping = isHelping;
    }

    @Override
    public void open() {}

    @Override
    public int doWork() {
      step(false);
      seenByOwnThread = steps;
      return 0;
    }

    @Override
    public int help() {
      lastHelper = Thread.currentThread();
      step(true);
      return 1;
    }

    private void step(boolean helps) {
      if (inside.incrementAndGet() != 1) {
        misuses.add("two at once");
      }
      if (isHelping.getAsBoolean() != helps) {
        misuses.add(helps ? "helps, and is told that it does not" : "is told that it helps");
      }
      steps++;
      inside.decrementAndGet();
    }

    @Override
    public long idleNanos() {
      return TimeUnit.SECONDS.toNanos(1);
    }

    @Override
    public void close() {
      step(false);
    }
  }

  @Test
  void shouldDoAStepOnTheCallerWhenItHelps() {
    ThreadDriver driver = new ThreadDriver("test", QueueMode.MOVABLE);
    Work work = new Work(driver::isHelping);
    driver.start(work);
    assertEquals(1, driver.help());
    assertSame(Thread.currentThread(), work.lastHelper);
    assertFalse(driver.isHelping());
    driver.close();
    int after = work.steps;
    assertEquals(0, driver.help(), "it helped after the end");
    assertEquals(after, work.steps);
    assertEquals(List.of(), work.misuses);
  }

  @Test
  void shouldRefuseHelpWhenOneThreadOwnsTheQueue() {
    ThreadDriver driver = new ThreadDriver("test");
    Work work = new Work(driver::isHelping);
    driver.start(work);
    assertEquals(0, driver.help());
    driver.close();
    assertEquals(null, work.lastHelper);
    assertEquals(List.of(), work.misuses);
  }

  @Test
  void shouldDoOneStepAtATimeWhenManyHelp() throws Exception {
    ThreadDriver driver = new ThreadDriver("test", QueueMode.MOVABLE);
    Work work = new Work(driver::isHelping);
    driver.start(work);
    Threads.run(
        HELPERS,
        thread -> {
          for (int i = 0; i < STEPS; i++) {
            driver.help();
            driver.signal();
          }
        });
    while (work.seenByOwnThread < HELPERS * STEPS) {
      driver.signal();
      Thread.onSpinWait();
    }
    driver.close();
    assertTrue(work.steps > HELPERS * STEPS, "a step was lost");
    assertEquals(List.of(), work.misuses);
  }
}
