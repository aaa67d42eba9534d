package dev.peregrine;

import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.device.Volume;
import dev.peregrine.device.Volumes;
import dev.peregrine.internal.hlog.ThreadDriver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.SystemNanoClock;

/**
 * The life of one store under load: a few times it is opened, threads work on it while checkpoints
 * of all kinds are taken, pruned, and sessions come and go, and it is closed, or loses its power.
 * What each session did is known exactly, and checked as it goes and after each recovery.
 */
final class SoakLife {
  private static final int MOST_ROUNDS = 4;
  private static final int MOST_OPERATIONS = 8000;

  /** Those of stores whose keys share few chains, which get long. */
  private static final int FEW_OPERATIONS = 400;

  private static final int COLLIDES_ONE_IN = 4;
  private static final int POLL_ONE_IN = 50;
  private static final int BATCH_ONE_IN = 12;
  private static final int MOST_BATCH = 100;
  private static final int CHURN_ONE_IN = 600;
  private static final int PRUNE_ONE_IN = 3;
  private static final long CALM_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_MILLIS = TimeUnit.MINUTES.toMillis(2);

  /** What was done, of all lives; guarded by itself. */
  private final Map<String, Long> figures;

  private final Path directory;
  private final UnaryOperator<Volume> filter;
  private final long seed;
  private final SplittableRandom random;
  private final CrashScenario scenario;
  private final int mostOperations;
  private final PrefixModel model;
  private final List<CrashClient> clients = new ArrayList<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private SimulatedVolume simulated;
  private volatile boolean stopped;

  /**
   * @param seed decides the store and the work; threads and pauses do as they like
   * @param directory an empty one, or null for a simulated volume
   * @param filter between the store and the volume
   * @param figures to add to
   */
  SoakLife(long seed, Path directory, UnaryOperator<Volume> filter, Map<String, Long> figures) {
    this.seed = seed;
    this.filter = filter;
    this.directory = directory;
    this.figures = figures;
    this.random = new SplittableRandom(seed);
    boolean collides = random.nextInt(COLLIDES_ONE_IN) == 0;
    this.scenario = collides ? CrashScenario.of(seed) : CrashScenario.soaked(seed);
    this.mostOperations = collides ? FEW_OPERATIONS : MOST_OPERATIONS;
    this.model = new PrefixModel(scenario);
    for (int i = 0; i < scenario.sessions(); i++) {
      clients.add(new CrashClient(scenario, model.history(i), random.split()));
    }
    FaultPlan plan = FaultPlan.builder().maxDelay(4).shortTransferRate(0.05).build();
    this.simulated = directory == null ? SimulatedVolume.create(seed, plan) : null;
  }

  /** Lives it to its end, or until the time is over. */
  void run(long untilNanos) throws InterruptedException {
    int rounds = random.nextInt(1, MOST_ROUNDS + 1);
    for (int round = 0; round < rounds && System.nanoTime() < untilNanos; round++) {
      Store store = open();
      try {
        model.recovered(store, null, clients);
        work(store, untilNanos);
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      }
      if (failure.get() != null) {
        // What is left of it belongs to threads that may be stuck.
        throw new CrashViolation("in round " + round, failure.get());
      }
      if (simulated != null) {
        boolean crashes = random.nextBoolean();
        simulated = crashes ? simulated.crash() : simulated.reopen();
        count(crashes ? "crashes" : "reopened", 1);
      }
    }
    try (Store store = open()) {
      model.recovered(store, null, clients);
      clients.forEach(CrashClient::abandon);
    }
    count("pending operations", clients.stream().mapToLong(CrashClient::pendingCount).sum());
    count("lives", 1);
  }

  private Store open() {
    Volume files = simulated != null ? simulated : Volumes.open(directory, DeviceKind.AUTO);
    Volume volume = new SlowVolume(filter.apply(files));
    SplittableRandom names = random.split();
    StoreEnvironment environment =
        new StoreEnvironment(
            new ThreadDriver("soak-" + seed),
            SystemNanoClock.INSTANCE,
            System::currentTimeMillis,
            names::nextLong,
            scenario.hashMask());
    count("recoveries", 1);
    return Store.open(scenario.config(), volume, null, RecoveryProgress.NONE, environment);
  }

