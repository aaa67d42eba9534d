package dev.peregrine.bench;

import dev.peregrine.CrashCampaign;
import dev.peregrine.CrashCampaign.Failure;
import dev.peregrine.CrashCampaign.Result;
import dev.peregrine.log.LogCrashCampaign;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Crashes simulated stores, or logs, and checks each recovery. */
@Command(
    name = "crash-sim",
    showDefaultValues = true,
    description = {
      "Runs stores on simulated machines, each life decided by a seed: sessions work, checkpoints"
          + " of all kinds are taken, the power goes off at any write, sync or rename, also in a"
          + " recovery; sectors that were not synced are kept, lost or torn, bits turn. After each"
          + " recovery every session must have exactly its operations up to its commit point.",
      "With --log the same is done to durable logs: appends, batches, commits, consumers and both"
          + " truncations; after each recovery every committed entry must be there, whole, once and"
          + " at its address, and of each batch all or nothing.",
      "The exit code is 0 only if no promise was broken; with --sabotage, only if what was broken"
          + " was noticed each time."
    })
final class CrashSimCommand implements Callable<Integer> {
  private static final long MOST_SEEDS = 1_000_000_000;
  private static final int MOST_SHOWN = 20;
  private static final int MOST_WORDS = 400;
  private static final int CRASH_SEEDS = 4;
  private static final int LOG_SEEDS = 40;
  private static final String ALL = "ALL";

  @Spec private CommandSpec spec;

  @Option(names = "--seeds", paramLabel = "N", description = "How many seeds to run.")
  private long seeds = 10_000;

  @Option(names = "--first-seed", paramLabel = "S", description = "The first of them.")
  private long firstSeed = 1;

  @Option(names = "--seed", paramLabel = "X", description = "Run this one alone.")
  private Long seed;

  @Option(names = "--threads", paramLabel = "N", description = "Threads that share the seeds.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--log", description = "Crash durable logs instead of stores.")
  private boolean log;

  @Option(
      names = "--exhaustive",
      description =
          "Instead of seeds: cut a small life of each kind of store at each of its events, and at"
              + " each event of the recovery that follows; of logs, the first run of a few seeds.")
  private boolean exhaustive;

  @Option(
      names = "--sabotage",
      paramLabel = "NAME",
      description = "Break the store in this way, or in all ways by ALL, and expect to see it.")
  private String sabotage;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there, too.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    Options.requireRange(spec, "--seeds", seeds, 1, MOST_SEEDS);
    Options.requireRange(spec, "--threads", threads, 1, Version.MAX_WORKERS);
    Options.require(
        spec, !exhaustive || sabotage == null, "--exhaustive does not go with --sabotage");
    Options.require(
        spec, !exhaustive || seed == null, "--exhaustive runs no seeds: leave out --seed");
    if (seed != null) {
      firstSeed = seed;
      seeds = 1;
    }
    return sabotage == null ? honest() : sabotaged();
  }

  private int honest() throws IOException {
    Result result = exhaustive ? sweep() : run(null, "crash-sim");
    PrintWriter out = spec.commandLine().getOut();
    result
        .figures()
        .forEach((name, count) -> out.printf(Locale.ROOT, "%-22s %,15d%n", name, count));
    out.printf(
        Locale.ROOT,
        "%,d %s run, %,d failed%n",
        result.lives(),
        exhaustive ? "cuts" : "seeds",
        result.failures().size());
    result.failures().stream().limit(MOST_SHOWN).forEach(failure -> print(out, failure));
    out.flush();
    Report report = new Report("crash-sim");
    report.put("lives", result.lives());
    report.put("failedSeeds", result.failures().stream().map(Failure::seed).toList());
    report.put("figures", result.figures());
    report.writeTo(json);
    return result.failures().isEmpty() ? Main.EXIT_OK : Main.EXIT_FAILED;
  }

  private int sabotaged() {
    String name = sabotage.toUpperCase(Locale.ROOT).replace('-', '_');
    List<String> all = log ? LogCrashCampaign.sabotages() : CrashCampaign.sabotages();
    Options.require(
        spec,
        name.equals(ALL) || all.contains(name),
        "--sabotage " + sabotage + " is none of " + all + " or ALL");
    int exit = Main.EXIT_OK;
    for (String each : name.equals(ALL) ? all : List.of(name)) {
      Result result = run(each, each.toLowerCase(Locale.ROOT));
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          Locale.ROOT,
          "%-26s %s: caught by %,d of %,d seeds%n",
          each,
          log ? LogCrashCampaign.words(each) : CrashCampaign.words(each),
          result.failures().size(),
          result.lives());
      if (result.failures().isEmpty()) {
        exit = Main.EXIT_FAILED;
      } else {
        print(out, result.failures().getFirst());
      }
      out.flush();
    }
    return exit;
  }

  private Result run(String broken, String task) {
    PrintWriter out = spec.commandLine().getOut();
    try (Progress progress = Progress.start(out, task, seeds, "seeds")) {
      if (log) {
        return broken == null
            ? LogCrashCampaign.run(firstSeed, seeds, threads, progress::to)
            : LogCrashCampaign.run(broken, firstSeed, seeds, threads, progress::to);
      }
      return broken == null
          ? CrashCampaign.run(firstSeed, seeds, threads, progress::to)
          : CrashCampaign.run(broken, firstSeed, seeds, threads, progress::to);
    }
  }

  private Result sweep() {
    PrintWriter out = spec.commandLine().getOut();
    // How many cuts there are is known at the end only: a recovery tells how many events it has.
    try (Progress progress = Progress.start(out, "exhaustive", -1, "cuts")) {
      return log
          ? LogCrashCampaign.sweep(LOG_SEEDS, progress::to)
          : CrashCampaign.sweep(CRASH_SEEDS, progress::to);
    }
  }

  private static void print(PrintWriter out, Failure failure) {
    String message = failure.message();
    String shown =
        message.length() > MOST_WORDS ? message.substring(0, MOST_WORDS) + " …" : message;
    out.printf(Locale.ROOT, "seed %d: %s%n", failure.seed(), shown);
  }
}
