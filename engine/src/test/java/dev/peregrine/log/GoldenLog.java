package dev.peregrine.log;

import dev.peregrine.ValueView;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.Volumes;
import dev.peregrine.internal.log.LogEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A log whose content is known, kept of each version of the format in {@code golden}: {@code
 * log-format-N.zip} has its files, {@code log-format-N.txt} says what must be found in it.
 *
 * <p>It has short and long entries, a batch, a consumer, two runs, both truncations, and a last run
 * that was not closed, with some of its entries written and not committed.
 */
final class GoldenLog {
  private static final int COUNT = 60;
  private static final int LONG_AT = 10;
  private static final int BATCH_AT = 20;
  private static final int BATCH_END = 25;
  private static final int FIRST_KEPT = 6;
  private static final int FIRST_DROPPED = 35;
  private static final int SECOND_RUN_AT = 40;
  private static final int TORN = 24;
  private static final long LOG_ID = 0x601D;
  private static final long LOOK_NANOS = 20_000_000;
  private static final String CONSUMER = "reader";

  private GoldenLog() {}

  /**
   * Makes one in the format that new logs have.
   *
   * @param args the archive to write, and the file that says what is in it
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("golden");
    write(directory);
    try (OutputStream file = Files.newOutputStream(Path.of(args[0]));
        ZipOutputStream zip = new ZipOutputStream(file);
        Stream<Path> files = Files.list(directory)) {
      for (Path each : files.filter(f -> !f.endsWith("lock")).sorted().toList()) {
        ZipEntry entry = new ZipEntry(each.getFileName().toString());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(Files.readAllBytes(each));
      }
    }
    try (LogInspector inspector = LogInspector.open(directory)) {
      Files.writeString(Path.of(args[1]), describe(inspector));
    }
  }

  /** Takes an archive of {@code golden} apart. */
  static void unpack(int version, Path directory) throws IOException {
    Files.createDirectories(directory);
    try (InputStream file = resource(version, "zip");
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.write(directory.resolve(entry.getName()), zip.readAllBytes());
      }
    }
  }

  static InputStream resource(int version, String kind) {
    return GoldenLog.class.getResourceAsStream("/golden/log-format-" + version + "." + kind);
  }

  static LogConfig config(Path directory) {
    return TestLogs.small(directory).device(DeviceKind.PREAD).build();
  }

  private static int length(int number) {
    return number % LONG_AT == 0 ? number * 700 : number * 37 % 900;
  }

  static MemorySegment entry(int number) {
    byte[] bytes = new byte[length(number)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (number * 31 + i % 100);
    }
    return MemorySegment.ofArray(bytes);
  }

  private static boolean isEntry(ValueView view, int number) {
    return view.length() == length(number)
        && MemorySegment.ofArray(view.toByteArray()).mismatch(entry(number)) < 0;
  }

  private static DurableLog open(Path directory) {
    long[] nanos = new long[1];
    return DurableLog.open(
        config(directory),
        LogEnvironment.stepped(
            Volumes.open(directory, DeviceKind.PREAD), () -> nanos[0] += LOOK_NANOS, LOG_ID));
  }

  /** Nobody wants anything of the log, until it has noted how far it is durable. */
  private static void leaveAlone(DurableLog log) throws InterruptedException {
    try (LogReader reader = log.openReader(log.committedAddress())) {
      if (reader.next() || reader.await(1, TimeUnit.SECONDS)) {
        throw new AssertionError("the log is not left alone");
      }
    }
  }

  private static void write(Path directory) throws InterruptedException {
    long[] addresses = new long[COUNT];
    try (DurableLog log = open(directory);
        LogBatch batch = log.newBatch()) {
      for (int i = 0; i < SECOND_RUN_AT; i++) {
        if (i == BATCH_AT) {
          while (i < BATCH_END) {
            batch.add(entry(i++));
          }
          log.append(batch);
        }
        addresses[i] = log.append(entry(i));
        if (i % 6 == 0) {
          log.commitAndWait();
        }
      }
      log.commitAndWait();
      try (LogConsumer consumer = log.openConsumer(CONSUMER, true)) {
        for (int i = 0; i < 2 * FIRST_KEPT; i++) {
          consumer.next();
        }
        consumer.acknowledge();
      }
    }
    DurableLog log = open(directory);
    log.truncateBefore(addresses[FIRST_KEPT]);
    log.truncateAfter(addresses[FIRST_DROPPED]);
    for (int i = SECOND_RUN_AT; i < COUNT; i++) {
      log.append(entry(i));
      if (i % 8 == 0) {
        log.commitAndWait();
      }
    }
    log.commitAndWait();
    leaveAlone(log);
    // More than memory takes, so that some of it is written, and not committed.
    while (log.tryAppend(entry(TORN)) != DurableLog.BACK_PRESSURED) {
      continue;
    }
    log.append(entry(TORN));
    log.abandon();
  }

  /** What is in it, a line a fact; throws if an entry is not as it was appended. */
  static String describe(LogInspector inspector) {
    StringBuilder text = new StringBuilder();
    LogInspector.Info info = inspector.info();
    text.append("id ").append(info.id()).append('\n');
    text.append("page ").append(info.pageBytes()).append('\n');
    text.append("segment ").append(info.segmentBytes()).append('\n');
    text.append("begin ").append(info.begin()).append('\n');
    text.append("end ").append(info.end()).append('\n');
    text.append("dropped ").append(info.uncommittedBytes()).append('\n');
    text.append("commit ").append(info.commitNumber()).append('\n');
    info.dropped().forEach(each -> text.append(each).append('\n'));
    info.consumers().forEach(each -> text.append(each).append('\n'));
    int[] number = {FIRST_KEPT};
    inspector.read(
        0,
        Long.MAX_VALUE,
        (address, view) -> {
          if (number[0] == FIRST_DROPPED) {
            number[0] = SECOND_RUN_AT;
          }
          if (!isEntry(view, number[0])) {
            throw new AssertionError("entry " + number[0] + " at " + address + " is wrong");
          }
          text.append(address).append(' ').append(view.length()).append('\n');
          number[0]++;
        });
    if (number[0] != COUNT) {
      throw new AssertionError("the last entry is " + (number[0] - 1));
    }
    return text.toString();
  }

  /** The number of entries. */
  static int count() {
    return FIRST_DROPPED - FIRST_KEPT + COUNT - SECOND_RUN_AT;
  }

  /** How many of them the consumer has behind it. */
  static int consumed() {
    return 2 * FIRST_KEPT - FIRST_KEPT;
  }
}
