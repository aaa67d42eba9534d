package dev.peregrine.log;

import dev.peregrine.device.DeviceKind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The process that is killed: two producers append to a log and have it committed, one consumer
 * follows, checks, acknowledges and truncates. It tells each promise in a line on standard output.
 *
 * <pre>
 *   ready .
 *   durable PRODUCER NUMBER .     the producer's entries up to this number are committed
 *   failed REASON .
 * </pre>
 *
 * It ends by itself when standard input does: then its parent has died.
 */
public final class LogKillChild {
  /** How many producers. */
  static final int PRODUCERS = 2;

  static final String CONSUMER = "follower";
  static final String END = " .";

  private static final int FIRST_NUMBER = 3;
  private static final int EXIT_ORPHAN = 3;
  private static final int EXIT_FAILED = 1;
  private static final int ENTRIES_A_COMMIT = 40;
  private static final int ENTRIES_A_LOOK = 300;
  private static final long KEPT_BYTES = 8 << 20;

  private final DurableLog log;
  private final boolean truncates;
  private final PrintStream out = System.out;

  private LogKillChild(DurableLog log, boolean truncates) {
    this.log = log;
    this.truncates = truncates;
  }

  static LogConfig config(Path directory, DeviceKind device) {
    return LogConfig.builder(directory)
        .device(device)
        .memoryBytes(16 << 20)
        .pageBytes(256 << 10)
        .segmentBytes(4 << 20)
        .commitEach(Duration.ofMillis(20))
        .build();
  }

  /**
   * Runs it.
   *
   * @param args the directory, the kind of device, whether the consumer truncates, and the number
   *     with which each producer goes on
   */
  public static void main(String[] args) {
    Thread.ofPlatform().daemon().name("parent").start(LogKillChild::awaitParentsEnd);
    LogConfig config = config(Path.of(args[0]), DeviceKind.valueOf(args[1]));
    LogKillChild child = new LogKillChild(DurableLog.open(config), Boolean.parseBoolean(args[2]));
    for (int i = 0; i < PRODUCERS; i++) {
      int producer = i;
      long first = Long.parseLong(args[FIRST_NUMBER + i]);
      Thread.ofPlatform()
          .name("producer-" + i)
          .start(() -> child.run(() -> child.produce(producer, first)));
    }
    Thread.ofPlatform().name("consumer").start(() -> child.run(child::consume));
    child.say("ready");
  }

  private static void awaitParentsEnd() {
    try {
      while (System.in.read() >= 0) {
        continue;
      }
    } catch (IOException e) {
      // As good as its end.
    }
    Runtime.getRuntime().halt(EXIT_ORPHAN);
  }

  private interface Work {
    void run() throws Exception;
  }

  private void run(Work work) {
    try {
      work.run();
    } catch (Throwable e) {
      say("failed " + e);
      Runtime.getRuntime().halt(EXIT_FAILED);
    }
  }

  private void say(String words) {
    out.println(words + END);
    out.flush();
  }

  private void produce(int producer, long first) {
    for (long number = first; ; number++) {
      log.append(LogKillEntry.of(producer, number));
      if (number % ENTRIES_A_COMMIT == producer) {
        log.commitAndWait();
        say("durable " + producer + " " + number);
      }
    }
  }

  private void consume() throws InterruptedException {
    LogKillCheck check = new LogKillCheck(PRODUCERS);
    try (LogConsumer consumer = log.openConsumer(CONSUMER, true)) {
      for (; ; ) {
        if (consumer.poll(check, ENTRIES_A_LOOK) == 0) {
          consumer.await(1, TimeUnit.SECONDS);
          continue;
        }
        consumer.acknowledge();
        if (truncates && consumer.position() - log.beginAddress() > 2 * KEPT_BYTES) {
          log.truncateBefore(consumer.acknowledged());
        }
      }
    }
  }
}
