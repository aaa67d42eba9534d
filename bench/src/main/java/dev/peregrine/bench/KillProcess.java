package dev.peregrine.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A running {@link KillChild}, and what it has said. One thread uses it, another one listens. */
final class KillProcess implements AutoCloseable {
  private static final int END_SECONDS = 60;

  private final Process process;
  private final Thread listener;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final KillTranscript transcript;
  private boolean silent;

  private KillProcess(Process process, int sessions) {
    this.process = process;
    this.transcript = new KillTranscript(sessions);
    this.listener = Thread.ofPlatform().name("child").start(this::listen);
  }

  /**
   * Starts one.
   *
   * @param seed of this run
   * @param kinds a kind of checkpoint, or ALL
   * @param ids of the sessions to go on with, 0 for none
   */
  static KillProcess start(KillPlan plan, Path directory, long seed, String kinds, long[] ids)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            KillChild.class.getName(),
            directory.toString(),
            Long.toString(seed),
            kinds));
    List<String> texts = new ArrayList<>();
    for (long id : ids) {
      texts.add(Long.toString(id));
    }
    command.add(String.join(",", texts));
    command.addAll(plan.arguments());
    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    return new KillProcess(process, ids.length);
  }

  private void listen() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        take(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ready.countDown();
      silence();
    }
  }

  private synchronized void take(String line) {
    transcript.take(line);
    if (transcript.isReady()) {
      ready.countDown();
    }
    notifyAll();
  }

  private synchronized void silence() {
    silent = true;
    notifyAll();
  }

  /** Waits until all sessions work, or the child has ended. */
  void awaitReady() throws InterruptedException {
    ready.await();
  }

  /** Waits for so many promises, or for the child's end. */
  synchronized void awaitDurables(int count) throws InterruptedException {
    while (transcript.durables().size() < count && !silent) {
      wait();
    }
  }

  /**
   * Kills it by SIGKILL, and takes what it has said until then.
   *
   * @throws CheckFailedException if it had ended by itself, or said that something is wrong
   */
  void kill() throws InterruptedException {
    boolean alive = process.isAlive();
    // By its handle: the process itself would close the pipe, with what has not been read yet.
    process.toHandle().destroyForcibly();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new CheckFailedException("the child does not end");
    }
    listener.join();
    transcript().requireNoFailure();
    if (!alive) {
      throw new CheckFailedException("the child ended with exit code " + process.exitValue());
    }
  }

  /** What it has said; complete after {@link #kill}. */
  synchronized KillTranscript transcript() {
    return transcript;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
