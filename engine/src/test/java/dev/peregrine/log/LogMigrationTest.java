package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.log.LogEnvironment;
import dev.peregrine.internal.log.OldLogs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The power goes off, or a call fails, at each step of a migration. */
class LogMigrationTest {
  private static final int ENTRIES = 60;
  private static final int LONG_BYTES = 20_000;
  private static final int SEEDS = 8;

  @TempDir Path directory;

  /** What must be the same before and after. */
  private record Content(
      long id,
      long begin,
      long end,
      long commit,
      List<LogInspector.Range> dropped,
      List<LogInspector.ConsumerInfo> consumers,
      List<Long> addresses) {}

  private static int length(int i) {
    return i % 9 == 0 ? LONG_BYTES : i * 17;
  }

  private static DurableLog open(SimulatedVolume volume) {
    return DurableLog.open(TestLogs.small().build(), LogEnvironment.stepped(volume, () -> 0, 77));
  }

  /** A log of version 1 with consumers and truncations, and something that is not committed. */
  private static SimulatedVolume oldLog(long seed) {
    SimulatedVolume volume = TestLogs.volume(seed);
    OldLogs.create(volume, 1, TestLogs.PAGE_BYTES, TestLogs.SEGMENT_BYTES);
    DurableLog log = open(volume);
    long[] addresses = new long[ENTRIES];
    for (int i = 0; i < ENTRIES; i++) {
      addresses[i] = log.append(TestLogs.entry(i, length(i)));
      if (i % 7 == 0) {
        log.commitAndWait();
      }
    }
    try (LogConsumer consumer = log.openConsumer("c", true)) {
      for (int i = 0; i < 10; i++) {
        assertTrue(consumer.next());
      }
      consumer.acknowledge();
    }
    log.commitAndWait();
    log.truncateBefore(addresses[8]);
    log.truncateAfter(addresses[50]);
    log.append(TestLogs.entry(7, 7));
    log.commitAndWait();
    while (log.tryAppend(TestLogs.entry(8, 800)) >= 0) {
      continue;
    }
    log.append(TestLogs.entry(8, 800));
    log.abandon();
    return volume.reopen();
  }

  private static Content contentOf(SimulatedVolume volume) {
    try (LogInspector inspector = LogInspector.of(volume)) {
      LogInspector.Info info = inspector.info();
      List<Long> addresses = new ArrayList<>();
      inspector.read(
          0,
          Long.MAX_VALUE,
          (address, view) -> {
            int i = 8 + addresses.size();
            int number = i == 50 ? 7 : i;
            assertTrue(TestLogs.isEntry(view, number, i == 50 ? 7 : length(i)), "entry " + i);
            addresses.add(address);
          });
      assertEquals(43, addresses.size());
      return new Content(
          info.id(),
          info.begin(),
          info.end(),
          info.commitNumber(),
          info.dropped(),
          info.consumers(),
          addresses);
    }
  }

  @Test
  void shouldBeOneOrTheOtherWhenThePowerGoesOffAtAnyStep() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      boolean done = false;
      int old = 0;
      int migrated = 0;
      for (long event = 1; !done; event++) {
        SimulatedVolume volume = oldLog(seed);
        Content before = contentOf(volume);
        FaultPlan plan =
            FaultPlan.builder().tearsSectors(seed % 2 == 0).powerOffAtEvent(event).build();
        // What was written and not synced may be gone already; what was committed is not.
        SimulatedVolume machine = volume.reopen();
        machine.close();
        SimulatedVolume dying = machine.crash(plan);
        done = migrate(dying);
        SimulatedVolume left = dying.crash();
        boolean isNew = versionOf(left) == 2;
        old += isNew ? 0 : 1;
        migrated += isNew ? 1 : 0;
        assertEquals(before, contentOf(left.reopen()), "seed " + seed + ", event " + event);
        goOn(left.reopen(), isNew || event % 2 == 0);
      }
      assertNotEquals(0, old);
      assertTrue(migrated > 1, "a cut before the end leaves a new log, too");
    }
  }

  /** False if the power went off. */
  private static boolean migrate(SimulatedVolume volume) {
    try {
      LogInspector.Migration done = LogInspector.migrate(volume, address -> {});
      assertTrue(done.changed());
      return true;
    } catch (DeviceException e) {
      return false;
    }
  }

  private static int versionOf(SimulatedVolume volume) {
    try (LogInspector inspector = LogInspector.of(volume)) {
      return inspector.info().formatVersion();
    }
  }

  /** Migrates what is left, or opens it as it is; either works on. */
  private static void goOn(SimulatedVolume volume, boolean migrates) {
    SimulatedVolume next = volume;
    if (migrates) {
      LogInspector.migrate(volume, address -> {});
      next = volume.reopen();
      assertTrue(OldLogs.isWhole(next, 2));
    }
    try (DurableLog log = open(next);
        LogConsumer consumer = log.openConsumer("c", true)) {
      log.append(TestLogs.entry(1, 1));
      log.commitAndWait();
      int left = 0;
      while (consumer.next()) {
        left++;
      }
      assertEquals(42, left);
    }
    assertEquals(migrates ? 2 : 1, versionOf(next.reopen()));
  }

  @Test
  void shouldBeOneOrTheOtherWhenACallFails() {
    boolean done = false;
    for (long call = 1; !done; call++) {
      SimulatedVolume volume = oldLog(3);
      Content before = contentOf(volume);
      SimulatedVolume machine = volume.reopen();
      machine.close();
      SimulatedVolume failing = machine.crash(FaultPlan.builder().failingVolumeCall(call).build());
      done = migrate(failing);
      assertEquals(before, contentOf(failing.reopen()), "call " + call);
      goOn(failing.reopen().crash(), true);
    }
  }

  @Test
  void shouldRefuseWhenTheLogIsDamaged() throws Exception {
    GoldenLog.unpack(1, directory);
    Path file = directory.resolve("log.000000001");
    byte[] bytes = Files.readAllBytes(file);
    bytes[5000] ^= 1;
    Files.write(file, bytes);
    assertThrows(CorruptionException.class, () -> LogInspector.migrate(directory, address -> {}));
    assertFalse(Files.exists(directory.resolve("mark.000000000")));
  }
}
