package dev.peregrine.bench;

import dev.peregrine.device.DeviceKind;
import dev.peregrine.log.LogCrashViolation;
import dev.peregrine.log.LogKillLoop;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * The demo's leg for the durable log: two producers with group commit and a consumer that follows,
 * kill -9 at work, reopening, verdict. The log is kept from kill to kill, and checked as a whole.
 */
final class DemoLog {
  private static final long SEED = 20_261_126;
  private static final int KILLS = 3;
  private static final long MOST_MILLIS = 700;

  private final LogKillLoop loop;
  private final int millis;
  private final PrintWriter out;

  /**
   * @param seconds of each of the demo's workloads
   * @param device one with files
   */
  DemoLog(double seconds, DeviceKind device, Path directory, PrintWriter out) {
    this.loop = new LogKillLoop(directory, device, false, SEED);
    this.millis = (int) Math.min(MOST_MILLIS, Math.round(seconds * 1000));
    this.out = out;
  }

  /** Runs it; throws {@link CheckFailedException} if a promise was broken. */
  void run(Report report) throws IOException, InterruptedException {
    Table table =
        new Table(
            "kill -9 of the log",
            "worked",
            "commits told of",
            "entries acknowledged",
            "there beyond",
            "consumer had",
            "reopened in");
    long acknowledged = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      try (Progress progress = Progress.start(out, "log " + kill, 1, "")) {
        LogKillLoop.Round round = loop.round(millis);
        progress.to(1);
        acknowledged = round.acknowledged();
        table.row(
            Integer.toString(kill),
            millis + " ms",
            Figures.count(round.promises()),
            Figures.count(acknowledged),
            Figures.count(round.unacknowledged()),
            Figures.count(round.consumed()),
            Figures.time(round.openNanos()));
        report.put("logKill" + kill + "OpenNanos", round.openNanos());
      } catch (LogCrashViolation e) {
        throw new CheckFailedException("the log broke a promise: " + e.getMessage());
      }
    }
    if (acknowledged == 0) {
      throw new CheckFailedException("no entry of the log was ever acknowledged");
    }
    report.put("logAcknowledgedEntries", acknowledged);
    out.println();
    out.print(table);
    out.printf(
        "log: %s entries acknowledged; none lost, none torn, none twice, after each of %d kills%n",
        Figures.count(acknowledged), KILLS);
    out.flush();
  }
}
