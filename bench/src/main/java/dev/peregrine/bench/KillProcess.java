package dev.peregrine.bench;

import dev.peregrine.CheckpointToken;
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
  private static final String END = " .";
  private static final int END_SECONDS = 60;

  /**
   * A promise.
   *
   * @param token the checkpoint
   * @param kind its kind
   * @param nanos how long it took
   * @param serials what each session knew to be durable after it
   */
  record Durable(CheckpointToken token, String kind, long nanos, long[] serials) {}

  private final Process process;
  private final Thread listener;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final List<Durable> durables = new ArrayList<>();
  private final long[] ids;
  private String failure;
  private boolean silent;

  private KillProcess(Process process, int sessions) {
    this.process = process;
    this.ids = new long[sessions];
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
        if (line.endsWith(END)) {
          take(line.substring(0, line.length() - END.length()).split(" "));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ready.countDown();
      silence();
    }
  }

  private synchronized void silence() {
    silent = true;
    notifyAll();
  }

  private synchronized void take(String[] words) {
    switch (words[0]) {
      case "session" -> ids[Integer.parseInt(words[1])] = Long.parseLong(words[2]);
      case "ready" -> ready.countDown();
      case "durable" -> {
        long[] serials = new long[ids.length];
        for (int i = 0; i < serials.length; i++) {
          serials[i] = Long.parseLong(words[4 + i]);
        }
        CheckpointToken token = CheckpointToken.parse(words[1]);
        durables.add(new Durable(token, words[2], Long.parseLong(words[3]), serials));
        notifyAll();
      }
      default -> failure = String.join(" ", words);
    }
  }

  /** Waits until all sessions work, or the child has ended. */
  void awaitReady() throws InterruptedException {
    ready.await();
  }

  /** Waits for so many promises, or for the child's end. */
  synchronized void awaitDurables(int count) throws InterruptedException {
    while (durables.size() < count && !silent) {
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
    process.destroyForcibly();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new CheckFailedException("the child does not end");
    }
    listener.join();
    synchronized (this) {
      if (failure != null) {
        throw new CheckFailedException("the child says: " + failure);
      }
    }
    if (!alive) {
      throw new CheckFailedException("the child ended with exit code " + process.exitValue());
    }
  }

  /** The promises, in their order. */
  synchronized List<Durable> durables() {
    return List.copyOf(durables);
  }

  /** The sessions' ids, 0 for those that it had not opened. */
  synchronized long[] ids() {
    return ids.clone();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
