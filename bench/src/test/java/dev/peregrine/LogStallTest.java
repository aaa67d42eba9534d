package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.hlog.ThreadDriver;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the log warns of when it does not get on; here, since the engine knows no java.logging. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LogStallTest {
  private static final int MANY = 20_000;

  private final AtomicLong later = new AtomicLong();
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final CountDownLatch asleep = new CountDownLatch(1);
  private final CountDownLatch awake = new CountDownLatch(1);
  private final CountDownLatch waiting = new CountDownLatch(1);

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          warnings.add(new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private Store open() {
    StoreEnvironment environment =
        new StoreEnvironment(
            new ThreadDriver("test-log"),
            () -> System.nanoTime() + later.get(),
            () -> 0,
            new SplittableRandom(1)::nextLong,
            CrashScenario.ALL_BITS);
    return Store.open(
        CrashScenario.loaded(StoreKind.LONG_TO_LONG, 6).config(),
        SimulatedVolume.create(1, FaultPlan.NONE),
        null,
        RecoveryProgress.NONE,
        environment);
  }

  @Test
  void shouldNameTheSessionThatSleepsInsideWhenTheLogWaitsForIt() throws Exception {
    Logger logger = Logger.getLogger("dev.peregrine");
    logger.addHandler(handler);
    try (Store store = open()) {
      Session session = store.newSession();
      Session writer = store.newSession();
      Thread sleeper = new Thread(() -> session.upsert(1, 1));
      Pauses.hook(
          point -> {
            if (point == PausePoint.RECORD_LINKED && Thread.currentThread() == sleeper) {
              asleep.countDown();
              await(awake);
            }
            if (point == PausePoint.SESSION_SUSPENDED) {
              waiting.countDown();
            }
          });
      sleeper.start();
      asleep.await();
      Thread writing =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int key = 2; key < MANY; key++) {
                      writer.upsert(key, key);
                    }
                  });
      // The writer has left the epoch that the sleeper is in, and waits for space.
      await(waiting);
      later.set(TimeUnit.MINUTES.toNanos(1));
      while (warnings.isEmpty()) {
        Thread.onSpinWait();
      }
      awake.countDown();
      sleeper.join();
      writing.join();
      String first = warnings.getFirst();
      assertTrue(first.endsWith(": " + session), first);
    } finally {
      awake.countDown();
      Pauses.hook(null);
      logger.removeHandler(handler);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
