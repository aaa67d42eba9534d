package dev.peregrine.bench;

import dev.peregrine.log.LogInspector;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Migrates a durable log. */
@Command(
    name = "migrate",
    description = {
      "Brings a log to the latest version of the format, after every byte of it has been checked."
          + " Entries, addresses, consumers and truncations stay. If it does not come to its end,"
          + " the log is of the one version or the other: call it again. Earlier releases can't"
          + " open the log afterwards."
    })
final class LogMigrateCommand extends LogCommand.Base {
  @Override
  int run(Path log, PrintWriter out) {
    // Refuses a directory without a log, which the migration's lock would be put in.
    LogInspector.open(log).close();
    LogInspector.Migration done =
        json()
            ? LogInspector.migrate(log, address -> {})
            : withProgress("check", log, out, progress -> LogInspector.migrate(log, progress));
    if (json()) {
      print(out, done);
    } else if (done.changed()) {
      out.printf(
          "migrated from format %d to %d: %s entries%n",
          done.from(), done.to(), Figures.count(done.entries()));
    } else {
      out.println("the log is of format " + done.to() + ": nothing was done");
    }
    return Main.EXIT_OK;
  }
}
