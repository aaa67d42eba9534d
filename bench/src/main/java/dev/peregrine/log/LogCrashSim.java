package dev.peregrine.log;

import java.util.function.LongConsumer;

/** Runs {@link LogCrashRun} on many seeds, or at each event of one. */
public final class LogCrashSim {
  private LogCrashSim() {}

  /**
   * Runs seeds.
   *
   * @param firstSeed the first
   * @param count how many
   * @param onRun hears of each seed that is done
   * @throws LogCrashViolation for the first seed that fails
   */
  public static LogCrashStats seeds(long firstSeed, long count, LongConsumer onRun) {
    LogCrashStats sum = new LogCrashStats();
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      sum.add(new LogCrashRun(seed, LogSabotage.NONE, 0).run());
      onRun.accept(seed);
    }
    return sum;
  }

  /**
   * Cuts the power before each of the first events of a seed's first round.
   *
   * @param events how many
   */
  public static LogCrashStats events(long seed, long events) {
    LogCrashStats sum = new LogCrashStats();
    for (long event = 1; event <= events; event++) {
      sum.add(new LogCrashRun(seed, LogSabotage.NONE, event).run());
    }
    return sum;
  }

  /**
   * How many seeds it takes to notice a sabotage.
   *
   * @return −1 if none of them did
   */
  public static long seedsToNotice(LogSabotage sabotage, long firstSeed, long count) {
    for (long i = 0; i < count; i++) {
      try {
        new LogCrashRun(firstSeed + i, sabotage, 0).run();
      } catch (LogCrashViolation e) {
        return i + 1;
      }
    }
    return -1;
  }
}
