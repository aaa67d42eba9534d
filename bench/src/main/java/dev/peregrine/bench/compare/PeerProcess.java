package dev.peregrine.bench.compare;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.PeerSetup;
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
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/**
 * An engine in a process of its own: what one engine teaches the JIT, or leaves on the heap, does
 * not touch another. It lives until it is closed or this process ends. One thread.
 */
final class PeerProcess implements AutoCloseable {
  private static final long CLOSE_SECONDS = 20;
  private static final int TOLD_LINES = 8;
  private static final int LIMIT_MILLIS = 100;
  private static final int LIMIT_TRIES = 100;

  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watch").factory());

  private final Engine engine;
  private final MemoryLimit limit;
  private final Path log;
  private final Process process;
  private final PrintStream requests;
  private final BufferedReader answers;
  private final Thread hook = new Thread(this::end);
  private volatile LongUnaryOperator limitBytes;

  private PeerProcess(Engine engine, MemoryLimit limit, Path log, Process process) {
    this.engine = engine;
    this.limit = limit;
    this.log = log;
    this.process = process;
    requests = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts a process; it has opened nothing yet.
   *
   * @param limit what bounds its memory, to be closed with it; null for nothing
   * @param log takes what it prints
   */
  static PeerProcess start(PeerSetup setup, MemoryLimit limit, Path log) throws IOException {
    List<String> command = new ArrayList<>(limit == null ? List.of() : limit.prefix());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(setup.engine().jvmArguments(setup));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(PeerMain.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.redirectError(log.toFile());
    try {
      return new PeerProcess(setup.engine(), limit, log, builder.start());
    } catch (IOException cause) {
      if (limit != null) {
        limit.close();
      }
      throw cause;
    }
  }

  /**
   * Limits its memory, if it was started with a limit, from now on and again every moment while it
   * does something.
   *
   * @param bytes the limit, by what the process takes without pages of files
   */
  void limitBy(LongUnaryOperator bytes) {
    if (limit == null) {
      return;
    }
    limitBytes = bytes;
    for (int i = 0; i < LIMIT_TRIES && !limitNow(); i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS));
    }
  }

  /** Whether it is limited; it may be unable to give back so much at once, or just have ended. */
  private boolean limitNow() {
    if (limitBytes == null) {
      return true;
    }
    try {
      limit.set(limitBytes.applyAsLong(ProcessMemory.anonymousBytes(process.pid())));
      return true;
    } catch (IOException notNow) {
      return false;
    }
  }

  /** What its memory is limited to; 0 for nothing. */
  long limitBytes() {
    return limit == null ? 0 : limit.bytes();
  }

  /** Which engine it is. */
  Engine engine() {
    return engine;
  }

  /**
   * Asks and waits for the answer.
   *
   * @param seconds the longest to wait; then the process is ended
   * @param progress is told what has been done so far
   * @throws CheckFailedException if it cannot do it, or ends
   */
  Reply ask(Request request, double seconds, LongConsumer progress) throws IOException {
    AtomicBoolean late = new AtomicBoolean();
    ScheduledFuture<?> end =
        WATCH.schedule(
            () -> {
              late.set(true);
              process.destroyForcibly();
            },
            Math.round(seconds * 1000),
            TimeUnit.MILLISECONDS);
    ScheduledFuture<?> limiting =
        WATCH.scheduleWithFixedDelay(
            this::limitNow, LIMIT_MILLIS, LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    try {
      requests.println(Json.LINES.writeValueAsString(request));
      for (String line = nextLine(); line != null; line = nextLine()) {
        if (!line.startsWith("{")) {
          continue; // native code of an engine may print, too
        }
        Reply reply = Json.LINES.readValue(line, Reply.class);
        if (reply.failure() != null) {
          throw new CheckFailedException(engine.id() + ": " + reply.failure());
        }
        if (reply.done() == null) {
          return reply;
        }
        progress.accept(reply.done());
      }
    } finally {
      end.cancel(false);
      limiting.cancel(false);
    }
    throw new CheckFailedException(
        late.get()
            ? "%s: %s took longer than %.0f s".formatted(engine.id(), request.kind(), seconds)
            : "%s: the process ended, code %d: %s".formatted(engine.id(), exitCode(), lastLines()));
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
    if (limit != null) {
      limit.close();
    }
  }

  /** Lets it close the engine and end; ends it if it does not. */
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
