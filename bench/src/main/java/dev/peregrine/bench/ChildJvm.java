package dev.peregrine.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * A Java process that is asked by lines and answers by lines. It lives until it is closed or this
 * process ends. One thread.
 */
public final class ChildJvm implements AutoCloseable {
  private static final long CLOSE_SECONDS = 20;
  private static final int TOLD_LINES = 8;

  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watch").factory());

  private final String name;
  private final Path log;
  private final Process process;
  private final PrintStream requests;
  private final BufferedReader answers;
  private final Runnable onEnd;
  private final Thread hook = new Thread(this::end);

  private ChildJvm(String name, Path log, Process process, Runnable onEnd) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.onEnd = onEnd;
    requests = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts a process of this class path and JDK.
   *
   * @param name of what is in it, for messages
   * @param prefix command and arguments that run it; may be empty
   * @param jvmArguments before the class
   * @param main the class to run
   * @param log takes what it prints
   * @param onEnd runs after its end
   */
  public static ChildJvm start(
      String name,
      List<String> prefix,
      List<String> jvmArguments,
      Class<?> main,
      Path log,
      Runnable onEnd)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.redirectError(log.toFile());
    return new ChildJvm(name, log, builder.start(), onEnd);
  }

  /** Its number. */
  public long pid() {
    return process.pid();
  }

  /**
   * Asks and waits for the answer.
   *
   * @param what the request's name, for messages
   * @param line the request
   * @param seconds the longest to wait; then the process is ended
   * @param isLast looks at each line that may be an answer, and tells whether it was the last
   * @throws CheckFailedException if it ends, or takes too long
   */
  public void ask(String what, String line, double seconds, Predicate<String> isLast)
      throws IOException {
    AtomicBoolean late = new AtomicBoolean();
    ScheduledFuture<?> end =
        WATCH.schedule(
            () -> {
              late.set(true);
              process.destroyForcibly();
            },
            Math.round(seconds * 1000),
            TimeUnit.MILLISECONDS);
    try {
      requests.println(line);
      for (String answer = nextLine(); answer != null; answer = nextLine()) {
        // Native code may print, too.
        if (answer.startsWith("{") && isLast.test(answer)) {
          return;
        }
      }
    } finally {
      end.cancel(false);
    }
    throw new CheckFailedException(
        late.get()
            ? "%s: %s took longer than %.0f s".formatted(name, what, seconds)
            : "%s: the process ended, code %d: %s".formatted(name, exitCode(), lastLines()));
  }

  /** The next line; null if there will be none, also because the process was ended. */
  private String nextLine() {
    try {
      return answers.readLine();
    } catch (IOException ended) {
      return null;
    }
  }

  private int exitCode() {
    try {
      return process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private String lastLines() throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
    int from = Math.max(0, lines.size() - TOLD_LINES);
    return String.join(" | ", lines.subList(from, lines.size()));
  }

  private void end() {
    process.destroyForcibly();
    exitCode();
    onEnd.run();
  }

  /** Lets it end by itself; ends it if it does not. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      return;
    }
    requests.close();
    exitCode();
    end();
  }
}
