package dev.peregrine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** Many simulated lives, on several threads; what a command and tests need of the simulation. */
public final class CrashCampaign {
  private static final int FRAMES_THAT_SPILL = 4;
  private static final int FRAMES_THAT_DO_NOT = 32;

  /**
   * A life in which the store broke a promise.
   *
   * @param seed runs it again
   * @param message what was wrong
   */
  public record Failure(long seed, String message) {}

  /**
   * What came of it.
   *
   * @param lives seeds, or cuts, that were run
   * @param failures those that failed, by their seeds
   * @param figures what was met: crashes, recoveries, faults planned and reached …
   */
  public record Result(long lives, List<Failure> failures, Map<String, Long> figures) {}

  private CrashCampaign() {}

  /** The names of the ways to break the store, in the order of the table in docs/TESTING.md. */
  public static List<String> sabotages() {
    List<String> names = new ArrayList<>();
    for (Sabotage sabotage : Sabotage.values()) {
      if (sabotage != Sabotage.NONE) {
        names.add(sabotage.name());
      }
    }
    return names;
  }

  /** What is broken in one of them, for people. */
  public static String words(String sabotage) {
    return named(sabotage).words();
  }

  /**
   * Runs the lives of some seeds.
   *
   * @param first the first seed
   * @param count how many
   * @param threads that share them
   * @param listener hears how many have been run, on any of the threads
   */
  public static Result run(long first, long count, int threads, LongConsumer listener) {
    return run(Sabotage.NONE, first, count, threads, listener);
  }

  /**
   * As {@link #run}, with a store that is broken.
   *
   * @param sabotage one of {@link #sabotages}
   */
  public static Result run(
      String sabotage, long first, long count, int threads, LongConsumer listener) {
    return run(named(sabotage), first, count, threads, listener);
  }

  /**
   * Cuts a small life of each kind of store at each of its events, and at each event of the
   * recovery that follows.
   *
   * @param crashSeeds how often each cut is made, with other sectors kept and torn
   * @param listener hears how many cuts have been made
   */
  public static Result sweep(int crashSeeds, LongConsumer listener) {
    return sweep(Sabotage.NONE, crashSeeds, true, listener);
  }

  static Result sweep(
      Sabotage sabotage, int crashSeeds, boolean inRecovery, LongConsumer listener) {
    CrashStats stats = new CrashStats();
    List<Failure> failures = new ArrayList<>();
    AtomicLong cuts = new AtomicLong();
    for (StoreKind kind : StoreKind.values()) {
      for (int frames : new int[] {FRAMES_THAT_SPILL, FRAMES_THAT_DO_NOT}) {
        CrashSweep sweep = new CrashSweep(CrashScenario.small(kind, frames), sabotage, stats);
        CrashSweep.Cut[] latest = new CrashSweep.Cut[1];
        try {
          sweep.run(
              crashSeeds,
              inRecovery,
              cut -> {
                latest[0] = cut;
                listener.accept(cuts.incrementAndGet());
              });
        } catch (RuntimeException | AssertionError e) {
          String where = kind + " with " + frames + " frames, " + latest[0];
          failures.add(
              new Failure(latest[0] == null ? 0 : latest[0].crashSeed(), where + ": " + e));
        }
      }
    }
    return new Result(cuts.get(), failures, figures(stats));
  }

  static Result run(Sabotage sabotage, long first, long count, int threads, LongConsumer listener) {
    List<CrashStats> each = new ArrayList<>();
    return share(
        first,
        count,
        threads,
        () -> {
          CrashStats stats = new CrashStats();
          each.add(stats);
          return CrashSim.of(sabotage, stats);
        },
        () -> {
          CrashStats all = new CrashStats();
          each.forEach(all::add);
          return figures(all);
        },
        listener);
  }

  /**
   * Has threads share seeds.
   *
   * @param lives makes what one of the threads runs: it gives what is wrong with a seed, or null
   * @param figures what was met, asked for when all have ended
   * @param listener hears how many have been run, on any of the threads
   */
  public static Result share(
      long first,
      long count,
      int threads,
      Supplier<LongFunction<String>> lives,
      Supplier<Map<String, Long>> figures,
      LongConsumer listener) {
    AtomicLong next = new AtomicLong();
    AtomicLong done = new AtomicLong();
    List<Failure> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      LongFunction<String> own = lives.get();
      workers.add(
          Thread.ofPlatform()
              .name("crash-sim-" + i)
              .start(
                  () -> {
                    for (long at = next.getAndIncrement();
                        at < count;
                        at = next.getAndIncrement()) {
                      String failure = own.apply(first + at);
                      if (failure != null) {
                        failures.add(new Failure(first + at, failure));
                      }
                      listener.accept(done.incrementAndGet());
                    }
                  }));
    }
    workers.forEach(CrashCampaign::join);
    failures.sort(Comparator.comparingLong(Failure::seed));
    return new Result(done.get(), List.copyOf(failures), figures.get());
  }

  private static Map<String, Long> figures(CrashStats stats) {
    Map<String, Long> figures = new LinkedHashMap<>();
    stats.figures().forEach((figure, count) -> figures.put(figure.toString(), count));
    return figures;
  }

  private static Sabotage named(String name) {
    return Sabotage.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static void join(Thread worker) {
    try {
      worker.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while seeds are run", e);
    }
  }
}
