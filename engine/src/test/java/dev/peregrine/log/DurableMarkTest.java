package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.Volume;
import dev.peregrine.device.Volumes;
import dev.peregrine.internal.log.LogEnvironment;
import dev.peregrine.internal.log.OldLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last commit before a power cut is damaged afterwards. */
class DurableMarkTest {
  private static final int ENTRIES = 5;
  private static final int MARK_BYTES = 4096;
  private static final long LOOK_NANOS = 20_000_000;

  @TempDir Path directory;

  private DurableLog open() {
    long[] nanos = new long[1];
    return DurableLog.open(
        GoldenLog.config(directory),
        LogEnvironment.stepped(
            Volumes.open(directory, DeviceKind.PREAD), () -> nanos[0] += LOOK_NANOS, 5));
  }

  /** Commits entries, each by itself; leaves the log as a crash does, a while after the last. */
  private long[] writeAndCrash(boolean waits) throws InterruptedException {
    DurableLog log = open();
    long[] addresses = new long[ENTRIES];
    for (int i = 0; i < ENTRIES; i++) {
      addresses[i] = log.append(TestLogs.entry(i, 100));
      log.commitAndWait();
    }
    if (waits) {
      leaveAlone(log);
    }
    log.abandon();
    return addresses;
  }

  private static void leaveAlone(DurableLog log) throws InterruptedException {
    try (LogReader reader = log.openReader(log.committedAddress())) {
      assertFalse(reader.next());
      assertFalse(reader.await(1, TimeUnit.SECONDS));
    }
  }

  private void damage(String file, long at) throws IOException {
    Path path = directory.resolve(file);
    byte[] bytes = Files.readAllBytes(path);
    bytes[(int) at] ^= 1;
    Files.write(path, bytes);
  }

  private long countEntries() {
    try (DurableLog log = open();
        LogReader reader = log.openReader()) {
      int count = 0;
      while (reader.next()) {
        assertTrue(TestLogs.isEntry(reader.entry(), count, 100));
        count++;
      }
      return count;
    }
  }

  @Test
  void shouldRefuseWhenTheLastCommitIsDamagedAndWasMarked() throws Exception {
    long[] addresses = writeAndCrash(true);
    long last = addresses[ENTRIES - 1];
    damage("log.000000000", last + 20);
    CorruptionException refused =
        assertThrows(CorruptionException.class, () -> DurableMarkTest.this.open().close());
    assertTrue(refused.getMessage().contains("damaged at address " + (last & -4096)));

    LogInspector.Repair repair = LogInspector.repair(directory);
    assertEquals(last & -4096, repair.damagedAt());
    assertEquals(4096, repair.lostBytes());
    assertEquals(ENTRIES - 1, countEntries());
  }

  @Test
  void shouldRefuseWhenTheFilesThatHadTheLastCommitAreGone() throws Exception {
    writeAndCrash(true);
    Files.delete(directory.resolve("log.000000000"));
    assertThrows(RuntimeException.class, () -> DurableMarkTest.this.open().close());
  }

  /** What cannot be told: no mark was due yet. The commits before it are proved by the last one. */
  @Test
  void shouldTakeItForATornTailWhenThereWasNoTimeForAMark() throws Exception {
    long[] addresses = writeAndCrash(false);
    damage("log.000000000", addresses[ENTRIES - 1] + 20);
    assertEquals(ENTRIES - 1, countEntries());
  }

  /** Why there is a second version. */
  @Test
  void shouldTakeItForATornTailWhenTheLogIsOfVersion1() throws Exception {
    try (Volume volume = Volumes.open(directory, DeviceKind.PREAD)) {
      OldLogs.create(volume, 1, TestLogs.PAGE_BYTES, TestLogs.SEGMENT_BYTES);
    }
    long[] addresses = writeAndCrash(true);
    damage("log.000000000", addresses[ENTRIES - 1] + 20);
    assertEquals(ENTRIES - 1, countEntries());
    assertFalse(Files.exists(directory.resolve("mark.000000000")));
  }

  @Test
  void shouldOpenWhenMarksAreOfAnEarlierRunOrTorn() throws Exception {
    long[] addresses = writeAndCrash(true);
    byte[] marks = Files.readAllBytes(directory.resolve("mark.000000000"));
    try (DurableLog log = open()) {
      log.truncateAfter(addresses[2]);
      log.truncateBefore(log.committedAddress());
    }
    Files.write(directory.resolve("mark.000000000"), marks);
    assertEquals(0, countEntries());
    for (int slot = 0; slot < 2; slot++) {
      writeAndCrash(true);
      damage("mark.000000000", slot * MARK_BYTES + 24L);
      assertEquals((slot + 1) * ENTRIES, countAll());
    }
  }

  private long countAll() {
    try (LogInspector inspector = LogInspector.open(directory)) {
      return inspector.verify(address -> {}).entries();
    }
  }

  @Test
  void shouldSayThatMarksAreMissingAndMakeThemAnew() throws Exception {
    writeAndCrash(true);
    Path marks = directory.resolve("mark.000000000");
    Files.delete(marks);
    try (LogInspector inspector = LogInspector.open(directory)) {
      assertEquals("[mark.000000000 is missing]", inspector.info().problems().toString());
    }
    try (DurableLog log = open()) {
      assertEquals("[mark.000000000 is missing]", log.recoveryReport().problems().toString());
    }
    try (LogInspector inspector = LogInspector.open(directory)) {
      assertEquals("[]", inspector.info().problems().toString());
    }
    byte[] bytes = Files.readAllBytes(marks);
    Arrays.fill(bytes, (byte) 7);
    Files.write(marks, bytes);
    try (LogInspector inspector = LogInspector.open(directory)) {
      assertEquals("[mark.000000000 has no good mark]", inspector.info().problems().toString());
    }
  }

  /** With the log's own threads and the real time. */
  @Test
  void shouldWriteAMarkWhenNothingIsAskedForAWhile() throws Exception {
    DurableLog log = DurableLog.open(GoldenLog.config(directory));
    try {
      for (int i = 0; i < 3; i++) {
        log.append(TestLogs.entry(i, 100));
        log.commitAndWait();
        while (markOf() < log.committedAddress()) {
          Thread.sleep(5);
        }
      }
    } finally {
      log.abandon();
    }
  }

  private long markOf() {
    try (LogInspector inspector = LogInspector.open(directory)) {
      return inspector.info().mark();
    }
  }
}
