package dev.peregrine.bench;

import dev.peregrine.CheckpointInfo;
import dev.peregrine.CheckpointToken;
import dev.peregrine.CorruptionException;
import dev.peregrine.RecoveryProgress;
import dev.peregrine.StoreFiles;
import dev.peregrine.StoreIoException;
import dev.peregrine.VerifyReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Looks after the checkpoints of a store that is not open. */
@Command(
    name = "checkpoints",
    description = {
      "Lists, verifies or prunes the checkpoints of a store that no process has open. Opening a"
          + " store needs none of it.",
      "The exit code is 0 if all is well, 1 if a problem was found, 2 if the arguments can't be"
          + " used."
    },
    subcommands = {
      CheckpointsCommand.ListCommand.class,
      CheckpointsCommand.VerifyCommand.class,
      CheckpointsCommand.PruneCommand.class
    })
final class CheckpointsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "list, verify or prune is missing");
  }

  /** What the three have in common. */
  abstract static class Base implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The store's directory.")
    private Path directory;

    @Option(names = "--json", description = "Print one JSON document instead of text.")
    private boolean json;

    abstract int run(Path store, PrintWriter out);

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

    final void print(PrintWriter out, Object document) {
      out.println(
          JsonMapper.builder()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .build()
              .writeValueAsString(document));
    }
  }

  /** Lists. */
  @Command(
      name = "list",
      description =
          "Lists the checkpoints, oldest first, with what each needs and what is wrong with it.")
  static final class ListCommand extends Base {
    @Override
    int run(Path store, PrintWriter out) {
      List<CheckpointInfo> infos = StoreFiles.list(store);
      if (json()) {
        print(out, Map.of("checkpoints", infos.stream().map(ListCommand::document).toList()));
      } else {
        out.print(table(infos));
      }
      return infos.stream().allMatch(info -> info.problem() == null)
          ? Main.EXIT_OK
          : Main.EXIT_FAILED;
    }

    private static Map<String, Object> document(CheckpointInfo info) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("token", info.token().toString());
      document.put("kind", info.kind() == null ? null : info.kind().name());
      document.put("created", info.created() == null ? null : info.created().toString());
      document.put("version", info.version());
      document.put("cut", info.cut());
      document.put("bytes", info.bytes());
      document.put("sessions", info.sessions());
      document.put("base", info.base() == null ? null : info.base().toString());
      document.put("index", info.index() == null ? null : info.index().toString());
      document.put("problem", info.problem());
      return document;
    }

    private static Table table(List<CheckpointInfo> infos) {
      Table table =
          new Table("checkpoint", "kind", "created", "cut", "own files", "sessions", "needs");
      for (CheckpointInfo info : infos) {
        table.row(
            info.token().toString(),
            info.kind() == null ? "-" : info.kind().name(),
            info.created() == null ? "-" : info.created().toString(),
            Figures.count(info.cut()),
            ByteSize.format(info.bytes()),
            Integer.toString(info.sessions()),
            info.problem() == null ? needs(info) : "PROBLEM: " + info.problem());
      }
      return table;
    }

    private static String needs(CheckpointInfo info) {
      List<String> needed = new ArrayList<>();
      if (info.base() != null) {
        needed.add("snapshot " + info.base().sequence());
      }
      if (info.index() != null && !info.index().equals(info.token())) {
        needed.add("index " + info.index().sequence());
      }
      return needed.isEmpty() ? "-" : String.join(", ", needed);
    }
  }

  /** Verifies. */
  @Command(
      name = "verify",
      description =
          "Verifies a checkpoint deeply: every byte, every record, every chain, every entry of the"
              + " index. It changes nothing.")
  static final class VerifyCommand extends Base {
    private static final int PERCENT = 100;

    @Option(
        names = "--token",
        paramLabel = "TOKEN",
        converter = TokenConverter.class,
        description = "The checkpoint, as list prints it. Default: the newest.")
    private CheckpointToken token;

    @Override
    int run(Path store, PrintWriter out) {
      try {
        report(out, json() ? verify(store, RecoveryProgress.NONE) : verifyShown(store, out));
        return Main.EXIT_OK;
      } catch (CorruptionException | StoreIoException e) {
        String problem = Failures.describe(e);
        if (json()) {
          print(out, Map.of("ok", false, "problem", problem));
        } else {
          out.println("PROBLEM: " + problem);
        }
        return Main.EXIT_FAILED;
      }
    }

    private VerifyReport verify(Path store, RecoveryProgress listener) {
      return StoreFiles.verify(store, token, listener);
    }

    private VerifyReport verifyShown(Path store, PrintWriter out) {
      try (Progress progress = Progress.start(out, "verify", PERCENT, " %")) {
        return verify(store, (read, total) -> progress.to(PERCENT * read / Math.max(1, total)));
      }
    }

    private void report(PrintWriter out, VerifyReport report) {
      if (json()) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("ok", true);
        document.put("token", report.token().toString());
        document.put("pages", report.pages());
        document.put("records", report.records());
        document.put("invalidRecords", report.invalidRecords());
        document.put("bytesRead", report.bytesRead());
        print(out, document);
      } else {
        out.printf(
            "checkpoint %s is good: %s pages, %s records, %s read%n",
            report.token(),
            Figures.count(report.pages()),
            Figures.count(report.records()),
            ByteSize.format(report.bytesRead()));
      }
    }
  }

  /** Prunes. */
  @Command(
      name = "prune",
      showDefaultValues = true,
      description = "Deletes the oldest checkpoints, but not what those that stay need.")
  static final class PruneCommand extends Base {
    @Option(
        names = "--keep",
        paramLabel = "N",
        required = true,
        description = "How many that can be recovered to stay.")
    private int keep;

    @Override
    int run(Path store, PrintWriter out) {
      List<String> deleted =
          StoreFiles.prune(store, keep).stream().map(CheckpointToken::toString).toList();
      if (json()) {
        print(out, Map.of("deleted", deleted));
      } else {
        deleted.forEach(name -> out.println("deleted " + name));
        out.printf("%d deleted%n", deleted.size());
      }
      return Main.EXIT_OK;
    }
  }

  /** Takes tokens as they are printed. */
  static final class TokenConverter implements ITypeConverter<CheckpointToken> {
    @Override
    public CheckpointToken convert(String text) {
      try {
        return CheckpointToken.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
