package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.device.Volume;
import dev.peregrine.device.Volumes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Threads work on a store while checkpoints of all kinds are taken one after the other; then it is
 * closed without one, or loses its power, and each session must have exactly its prefix.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class ModelUnderLoadTest {
  private static final int ROUNDS = 2;
  private static final int CHECKPOINTS = 10;
  private static final int OPERATIONS_A_CHECKPOINT = 600;
  private static final int POLL_ONE_IN = 50;
  private static final int CLOSE_ONE_IN = 1000;
  private static final long PAUSE_NANOS = 100_000;

  @TempDir Path directory;

  /** Where the store is. */
  private enum Place {
    SIMULATED,
    FILES
  }

  static List<Arguments> all() {
    List<Arguments> all = new ArrayList<>();
    for (Place place : Place.values()) {
      for (StoreKind kind : StoreKind.values()) {
        for (int frames : new int[] {6, 300}) {
          all.add(Arguments.of(place, kind, frames));
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("all")
  void shouldHaveExactlyThePrefixOfEachSessionWhenReopened(Place place, StoreKind kind, int frames)
      throws Exception {
    Long fixed = Long.getLong("peregrine.seed");
    long seed = fixed != null ? fixed : ThreadLocalRandom.current().nextLong() >>> 16;
    try {
      new Load(place, CrashScenario.loaded(kind, frames), seed).run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("run again with -Dperegrine.seed=" + seed + ": " + e, e);
    }
  }

  private final class Load {
    private final Place place;
    private final CrashScenario scenario;
    private final SplittableRandom random;
    private final PrefixModel model;
    private final List<CrashClient> clients = new ArrayList<>();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private SimulatedVolume simulated;
    private volatile boolean stopped;

    Load(Place place, CrashScenario scenario, long seed) {
      this.place = place;
      this.scenario = scenario;
      this.random = new SplittableRandom(seed);
      this.model = new PrefixModel(scenario);
      for (int i = 0; i < scenario.sessions(); i++) {
        clients.add(new CrashClient(scenario, model.history(i), random.split()));
      }
      this.simulated =
          SimulatedVolume.create(
              seed, FaultPlan.builder().maxDelay(3).shortTransferRate(0.05).build());
    }

    void run() throws InterruptedException {
      for (int round = 0; round < ROUNDS; round++) {
        Store store = Store.open(scenario.config(), volume());
        model.recovered(store, null, clients);
        work(store);
      }
      try (Store store = Store.open(scenario.config(), volume())) {
        model.recovered(store, null, clients);
        clients.forEach(CrashClient::abandon);
      }
      long pending = clients.stream().mapToLong(CrashClient::pendingCount).sum();
      assertTrue(frames() > 100 || pending > 100, "hardly anything was pending: " + pending);
    }

    private long frames() {
      return MemoryPlan.of(scenario.config(), 512).log().frameCount();
    }

    private Volume volume() {
      return place == Place.SIMULATED ? simulated : Volumes.open(directory, DeviceKind.AUTO);
    }

    private void work(Store store) throws InterruptedException {
      stopped = false;
      taken.set(0);
      List<Thread> threads = new ArrayList<>();
      for (CrashClient client : clients) {
        SplittableRandom own = random.split();
        threads.add(Thread.ofPlatform().start(() -> operate(store, client, own)));
      }
      Map<Checkpoint, CheckpointKind> checkpoints = new LinkedHashMap<>();
      try {
        takeCheckpoints(store, checkpoints);
      } finally {
        stopped = true;
      }
      for (Thread thread : threads) {
        thread.join();
      }
      if (failure.get() != null) {
        throw new AssertionError(failure.get());
      }
      if (random.nextBoolean()) {
        // One more, which closing abandons, or not.
        checkpoints.put(store.checkpoint(CheckpointKind.SNAPSHOT), CheckpointKind.SNAPSHOT);
      }
      store.close();
      noteNewest(checkpoints);
      if (place == Place.SIMULATED) {
        simulated = random.nextBoolean() ? simulated.crash() : simulated.reopen();
      }
    }

    private void takeCheckpoints(Store store, Map<Checkpoint, CheckpointKind> checkpoints) {
      CheckpointKind[] kinds = CheckpointKind.values();
      for (int i = 0; i < CHECKPOINTS && failure.get() == null; i++) {
        CheckpointKind kind = kinds[(i + random.nextInt(2)) % kinds.length];
        Checkpoint checkpoint = store.checkpoint(kind);
        checkpoint.await();
        checkpoints.put(checkpoint, kind);
        taken.incrementAndGet();
        if (i % 4 == 3) {
          store.pruneCheckpoints(1 + random.nextInt(3));
        }
        // Some in between that no checkpoint waits for.
        LockSupport.parkNanos(random.nextInt(3) * PAUSE_NANOS * 20);
      }
    }

    /** The sessions know where it cut them: they were told when it was durable. */
    private void noteNewest(Map<Checkpoint, CheckpointKind> checkpoints) {
      CheckpointToken newest = null;
      for (Map.Entry<Checkpoint, CheckpointKind> entry : checkpoints.entrySet()) {
        Checkpoint checkpoint = entry.getKey();
        if (entry.getValue().hasLog() && !checkpoint.future().isCompletedExceptionally()) {
          newest = checkpoint.await();
        }
      }
      model.acknowledge(newest, clients.stream().mapToLong(CrashClient::durableSerial).toArray());
    }

    private void operate(Store store, CrashClient client, SplittableRandom own) {
      try {
        int operations = 0;
        while (!stopped) {
          if (operations > (taken.get() + 1) * OPERATIONS_A_CHECKPOINT) {
            client.poll();
            LockSupport.parkNanos(PAUSE_NANOS);
            continue;
          }
          operations++;
          client.operate();
          if (own.nextInt(POLL_ONE_IN) == 0) {
            client.poll();
          }
          if (own.nextInt(CLOSE_ONE_IN) == 0) {
            client.close();
            client.open(store, true);
          }
        }
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      }
    }
  }
}
