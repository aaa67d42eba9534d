package dev.peregrine.bench;

import dev.peregrine.Soak;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Stores under load for as long as one likes, with pauses and slow devices. */
@Command(
    name = "soak",
    showDefaultValues = true,
    description = {
      "Runs stores of all kinds in tiny memory, one after the other: threads do all operations,"
          + " single and batched, while checkpoints of all kinds are taken and pruned, sessions"
          + " come and go, and the store is closed, crashed and recovered. Threads are stopped at"
          + " random between any two steps; devices are slow now and then. Every value is checked,"
          + " and after each recovery that each session has exactly its operations up to its commit"
          + " point.",
      "The exit code is 0 only if no store broke a promise."
    })
final class SoakCommand implements Callable<Integer> {
  private static final long DISK_BYTES = 256L << 20;

  @Spec private CommandSpec spec;

  @Option(names = "--minutes", paramLabel = "N", description = "How long, in minutes.")
  private double minutes = 10;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "Of the first store; the next ones have those that follow. Default: a random one, which"
              + " is printed.")
  private Long seed;

  @Option(names = "--threads", paramLabel = "N", description = "Stores at once.")
  private int threads = 2;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where to make the temporary directory for stores on files. Default: the system's place"
              + " for temporary files.")
  private Path directory;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures there, too.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    Options.require(
        spec, minutes > 0 && minutes <= 100_000, "--minutes " + minutes + " is no time");
    Options.requireRange(spec, "--threads", threads, 1, Version.MAX_WORKERS);
    Soak.enablePauses();
    long chosen = seed == null ? new Random().nextInt(Integer.MAX_VALUE) : seed;
    long nanos = (long) (minutes * TimeUnit.MINUTES.toNanos(1));
    PrintWriter out = spec.commandLine().getOut();
    out.println("seed " + chosen);
    Soak.Result result = run(chosen, nanos, out);
    result
        .figures()
        .forEach((name, count) -> out.printf(Locale.ROOT, "%-26s %,15d%n", name, count));
    if (!result.missed().isEmpty()) {
      out.println("nobody was at " + String.join(", ", result.missed()));
    }
    for (Soak.Failure failure : result.failures()) {
      out.printf("failed: seed %d: %s%n", failure.seed(), failure.message());
      out.printf("again: soak --seed %d --minutes %s --threads 1%n", failure.seed(), minutes);
    }
    out.println(result.failures().isEmpty() ? "0 failures" : result.failures().size() + " failed");
    out.flush();
    Report report = new Report("soak");
    report.put("seed", chosen);
    report.put("minutes", minutes);
    report.put("failedSeeds", result.failures().stream().map(Soak.Failure::seed).toList());
    report.put("figures", result.figures());
    report.put("missedPauses", result.missed());
    report.writeTo(json);
    return result.failures().isEmpty() ? Main.EXIT_OK : Main.EXIT_FAILED;
  }

  private Soak.Result run(long first, long nanos, PrintWriter out) throws IOException {
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
    try (TempDirectory place = TempDirectory.create(directory, DISK_BYTES);
        Progress progress = Progress.start(out, "soak", millis, " ms")) {
      return Soak.run(
          first,
          nanos,
          threads,
          place.path(),
          passed -> progress.to(TimeUnit.NANOSECONDS.toMillis(passed)));
    }
  }
}
