package dev.peregrine.bench;

import dev.peregrine.log.LogCrashSim;
import dev.peregrine.log.LogCrashStats;
import dev.peregrine.log.LogCrashViolation;
import dev.peregrine.log.LogSabotage;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Crashes a durable log on a simulated machine. */
@Command(
    name = "log-crash-sim",
    showDefaultValues = true,
    description = {
      "Crashes a durable log on a simulated machine, seed by seed: random work, a power cut or an"
          + " I/O error in the middle of it, torn sectors and lost names, and a look at what is"
          + " left.",
      "The exit code is 0 if the log kept its promises, 1 if not."
    })
final class LogCrashCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--seeds", paramLabel = "N", description = "How many seeds.")
  private long seeds = 1000;

  @Option(names = "--first-seed", paramLabel = "S", description = "The first seed.")
  private long firstSeed = 1;

  @Option(
      names = "--sabotage",
      paramLabel = "KIND",
      description =
          "Break the ground on purpose, to see that it is noticed: ${COMPLETION-CANDIDATES}.")
  private LogSabotage sabotage = LogSabotage.NONE;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (sabotage != LogSabotage.NONE) {
        long needed = LogCrashSim.seedsToNotice(sabotage, firstSeed, seeds);
        out.println(
            needed < 0 ? sabotage + " was not noticed" : sabotage + " noticed by seed " + needed);
        return needed < 0 ? Main.EXIT_FAILED : Main.EXIT_OK;
      }
      LogCrashStats stats;
      try (Progress progress = Progress.start(out, "log-crash-sim", seeds, " seeds")) {
        stats = LogCrashSim.seeds(firstSeed, seeds, seed -> progress.to(seed - firstSeed + 1));
      }
      out.println("log-crash-sim: " + stats + " violations=0");
      return Main.EXIT_OK;
    } catch (LogCrashViolation e) {
      out.println("VIOLATION: " + e.getMessage());
      return Main.EXIT_FAILED;
    } finally {
      out.flush();
    }
  }
}
