package dev.peregrine.bench;

import dev.peregrine.device.DeviceKind;
import dev.peregrine.log.LogCrashViolation;
import dev.peregrine.log.LogKillLoop;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Kills a process that writes a durable log, again and again. */
@Command(
    name = "log-kill-loop",
    showDefaultValues = true,
    description = {
      "Kills a process whose two producers append to a durable log with group commit while a"
          + " consumer follows, and checks after each kill that no acknowledged entry is lost, none"
          + " torn and none there twice.",
      "The exit code is 0 if every promise was kept, 1 if not."
    })
final class LogKillCommand implements Callable<Integer> {
  private static final long NEEDED_BYTES = 512L << 20;

  @Spec private CommandSpec spec;

  @Option(names = "--rounds", paramLabel = "N", description = "How often to kill.")
  private int rounds = 20;

  @Option(names = "--seed", paramLabel = "S", description = "Decides the moments.")
  private long seed = 1;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where the log goes, in a directory of its own that is deleted afterwards.")
  private Path directory;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (TempDirectory temporary = TempDirectory.create(directory, NEEDED_BYTES)) {
      LogKillLoop loop =
          new LogKillLoop(temporary.path().resolve("killed-log"), DeviceKind.AUTO, true, seed);
      LogKillLoop.Round last = null;
      for (int i = 1; i <= rounds; i++) {
        last = loop.round();
        out.printf(
            "kill %d: %d promises kept, %d entries, %d of them beyond the promises, begin %d%n",
            i, last.promises(), last.entries(), last.unacknowledged(), last.begin());
        out.flush();
      }
      out.printf(
          "log-kill-loop: kills=%d promises=%d violations=0%n",
          rounds, last == null ? 0 : last.promises());
      return Main.EXIT_OK;
    } catch (LogCrashViolation e) {
      out.println("VIOLATION: " + e.getMessage());
      return Main.EXIT_FAILED;
    } finally {
      out.flush();
    }
  }
}
