package dev.peregrine.log;

import dev.peregrine.CrashCampaign;
import dev.peregrine.CrashCampaign.Failure;
import dev.peregrine.CrashCampaign.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;

/** Many {@link LogCrashRun}s, on several threads: seed by seed, or at each event of some. */
public final class LogCrashCampaign {
  private LogCrashCampaign() {}

  /** The names of the ways to break the ground that a log stands on. */
  public static List<String> sabotages() {
    List<String> names = new ArrayList<>();
    for (LogSabotage sabotage : LogSabotage.values()) {
      if (sabotage != LogSabotage.NONE) {
        names.add(sabotage.name());
      }
    }
    return names;
  }

  /** What is broken in one of them, for people. */
  public static String words(String sabotage) {
    return named(sabotage).words();
  }

  private static LogSabotage named(String name) {
    return LogSabotage.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /**
   * Runs seeds.
   *
   * @param first the first
   * @param count how many
   * @param threads that share them
   * @param listener hears how many have been run, on any of the threads
   */
  public static Result run(long first, long count, int threads, LongConsumer listener) {
    return run(LogSabotage.NONE, first, count, threads, listener);
  }

  /**
   * As {@link #run}, on ground that is broken.
   *
   * @param sabotage one of {@link #sabotages}
   */
  public static Result run(
      String sabotage, long first, long count, int threads, LongConsumer listener) {
    return run(named(sabotage), first, count, threads, listener);
  }

  static Result run(
      LogSabotage sabotage, long first, long count, int threads, LongConsumer listener) {
    LogCrashStats all = new LogCrashStats();
    return CrashCampaign.share(
        first,
        count,
        threads,
        () -> seed -> failureOf(new LogCrashRun(seed, sabotage, 0), all),
        all::figures,
        listener);
  }

  /** What was wrong in a run, or null; then what it met is added. */
  private static String failureOf(LogCrashRun run, LogCrashStats all) {
    try {
      LogCrashStats stats = run.run();
      synchronized (all) {
        all.add(stats);
      }
      return null;
    } catch (LogCrashViolation e) {
      return e.getMessage();
    }
  }

  /**
   * Cuts the power before each event of the first round of some seeds.
   *
   * @param seeds how many, from 1 on
   * @param listener hears how many cuts have been made
   */
  public static Result sweep(int seeds, LongConsumer listener) {
    LogCrashStats all = new LogCrashStats();
    List<Failure> failures = new ArrayList<>();
    long cuts = 0;
    for (long seed = 1; seed <= seeds; seed++) {
      boolean reached = true;
      for (long event = 1; reached; event++) {
        LogCrashRun run = new LogCrashRun(seed, LogSabotage.NONE, event);
        String failure = failureOf(run, all);
        if (failure != null) {
          failures.add(new Failure(seed, failure));
        }
        reached = run.isCutReached();
        if (reached) {
          listener.accept(++cuts);
        }
      }
    }
    return new Result(cuts, failures, all.figures());
  }
}
