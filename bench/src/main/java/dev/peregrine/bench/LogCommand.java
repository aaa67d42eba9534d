package dev.peregrine.bench;

import dev.peregrine.CorruptionException;
import dev.peregrine.ValueView;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.log.DurableLog;
import dev.peregrine.log.LogConfig;
import dev.peregrine.log.LogInspector;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongConsumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Looks at a durable log, and after it. */
@Command(
    name = "log",
    description = {
      "Shows, verifies, repairs, migrates or truncates a durable log. info, dump and verify take no"
          + " lock and change nothing; the others need a log that no process has open.",
      "The exit code is 0 if all is well, 1 if a problem was found, 2 if the arguments can't be"
          + " used."
    },
    subcommands = {
      LogCommand.InfoCommand.class,
      LogCommand.DumpCommand.class,
      LogCommand.VerifyCommand.class,
      LogCommand.RepairCommand.class,
      LogMigrateCommand.class,
      LogCommand.TruncateCommand.class
    })
final class LogCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "info, dump, verify, repair, migrate or truncate is missing");
  }

  /** What they have in common. */
  abstract static class Base implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The log's directory.")
    private Path directory;

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    abstract int run(Path log, PrintWriter out);

    @Override
    public final Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      try {
        return run(directory, out);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), e.getMessage(), e);
      } finally {
        out.flush();
      }
    }

    final boolean json() {
      return json;
    }

    /** Does what hears of addresses up to the log's end, and shows how far it is. */
    static <T> T withProgress(
        String task, Path log, PrintWriter out, Function<LongConsumer, T> work) {
      long end = 1;
      try (LogInspector sizes = LogInspector.open(log)) {
        end = Math.max(1, sizes.info().end());
      } catch (CorruptionException e) {
        // The work tells.
      }
      try (Progress progress = Progress.start(out, task, end, " bytes")) {
        return work.apply(progress::to);
      }
    }

    final void print(PrintWriter out, Object document) {
      out.println(
          JsonMapper.builder()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .build()
              .writeValueAsString(document));
    }
  }

  /** Tells. */
  @Command(name = "info", description = "Tells what a log says of itself.")
  static final class InfoCommand extends Base {
    @Override
    int run(Path log, PrintWriter out) {
      try (LogInspector inspector = LogInspector.open(log)) {
        LogInspector.Info info = inspector.info();
        if (json()) {
          print(out, info);
        } else {
          out.print(table(info));
          info.problems().forEach(problem -> out.println("PROBLEM, made good: " + problem));
        }
        return info.problems().isEmpty() ? Main.EXIT_OK : Main.EXIT_FAILED;
      }
    }

    private static Table table(LogInspector.Info info) {
      Table table = new Table("log", Long.toHexString(info.id()));
      table.row("format", Integer.toString(info.formatVersion()));
      table.row("page", ByteSize.format(info.pageBytes()));
      table.row("segment", ByteSize.format(info.segmentBytes()));
      table.row("files", ByteSize.format(info.fileBytes()));
      table.row("generation", Integer.toString(info.generation()));
      table.row("begin", Long.toString(info.begin()));
      table.row("committed", Long.toString(info.end()));
      table.row("commits", Long.toString(info.commitNumber()));
      table.row("durable mark", Long.toString(info.mark()));
      table.row("not committed", ByteSize.format(info.uncommittedBytes()));
      for (LogInspector.Range range : info.dropped()) {
        table.row("dropped", range.start() + " to " + range.end());
      }
      for (LogInspector.ConsumerInfo consumer : info.consumers()) {
        String holds = consumer.holdsTruncation() ? ", holds truncation" : "";
        table.row("consumer " + consumer.name(), consumer.address() + holds);
      }
      return table;
    }
  }

  /** Shows entries. */
  @Command(
      name = "dump",
      showDefaultValues = true,
      description = "Shows the committed entries, one a line: address, length, bytes.")
  static final class DumpCommand extends Base {
    @Option(names = "--from", paramLabel = "ADDRESS", description = "Where to begin.")
    private long from;

    @Option(names = "--limit", paramLabel = "N", description = "How many at most.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--bytes", paramLabel = "N", description = "How much of each is shown.")
    private int mostBytes = 32;

    @Override
    int run(Path log, PrintWriter out) {
      try (LogInspector inspector = LogInspector.open(log)) {
        inspector.read(from, limit, (address, entry) -> show(out, address, entry));
        return Main.EXIT_OK;
      }
    }

    private void show(PrintWriter out, long address, ValueView entry) {
      byte[] shown = new byte[Math.clamp(mostBytes, 0, entry.length())];
      for (int i = 0; i < shown.length; i++) {
        shown[i] = entry.getByte(i);
      }
      String hex = HexFormat.of().formatHex(shown);
      if (json()) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("address", address);
        document.put("length", entry.length());
        document.put("bytes", hex);
        out.println(new JsonMapper().writeValueAsString(document));
      } else {
        String more = shown.length < entry.length() ? "…" : "";
        out.println(address + " " + entry.length() + " " + hex + more);
      }
    }
  }

  /** Verifies. */
  @Command(
      name = "verify",
      description = "Checks every committed byte and reads every entry. It changes nothing.")
  static final class VerifyCommand extends Base {
    @Override
    int run(Path log, PrintWriter out) {
      try (LogInspector inspector = LogInspector.open(log)) {
        LogInspector.Verification found =
            json()
                ? inspector.verify(address -> {})
                : withProgress("verify", log, out, inspector::verify);
        if (json()) {
          print(out, found);
        } else if (found.damagedAt() >= 0) {
          out.println("DAMAGED at address " + found.damagedAt() + ": " + found.reason());
        } else {
          out.printf(
              "the log is good: %s entries of %s, %s extents, %s commits%n",
              Figures.count(found.entries()),
              ByteSize.format(found.entryBytes()),
              Figures.count(found.extents()),
              Figures.count(found.commits()));
        }
        return found.damagedAt() < 0 ? Main.EXIT_OK : Main.EXIT_FAILED;
      }
    }
  }

  /** Repairs. */
  @Command(
      name = "repair",
      description =
          "Cuts a damaged log off at the end of the last good commit. Committed entries behind the"
              + " damage are lost to the log; their bytes are copied to files in its directory.")
  static final class RepairCommand extends Base {
    @Option(
        names = "--truncate-at-corruption",
        required = true,
        description = "Says that this is wanted.")
    private boolean wanted;

    @Override
    int run(Path log, PrintWriter out) {
      // Refuses a directory without a log, which the repair's lock would be put in.
      LogInspector.open(log).close();
      LogInspector.Repair repair = LogInspector.repair(log);
      if (json()) {
        print(out, repair);
      } else if (repair.damagedAt() < 0) {
        out.println("the log is good: nothing was done");
      } else {
        out.printf(
            "damaged at address %d: cut off at %d; %s behind it were committed and are lost%n",
            repair.damagedAt(), repair.end(), ByteSize.format(repair.lostBytes()));
        repair.backups().forEach(name -> out.println("what was cut is in " + name));
      }
      return Main.EXIT_OK;
    }
  }

  /** Truncates. */
  @Command(name = "truncate", description = "Drops the entries before or after an address.")
  static final class TruncateCommand extends Base {
    /** One of the two. */
    static final class Where {
      @Option(
          names = "--before",
          paramLabel = "ADDRESS",
          description = "Drop what lies below; whole segment files are deleted.")
      private Long before;

      @Option(
          names = "--after",
          paramLabel = "ADDRESS",
          description = "Drop the entry at this address and all behind it.")
      private Long after;
    }

    @ArgGroup(multiplicity = "1")
    private Where where;

    @Override
    int run(Path log, PrintWriter out) {
      try (LogInspector there = LogInspector.open(log)) {
        there.info();
      }
      LogConfig config = LogConfig.builder(log).device(DeviceKind.AUTO).build();
      try (DurableLog open = DurableLog.open(config)) {
        if (where.before != null) {
          open.truncateBefore(where.before);
        } else {
          open.truncateAfter(where.after);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("begin", open.beginAddress());
        document.put("committed", open.committedAddress());
        if (json()) {
          print(out, document);
        } else {
          out.println("the log begins at " + open.beginAddress());
        }
        return Main.EXIT_OK;
      }
    }
  }
}
