package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.HistoryCheck.Event;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.pause.Pauses;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Small concurrent histories on few keys, recorded on a store in little memory. */
final class HistoryRun {
  static final int THREADS = 3;
  private static final int KEYS = 2;
  private static final int OPERATIONS = 10;
  private static final int FRAMES = 6;
  private static final int PAUSE_ONE_IN = 150;
  private static final int MOST_PAUSE_NANOS = 30_000;

  /** What goes on beside the operations. */
  enum Disturbance {
    /** Pages are evicted all the time, as in the others. */
    EVICTION,
    /** Threads stop between any two steps. */
    PAUSES,
    /** Checkpoints of all kinds, one after the other. */
    CHECKPOINTS,
    /** Both. */
    CHECKPOINTS_AND_PAUSES;

    boolean checkpoints() {
      return this == CHECKPOINTS || this == CHECKPOINTS_AND_PAUSES;
    }

    boolean pauses() {
      return this == PAUSES || this == CHECKPOINTS_AND_PAUSES;
    }
  }

  /** Makes a client. */
  @FunctionalInterface
  interface Clients {
    HistoryClient create(KindFace face, AtomicLong clock, long seed);
  }

  private final StoreKind kind;
  private final Disturbance disturbance;
  private final int histories;
  private final long seed;
  private final List<HistoryClient> clients = new ArrayList<>();
  private final AtomicInteger working = new AtomicInteger(THREADS);

  HistoryRun(StoreKind kind, Disturbance disturbance, int histories, long seed) {
    this.kind = kind;
    this.disturbance = disturbance;
    this.histories = histories;
    this.seed = seed;
  }

  /** Records the histories. */
  void record(Clients creator) throws InterruptedException {
    AtomicLong clock = new AtomicLong();
    CyclicBarrier round = new CyclicBarrier(THREADS);
    FaultPlan plan = FaultPlan.builder().maxDelay(2).build();
    SimulatedVolume volume = SimulatedVolume.create(seed, plan);
    if (disturbance.pauses()) {
      Pauses.hook(point -> pause());
    }
    try (Store store = Store.open(TestStores.tiny(kind, THREADS, 4, FRAMES, 512), volume)) {
      for (int i = 0; i < THREADS; i++) {
        KindFace face = new KindFace(kind, store.newSession());
        clients.add(creator.create(face, clock, seed * 31 + i));
      }
      int maintainers = disturbance.checkpoints() ? 1 : 0;
      Threads.run(
          THREADS + maintainers,
          thread -> {
            if (thread == THREADS) {
              checkpoint(store);
            } else {
              operate(clients.get(thread), round);
            }
          });
      assertTrue(store.stats().device().reads() > 0, "nothing came from the device");
    } finally {
      Pauses.hook(null);
    }
  }

  private static void pause() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    if (random.nextInt(PAUSE_ONE_IN) == 0) {
      LockSupport.parkNanos(random.nextInt(MOST_PAUSE_NANOS));
    }
  }

  private void operate(HistoryClient client, CyclicBarrier round) throws Exception {
    try {
      for (int history = 0; history < histories; history++) {
        round.await();
        for (int i = 0; i < OPERATIONS; i++) {
          client.operate((long) history * KEYS + client.random.nextInt(KEYS));
          client.makeNoise();
        }
      }
    } finally {
      working.decrementAndGet();
    }
  }

  private void checkpoint(Store store) {
    SplittableRandom random = new SplittableRandom(seed);
    CheckpointKind[] kinds = CheckpointKind.values();
    int taken = 0;
    while (working.get() > 0) {
      store.checkpoint(kinds[random.nextInt(kinds.length)]).await();
      store.pruneCheckpoints(2);
      taken++;
    }
    assertTrue(taken > 0, "no checkpoint was taken");
  }

  /** The smallest part of the histories that no order explains; null if there is none. */
  List<Event> counterexample() {
    List<Event> smallest = null;
    for (long key = 0; key < (long) histories * KEYS; key++) {
      List<Event> events = new ArrayList<>();
      for (HistoryClient client : clients) {
        events.addAll(client.events(key));
      }
      if (!HistoryCheck.isLinearizable(events)) {
        List<Event> minimal = HistoryShrink.minimal(events);
        smallest = smallest == null || minimal.size() < smallest.size() ? minimal : smallest;
      }
    }
    return smallest;
  }
}
