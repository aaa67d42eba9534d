package dev.peregrine.bench;

import dev.peregrine.StoreKind;
import dev.peregrine.device.DeviceKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** kill -9 of a process at work, recovery, and the check of every promise. */
@Command(
    name = "kill-loop",
    showDefaultValues = true,
    description = {
      "Lets a child process work on a store and take checkpoints of all kinds, kills it by SIGKILL"
          + " at a random moment, opens the store, and checks that of every session exactly the"
          + " operations up to its serial are there, and no promise was broken; then goes on from"
          + " there.",
      "The exit code is 0 only if every check passed in all cycles."
    })
final class KillLoopCommand implements Callable<Integer> {
  private static final int VERIFY_EVERY = 10;
  private static final long DISK_BYTES_PER_CYCLE = 32L << 20;

  @Spec private CommandSpec spec;

  @Option(names = "--cycles", paramLabel = "N", description = "How often to kill.")
  private int cycles = 20;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Decides operations and moments. Default: a random one, which is printed.")
  private Long seed;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "LONG_TO_LONG or LONG_TO_BYTES: the store.")
  private StoreKind kind = StoreKind.LONG_TO_BYTES;

  @Option(names = "--sessions", paramLabel = "N", description = "Sessions, a thread each.")
  private int sessions = 4;

  @Option(names = "--keys", paramLabel = "N", description = "Keys of each session.")
  private int keys = 20_000;

  @Option(
      names = "--promises",
      paramLabel = "N",
      description = "Soon after how many checkpoints, at most, the child is killed.")
  private int promised = 5;

  @Option(
      names = "--device",
      paramLabel = "KIND",
      description = "AUTO, URING or PREAD: how the log is accessed.")
  private DeviceKind device = DeviceKind.AUTO;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where to make the temporary directory for the store. Default: the system's place for"
              + " temporary files.")
  private Path directory;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Options.requireRange(spec, "--cycles", cycles, 1, 1_000_000);
    Options.requireRange(spec, "--sessions", sessions, 1, 64);
    Options.requireRange(spec, "--keys", keys, 100, 10_000_000);
    Options.requireRange(spec, "--promises", promised, 0, 1_000_000);
    Options.require(spec, device.hasFiles(), "--device " + device + " keeps nothing");
    Options.require(spec, kind != StoreKind.BYTES_TO_BYTES, "--kind " + kind + " is not for this");
    long chosen = seed == null ? new Random().nextInt(Integer.MAX_VALUE) : seed;
    KillPlan plan = new KillPlan(kind, chosen, sessions, keys, keys / 4, device);
    PrintWriter out = spec.commandLine().getOut();
    out.println("seed " + chosen);
    try (TempDirectory place = TempDirectory.create(directory, cycles * DISK_BYTES_PER_CYCLE)) {
      run(new KillLoop(plan, place.path()), out);
    }
    return Main.EXIT_OK;
  }

  private void run(KillLoop loop, PrintWriter out) throws IOException, InterruptedException {
    long promises = 0;
    long operations = 0;
    try (Progress progress = Progress.start(out, "kill -9", cycles, " cycles")) {
      for (int cycle = 1; cycle <= cycles; cycle++) {
        try {
          KillLoop.Outcome outcome = loop.cycle(promised);
          promises += outcome.promises();
          operations += outcome.operations();
          if (cycle % VERIFY_EVERY == 0 || cycle == cycles) {
            loop.verify();
          }
        } catch (RuntimeException e) {
          throw new CheckFailedException("cycle " + cycle + ": " + Failures.describe(e));
        }
        progress.to(cycle);
      }
    }
    out.printf(
        "%d cycles, %s checkpoints promised, %s operations of %d sessions recovered: prefix exact"
            + " for all sessions, 0 failures%n",
        cycles, Figures.count(promises), Figures.count(operations), sessions);
    out.flush();
  }
}
