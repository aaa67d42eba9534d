package dev.peregrine.bench;

import dev.peregrine.bench.compare.CompareCommand;
import dev.peregrine.bench.logbench.LogBenchCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExitCodeExceptionMapper;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The entry of the executable jar: one sub-command a class, and the exit codes of all of them. */
@Command(
    name = "peregrine",
    description = "Runs and measures Peregrine, an off-heap key-value store.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Main.Version.class,
    subcommands = {
      DemoCommand.class,
      YcsbCommand.class,
      LatencyCommand.class,
      DeviceCommand.class,
      CheckpointsCommand.class,
      KillLoopCommand.class,
      LogCommand.class,
      LogKillCommand.class,
      LogBenchCommand.class,
      KillJudgeCommand.class,
      CompareCommand.class,
      CrashSimCommand.class,
      SoakCommand.class,
      JmhCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main implements Runnable {
  /** Everything was done and every check passed. */
  public static final int EXIT_OK = 0;

  /** A check failed, or the machine did: a wrong value, an I/O error. */
  public static final int EXIT_FAILED = 1;

  /** The arguments can't be used. */
  public static final int EXIT_USAGE = 2;

  @Spec private CommandSpec spec;

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command. */
  static int run(String... args) {
    return commandLine().execute(args);
  }

  /** All commands; what they print can be led elsewhere. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.getSubcommands().get("jmh").setUnmatchedOptionsArePositionalParams(true);
    IExitCodeExceptionMapper codes = cause -> EXIT_FAILED;
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExitCodeExceptionMapper(codes)
        .setParameterExceptionHandler(Main::onBadArguments)
        .setExecutionExceptionHandler(Main::onFailure);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int onBadArguments(ParameterException cause, String[] args) {
    CommandLine line = cause.getCommandLine();
    PrintWriter err = line.getErr();
    err.println("error: " + cause.getMessage());
    err.println("try: " + line.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return EXIT_USAGE;
  }

  private static int onFailure(Exception cause, CommandLine line, CommandLine.ParseResult parsed) {
    PrintWriter err = line.getErr();
    if (Failures.isExplained(cause)) {
      err.println("error: " + Failures.describe(cause));
    } else {
      cause.printStackTrace(err);
    }
    err.flush();
    return EXIT_FAILED;
  }

  /** Reads the version from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"peregrine " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