  private void work(Store store, long untilNanos) throws InterruptedException {
    stopped = false;
    List<Thread> threads = new ArrayList<>();
    for (CrashClient client : clients) {
      SplittableRandom own = random.split();
      threads.add(start("client of " + seed, () -> operate(store, client, own, untilNanos)));
    }
    SplittableRandom visits = random.split();
    Thread visitor = start("visitor of " + seed, () -> visit(store, visits));
    Map<Checkpoint, CheckpointKind> checkpoints = new LinkedHashMap<>();
    while (failure.get() == null && threads.stream().anyMatch(Thread::isAlive)) {
      maintain(store, checkpoints);
    }
    stopped = true;
    threads.add(visitor);
    for (Thread thread : threads) {
      join(thread);
    }
    if (failure.get() != null) {
      return;
    }
    if (random.nextBoolean()) {
      // One more, which closing abandons, or not.
      checkpoints.put(store.checkpoint(CheckpointKind.SNAPSHOT), CheckpointKind.SNAPSHOT);
    }
    store.close();
    noteNewest(checkpoints);
  }

  private Thread start(String name, Runnable body) {
    return Thread.ofPlatform().daemon().name(name).start(body);
  }

  private void join(Thread thread) throws InterruptedException {
    thread.join(LONGEST_MILLIS);
    if (thread.isAlive()) {
      CrashViolation stuck = new CrashViolation(thread.getName() + " is stuck");
      stuck.setStackTrace(thread.getStackTrace());
      failure.compareAndSet(null, stuck);
    }
  }

  private void operate(Store store, CrashClient client, SplittableRandom own, long untilNanos) {
    try {
      int operations = 100 + own.nextInt(mostOperations);
      long batches = 0;
      int done = 0;
      while (done < operations && failure.get() == null && System.nanoTime() < untilNanos) {
        if (own.nextInt(BATCH_ONE_IN) == 0) {
          int size = 1 + own.nextInt(MOST_BATCH);
          client.operateBatch(size);
          done += size;
          batches++;
        } else {
          client.operate();
          done++;
        }
        if (own.nextInt(POLL_ONE_IN) == 0) {
          client.poll();
        }
        if (own.nextInt(CHURN_ONE_IN) == 0) {
          client.close();
          client.open(store, true);
          count("sessions resumed", 1);
        }
      }
      count("operations", done);
      count("batches", batches);
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Short sessions of no importance, which read what all change. */
  private void visit(Store store, SplittableRandom own) {
    try {
      while (!stopped && failure.get() == null) {
        try (Session session = store.newSession()) {
          CrashFace face = new CrashFace(scenario.config().kind(), session);
          int reads = own.nextInt(50);
          for (int i = 0; i < reads; i++) {
            session.await(face.read(own.nextInt(scenario.sharedKeys()), (view, argument) -> {}));
          }
        }
        store.stats();
        count("visitors", 1);
        LockSupport.parkNanos(own.nextLong(CALM_NANOS));
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private void maintain(Store store, Map<Checkpoint, CheckpointKind> checkpoints) {
    CheckpointKind[] kinds = CheckpointKind.values();
    CheckpointKind kind = kinds[random.nextInt(kinds.length)];
    Checkpoint checkpoint = store.checkpoint(kind);
    checkpoint.await();
    checkpoints.put(checkpoint, kind);
    count("checkpoints " + kind, 1);
    if (random.nextInt(PRUNE_ONE_IN) == 0) {
      count("pruned", store.pruneCheckpoints(1 + random.nextInt(3)).size());
    }
    LockSupport.parkNanos(random.nextLong(CALM_NANOS));
  }

  /** The sessions know where the newest one cut them: they were told when it was durable. */
  private void noteNewest(Map<Checkpoint, CheckpointKind> checkpoints) {
    CheckpointToken newest = null;
    for (Map.Entry<Checkpoint, CheckpointKind> entry : checkpoints.entrySet()) {
      Checkpoint checkpoint = entry.getKey();
      if (entry.getValue().hasLog() && !checkpoint.future().isCompletedExceptionally()) {
        newest = checkpoint.await();
      }
    }
    if (newest != null) {
      model.acknowledge(newest, clients.stream().mapToLong(CrashClient::durableSerial).toArray());
    }
  }

  private void count(String what, long number) {
    synchronized (figures) {
      figures.merge(what, number, Long::sum);
    }
  }
}
