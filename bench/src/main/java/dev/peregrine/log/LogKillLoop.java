package dev.peregrine.log;

import dev.peregrine.device.DeviceKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Kills {@link LogKillChild} with SIGKILL at random moments, and checks every promise that it made.
 * One thread.
 */
public final class LogKillLoop {
  private static final int LEAST_MILLIS = 20;
  private static final int MOST_MILLIS = 700;
  private static final int END_SECONDS = 60;
  private static final long FIRST_ADDRESS = 64;

  private final Path directory;
  private final DeviceKind device;
  private final boolean truncates;
  private final SplittableRandom random;
  private final long[] promised = new long[LogKillChild.PRODUCERS];
  private final long[] next = new long[LogKillChild.PRODUCERS];
  private long promises;

  /**
   * @param directory of the log
   * @param device how the log is read and written
   * @param truncates whether the consumer drops what it has consumed
   * @param seed of the moments
   */
  public LogKillLoop(Path directory, DeviceKind device, boolean truncates, long seed) {
    this.directory = directory;
    this.device = device;
    this.truncates = truncates;
    this.random = new SplittableRandom(seed);
    Arrays.fill(promised, -1);
  }

  /**
   * What a round has found.
   *
   * @param promises made so far
   * @param entries that are in the log
   * @param unacknowledged that are there beyond the promises
   * @param acknowledged entries that the promises are about, dropped ones included
   * @param consumed entries of those in the log that the consumer has behind it
   * @param begin of the log
   * @param openNanos how long it took to open it
   */
  public record Round(
      long promises,
      long entries,
      long unacknowledged,
      long acknowledged,
      long consumed,
      long begin,
      long openNanos) {}

  /** As {@link #round(int)}, with a moment that the seed gives. */
  public Round round() throws IOException, InterruptedException {
    return round(LEAST_MILLIS + random.nextInt(MOST_MILLIS));
  }

  /**
   * Starts a child, kills it, and checks the log.
   *
   * @param millis how long it works before
   * @throws LogCrashViolation if a promise was broken, or the child found one broken
   */
  public Round round(int millis) throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LogKillChild.class.getName(),
                directory.toString(),
                device.name(),
                Boolean.toString(truncates),
                Long.toString(next[0]),
                Long.toString(next[1]))
            .redirectError(Redirect.INHERIT)
            .start();
    Thread killer = null;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("ready" + LogKillChild.END)) {
          killer = Thread.ofPlatform().start(() -> killAfter(child, millis));
        } else if (line.endsWith(LogKillChild.END)) {
          take(line.substring(0, line.length() - LogKillChild.END.length()).split(" "));
        }
      }
    } finally {
      child.toHandle().destroyForcibly();
      if (killer != null) {
        killer.join();
      }
      child.waitFor(END_SECONDS, TimeUnit.SECONDS);
    }
    if (killer == null) {
      throw new LogCrashViolation("the child ended before it was ready");
    }
    return check();
  }

  private static void killAfter(Process child, int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    child.toHandle().destroyForcibly();
  }

  private void take(String[] words) {
    if (!words[0].equals("durable")) {
      throw new LogCrashViolation("the child says: " + String.join(" ", words));
    }
    promised[Integer.parseInt(words[1])] = Long.parseLong(words[2]);
    promises++;
  }

  private Round check() {
    LogKillCheck check = new LogKillCheck(LogKillChild.PRODUCERS);
    long before = System.nanoTime();
    try (DurableLog log = DurableLog.open(LogKillChild.config(directory, device))) {
      long openNanos = System.nanoTime() - before;
      long consumedUntil = consumedUntil(log);
      long[] consumed = new long[1];
      try (LogReader reader = log.openReader()) {
        EntryVisitor visitor =
            (address, entry) -> {
              check.onEntry(address, entry);
              consumed[0] += address < consumedUntil ? 1 : 0;
            };
        reader.poll(visitor, Integer.MAX_VALUE);
      }
      requireBeginning(check);
      long more = 0;
      long acknowledged = 0;
      for (int i = 0; i < promised.length; i++) {
        long last =
            check.last(i) < 0 && log.beginAddress() > FIRST_ADDRESS ? next[i] - 1 : check.last(i);
        if (last < promised[i]) {
          throw new LogCrashViolation(
              "producer " + i + " was promised entry " + promised[i] + ", and has " + last);
        }
        more += last - promised[i];
        acknowledged += promised[i] + 1;
        next[i] = last + 1;
      }
      return new Round(
          promises,
          check.entries(),
          more,
          acknowledged,
          consumed[0],
          log.beginAddress(),
          openNanos);
    }
  }

  private static long consumedUntil(DurableLog log) {
    if (!log.consumers().contains(LogKillChild.CONSUMER)) {
      return log.beginAddress();
    }
    try (LogConsumer consumer = log.openConsumer(LogKillChild.CONSUMER, true)) {
      return consumer.acknowledged();
    }
  }

  /** Where nothing is dropped, the first entry of each is there. */
  private void requireBeginning(LogKillCheck check) {
    for (int i = 0; i < promised.length && !truncates; i++) {
      if (promised[i] >= 0 && check.first(i) != 0) {
        throw new LogCrashViolation(
            "the first entry of producer " + i + " that is there is " + check.first(i));
      }
    }
  }
}
