package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CorruptionException;
import dev.peregrine.Seeds;
import dev.peregrine.device.DeviceKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bits flip in the files of a log, and files end early. */
class DamagedLogTest {
  private static final int ENTRIES = 150;

  @TempDir Path directory;

  private LogConfig config(Path log) {
    return new LogConfig(
        log,
        DeviceKind.PREAD,
        TestLogs.MEMORY_BYTES,
        TestLogs.PAGE_BYTES,
        TestLogs.SEGMENT_BYTES,
        TestLogs.MOST_ENTRY_BYTES,
        2,
        Long.MAX_VALUE,
        0,
        false);
  }

  private long[] fill(Path log) {
    long[] addresses = new long[ENTRIES];
    for (int round = 0; round < 2; round++) {
      try (DurableLog open = DurableLog.open(config(log))) {
        for (int i = round * ENTRIES / 2; i < (round + 1) * ENTRIES / 2; i++) {
          addresses[i] = open.append(TestLogs.entry(i, i % 20 == 0 ? 9000 : i * 5));
          if (i % 10 == 0) {
            open.commitAndWait();
          }
        }
      }
    }
    return addresses;
  }

  private static List<Path> files(Path log) throws IOException {
    try (Stream<Path> files = Files.list(log)) {
      return files.filter(file -> !file.endsWith("lock")).sorted().toList();
    }
  }

  private static void requireSameOrDamaged(Path log, String what) {
    try (LogInspector inspector = LogInspector.open(log)) {
      LogInspector.Verification found = inspector.verify(address -> {});
      if (found.damagedAt() < 0) {
        assertEquals(ENTRIES, found.entries(), what);
        List<Integer> seen = new ArrayList<>();
        inspector.read(
            0,
            Long.MAX_VALUE,
            (address, view) -> {
              int i = seen.size();
              assertTrue(TestLogs.isEntry(view, i, i % 20 == 0 ? 9000 : i * 5), what);
              seen.add(i);
            });
      }
    }
  }

  @Test
  void shouldNoticeOrNotMindWhenABitFlips() {
    Seeds.run(
        1,
        seed -> {
          Path log = directory.resolve("flips" + seed);
          fill(log);
          SplittableRandom random = new SplittableRandom(seed);
          for (Path file : files(log)) {
            long size = Files.size(file);
            int flips = (int) Math.min(size, 250);
            for (int i = 0; i < flips; i++) {
              long at = size <= flips ? i : random.nextLong(size);
              int bit = random.nextInt(8);
              flip(file, at, bit);
              requireSameOrDamaged(log, file + " byte " + at + " bit " + bit);
              flip(file, at, bit);
            }
          }
          requireSameOrDamaged(log, "no damage");
        });
  }

  private static void flip(Path file, long at, int bit) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1 << bit));
      channel.write(one.flip(), at);
    }
  }

  @Test
  void shouldNoticeOrNotMindWhenAFileEndsEarly() {
    Seeds.run(
        1,
        seed -> {
          Path log = directory.resolve("cuts" + seed);
          fill(log);
          SplittableRandom random = new SplittableRandom(seed);
          for (Path file : files(log)) {
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < 30; i++) {
              int length = random.nextInt(whole.length);
              Files.write(file, Arrays.copyOf(whole, length));
              requireSameOrDamaged(log, file + " of length " + length);
            }
            Files.write(file, whole);
          }
        });
  }

  @Test
  void shouldRefuseToOpenAndNameTheAddressWhenACommittedEntryIsDamaged() throws Exception {
    Path log = directory.resolve("log");
    long[] addresses = fill(log);
    long bad = addresses[ENTRIES - 3];
    Path file = log.resolve(String.format("log.%09d", bad / TestLogs.SEGMENT_BYTES));
    flip(file, bad % TestLogs.SEGMENT_BYTES + 9, 3);
    CorruptionException e =
        assertThrows(CorruptionException.class, () -> DurableLog.open(config(log)).close());
    assertTrue(e.getMessage().contains("address "), e.getMessage());

    LogInspector.Repair repair = LogInspector.repair(log);
    assertTrue(repair.damagedAt() <= bad && repair.end() <= bad);
    assertFalse(repair.backups().isEmpty());
    try (DurableLog open = DurableLog.open(config(log));
        LogReader reader = open.openReader()) {
      int count = 0;
      while (reader.next()) {
        assertTrue(TestLogs.isEntry(reader.entry(), count, count % 20 == 0 ? 9000 : count * 5));
        count++;
      }
      assertTrue(count > ENTRIES / 2 && count < ENTRIES - 2, "entries " + count);
      open.append(TestLogs.entry(7, 7));
      open.commitAndWait();
      assertTrue(reader.next());
      assertFalse(reader.next());
    }
  }

  @Test
  void shouldFindDamageWhenReadingWhatOpeningDoesNotLookAt() throws Exception {
    Path log = directory.resolve("log");
    long[] addresses = fill(log);
    flip(log.resolve("log.000000000"), addresses[2] + 9, 0);
    long extent = addresses[2] & -4096;
    try (DurableLog open = DurableLog.open(config(log));
        LogReader reader = open.openReader()) {
      CorruptionException e = assertThrows(CorruptionException.class, () -> drain(reader));
      assertTrue(e.getMessage().contains("address " + extent), e.getMessage());
    }
    assertEquals(extent, LogInspector.repair(log).damagedAt());
    assertEquals(-1, LogInspector.repair(log).damagedAt());
  }

  private static void drain(LogReader reader) {
    while (reader.next()) {
      continue;
    }
  }

  @Test
  void shouldChangeNothingWhenInspected() throws Exception {
    Path log = directory.resolve("log");
    fill(log);
    List<byte[]> before = new ArrayList<>();
    for (Path file : files(log)) {
      before.add(Files.readAllBytes(file));
    }
    try (LogInspector inspector = LogInspector.open(log)) {
      assertEquals(ENTRIES, inspector.verify(address -> {}).entries());
      assertEquals(0, inspector.info().uncommittedBytes());
    }
    assertThrows(
        RuntimeException.class, () -> LogInspector.open(directory.resolve("absent")).close());
    assertFalse(Files.exists(directory.resolve("absent")));
    List<Path> files = files(log);
    assertEquals(before.size(), files.size());
    for (int i = 0; i < files.size(); i++) {
      assertEquals(-1, Arrays.mismatch(before.get(i), Files.readAllBytes(files.get(i))));
    }
  }
}
