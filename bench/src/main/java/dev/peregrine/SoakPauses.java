package dev.peregrine;

import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Stops threads at random at pause points: rarely where many pass, often where few do. Counts who
 * has been where. Any thread.
 */
final class SoakPauses implements Pauses.Hook {
  private static final int OFTEN_ONE_IN = 8;
  private static final int RARELY_ONE_IN = 20_000;
  private static final long VISITS_A_STEP = 20;
  private static final long SHORT_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  private final AtomicLongArray reached = new AtomicLongArray(PausePoint.values().length);
  private final LongAdder slept = new LongAdder();

  @Override
  public void reached(PausePoint point) {
    long visits = reached.incrementAndGet(point.ordinal());
    long oneIn = Math.clamp(visits / VISITS_A_STEP, OFTEN_ONE_IN, RARELY_ONE_IN);
    ThreadLocalRandom random = ThreadLocalRandom.current();
    if (random.nextLong(oneIn) == 0) {
      slept.increment();
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> Thread.yield();
        case 3, 4, 5, 6 -> LockSupport.parkNanos(random.nextLong(SHORT_NANOS));
        default -> LockSupport.parkNanos(random.nextLong(LONG_NANOS));
      }
    }
  }

  /** How often a thread was stopped. */
  long slept() {
    return slept.sum();
  }

  /** Where nobody has been. */
  List<PausePoint> missed() {
    List<PausePoint> missed = new ArrayList<>();
    for (PausePoint point : PausePoint.values()) {
      if (reached.get(point.ordinal()) == 0) {
        missed.add(point);
      }
    }
    return missed;
  }
}
