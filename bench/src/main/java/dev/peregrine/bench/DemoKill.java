package dev.peregrine.bench;

import dev.peregrine.CheckpointKind;
import dev.peregrine.StoreKind;
import dev.peregrine.device.DeviceKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The demo's leg for crashes of the store: checkpoints under load, kill -9 of the child at work,
 * recovery, verdict.
 */
final class DemoKill {
  private static final long SEED = 20_261_125;
  private static final int SESSIONS = 4;
  private static final int LEAST_KEYS = 1000;
  private static final int MOST_KEYS = 50_000;
  private static final int KEYS_SHARE = 20;
  private static final long MOST_MILLIS = 3000;
  private static final CheckpointKind[] KINDS = {
    CheckpointKind.FOLD_OVER, CheckpointKind.SNAPSHOT, CheckpointKind.INCREMENTAL
  };

  private final KillPlan plan;
  private final long millis;
  private final Path directory;
  private final PrintWriter out;

  /**
   * @param records of the demo, which decide how many keys there are
   * @param seconds of each of its workloads
   * @param device one with files
   */
  DemoKill(long records, double seconds, DeviceKind device, Path directory, PrintWriter out) {
    int keys = Math.clamp(records / KEYS_SHARE, LEAST_KEYS, MOST_KEYS);
    this.plan = new KillPlan(StoreKind.LONG_TO_BYTES, SEED, SESSIONS, keys, keys / 4, device);
    this.millis = Math.min(MOST_MILLIS, Math.round(seconds * 1000));
    this.directory = directory;
    this.out = out;
  }

  /** Runs it; throws {@link CheckFailedException} if a promise was broken. */
  void run(Report report) throws IOException, InterruptedException {
    KillLoop loop = new KillLoop(plan, directory);
    Table table =
        new Table(
            "kill -9", "checkpoints", "last took", "recovered in", "bytes read", "operations in");
    long operations = 0;
    for (CheckpointKind kind : KINDS) {
      try (Progress progress = Progress.start(out, kind.name().toLowerCase(Locale.ROOT), 1, "")) {
        KillLoop.Outcome outcome = loop.leg(kind.name(), millis);
        progress.to(1);
        operations += outcome.operations();
        table.row(
            kind.name(),
            Integer.toString(outcome.promises()),
            Figures.time(outcome.last().nanos()),
            Figures.time(outcome.recoveryNanos()),
            ByteSize.format(outcome.recovery().bytesRead()),
            Figures.count(outcome.operations()));
        report.put("kill" + kind + "RecoveryNanos", outcome.recoveryNanos());
        report.put("kill" + kind + "CheckpointNanos", outcome.last().nanos());
      }
    }
    report.put("killOperations", operations);
    out.println();
    out.print(table);
    out.printf("prefix exact for all %d sessions, after each kill%n", SESSIONS);
    out.flush();
  }
}
