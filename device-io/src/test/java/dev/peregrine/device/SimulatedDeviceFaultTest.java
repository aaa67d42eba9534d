package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** That each simulated fault is met, does what it says, and is counted once. */
final class SimulatedDeviceFaultTest extends SimulatedScenario {
  private static final int PAGE_SECTORS = 8;

  private static String where(SimulatedDevice device) {
    return device.describe() + " " + device.faults();
  }

  @Test
  void shouldCountEachRequestThatIsOvertakenOnce() {
    int reordered = 0;
    int inOrder = 0;
    for (long seed = 0; seed < 200; seed++) {
      try (SimulatedDevice device = open(seed, FaultPlan.builder().maxDelay(1).build());
          DeviceQueue queue = device.openQueue(SECTORS, QueueMode.MOVABLE)) {
        int count = 2 + (int) (seed % 4);
        for (int sector = 0; sector < count; sector++) {
          write(queue, sector, 1);
        }
        List<Long> order = drain(queue).order;
        long overtaken = 0;
        long last = 0;
        for (long token : order) {
          overtaken += token < last ? 1 : 0;
          last = Math.max(last, token);
        }
        assertEquals(overtaken, device.faults().reordered(), () -> order + ", " + where(device));
        reordered += overtaken > 0 ? 1 : 0;
        inOrder += overtaken == 0 ? 1 : 0;
      }
    }
    assertTrue(reordered > 20 && inOrder > 20, reordered + " " + inOrder + ", seeds 0 to 199");
  }

  @Test
  void shouldKeepTheOrderWhenNoDelayIsAllowed() {
    try (SimulatedDevice device = open(7, FaultPlan.NONE);
        DeviceQueue queue = device.openQueue(4, QueueMode.MOVABLE)) {
      for (int sector = 0; sector < 4; sector++) {
        write(queue, sector, 1);
      }
      assertEquals(List.of(1L, 2L, 3L, 4L), drain(queue).order);
      assertEquals(0, device.faults().reordered());
      assertEquals(0, device.faults().delayed());
    }
  }

  @Test
  void shouldDelayByPollsAndCountEachRequestOnce() {
    int delayed = 0;
    for (long seed = 0; seed < 100; seed++) {
      try (SimulatedDevice device = open(seed, FaultPlan.builder().maxDelay(3).build());
          DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        write(queue, 0, 1);
        queue.submit();
        int polls = 0;
        while (queue.inFlight() > 0) {
          queue.poll(new Log(), 1);
          polls++;
        }
        assertTrue(polls <= 4, polls + " polls, " + where(device));
        assertEquals(polls > 1 ? 1 : 0, device.faults().delayed(), () -> where(device));
        delayed += polls > 1 ? 1 : 0;
      }
    }
    assertTrue(delayed > 50 && delayed < 100, delayed + " of 100, seeds 0 to 99");
  }

  @Test
  void shouldLetTimePassWhenAwaitedThoughTheDelayIsTheLongest() {
    FaultPlan plan = FaultPlan.builder().maxDelay(Integer.MAX_VALUE).build();
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try (SimulatedDevice device = open(7, plan);
              DeviceQueue queue = device.openQueue(4, QueueMode.MOVABLE)) {
            write(queue, 0, 1);
            write(queue, 1, 1);
            assertEquals(2, drain(queue).order.size());
          }
        });
  }

  @Test
  void shouldFailTheChosenReadAndServeTheOthers() {
    try (SimulatedDevice device = open(1, FaultPlan.builder().failingRead(2).build());
        DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      write(queue, 0, 9);
      drain(queue);
      assertEquals(9, versionOf(queue, 0));
      assertTrue(queue.read(0, buffer, SECTOR, 1));
      Log log = drain(queue);
      assertEquals(List.of(-1L), log.order);
      assertEquals(EIO, log.failure.errno());
      assertEquals("read", log.failure.operation());
      assertEquals(0, log.failure.offset());
      assertEquals("simulated", log.failure.path());
      assertEquals(9, versionOf(queue, 0));
      assertEquals(1, device.faults().readErrors());
    }
  }

  @Test
  void shouldCountRequestsNotStepsWhenTheChosenOneFails() {
    for (long seed = 0; seed < 50; seed++) {
      for (int chosen = 1; chosen <= 6; chosen++) {
        FaultPlan plan =
            FaultPlan.builder().failingRead(chosen).shortTransferRate(0.8).maxDelay(2).build();
        try (SimulatedDevice device = open(seed, plan);
            DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
          write(queue, 0, PAGE_SECTORS, 1);
          drain(queue);
          for (int number = 1; number <= 6; number++) {
            assertTrue(queue.read(0, buffer, PAGE_SECTORS * SECTOR, number));
            long expected = number == chosen ? -number : number;
            assertEquals(List.of(expected), drain(queue).order, () -> where(device));
          }
          assertEquals(1, device.faults().readErrors(), () -> where(device));
        }
      }
    }
  }

  @Test
  void shouldRefuseFurtherWritesWithTheCauseWhenOneHasFailed() {
    try (SimulatedDevice device = open(1, FaultPlan.builder().failingWrite(2).build());
        DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      write(queue, 0, 9);
      drain(queue);
      write(queue, 1, 9);
      DeviceException first = drain(queue).failure;
      assertEquals(EIO, first.errno());
      assertEquals(SECTOR, first.offset());
      assertSame(first, assertThrows(DeviceException.class, () -> write(queue, 2, 9)).getCause());
      assertSame(first, assertThrows(DeviceException.class, device::sync).getCause());
      assertEquals(9, versionOf(queue, 0));
      assertEquals(1, device.faults().writeErrors());
    }
  }

  @Test
  void shouldLeaveAnyPartWhenAWriteFails() {
    boolean[] seen = new boolean[PAGE_SECTORS + 1];
    for (long seed = 0; seed < 300; seed++) {
      try (SimulatedDevice device = open(seed, FaultPlan.builder().failingWrite(1).build());
          DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        write(queue, 0, PAGE_SECTORS, 3);
        assertEquals(List.of(-1L), drain(queue).order);
        int written = 0;
        for (int sector = 0; sector < PAGE_SECTORS; sector++) {
          written += versionOf(queue, sector) == 3 ? 1 : 0;
        }
        seen[written] = true;
      }
    }
    for (int written = 0; written <= PAGE_SECTORS; written++) {
      assertTrue(seen[written], "never " + written + " sectors, seeds 0 to 299");
    }
  }

  @Test
  void shouldForgetPendingWritesForGoodWhenSyncFails() {
    int lost = 0;
    for (long seed = 0; seed < 100; seed++) {
      String where = "seed " + seed;
      SimulatedDevice device = open(seed, FaultPlan.builder().failingSync(2).build());
      try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        write(queue, PAGE_SECTORS, 5);
        drain(queue);
        device.sync();
        write(queue, 0, PAGE_SECTORS, 1);
        drain(queue);
        DeviceException first = assertThrows(DeviceException.class, device::sync, where);
        assertEquals(EIO, first.errno());
        assertEquals("sync", first.operation());
        assertEquals("simulated", first.path());
        assertEquals(0, first.offset());
        assertSame(first, assertThrows(DeviceException.class, device::sync, where).getCause());
        assertSame(first, assertThrows(DeviceException.class, () -> write(queue, 9, 1)).getCause());
        for (int sector = 0; sector < PAGE_SECTORS; sector++) {
          assertEquals(1, versionOf(queue, sector), where + ": reads see what was written");
        }
      }
      long dropped = device.faults().droppedSectors();
      assertEquals(1, device.faults().syncErrors());
      assertEquals(1, device.stats().syncs());
      List<Long> versions = versionsOf(device.crash(), PAGE_SECTORS + 1);
      device.close();
      assertEquals(5, versions.get(PAGE_SECTORS), where + " lost what was synced before");
      // Nothing was pending any more: the failed sync alone decided what is durable.
      assertEquals(dropped, Collections.frequency(versions, 0L), where + ": " + versions);
      assertEquals(dropped, device.faults().droppedSectors(), where);
      assertEquals(0, device.faults().keptSectors(), where);
      lost += dropped > 0 ? 1 : 0;
    }
    assertTrue(lost > 20 && lost < 100, lost + " of 100 lost sectors, seeds 0 to 99");
  }

  @Test
  void shouldKeepWhatIsThereWhenSpaceRunsOut() {
    FaultPlan plan = FaultPlan.builder().capacityBytes(2 * SEGMENT_BYTES).build();
    SimulatedDevice device = open(1, plan);
    try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      write(queue, 0, 3);
      drain(queue);
      device.sync();
      DeviceException e =
          assertThrows(DeviceException.class, () -> device.ensureCapacity(3 * SEGMENT_BYTES));
      assertEquals(ENOSPC, e.errno());
      assertEquals("create", e.operation());
      assertEquals(2 * SEGMENT_BYTES, e.offset());
      assertEquals(1, device.faults().noSpace());
      assertEquals(3, versionOf(queue, 0));
      assertEquals(2 * SEGMENT_BYTES, device.endOffset());
      write(queue, 1, 4);
      assertEquals(List.of(2L), drain(queue).order, "the device goes on");
      device.sync();
    }
    assertEquals(List.of(3L, 4L), versionsOf(device.crash(), 2));
    device.close();
  }

  @Test
  void shouldGrowAgainWhenTruncationGivesSpaceBack() {
    FaultPlan plan = FaultPlan.builder().capacityBytes(2 * SEGMENT_BYTES).build();
    try (SimulatedDevice device = open(1, plan)) {
      device.ensureCapacity(2 * SEGMENT_BYTES);
      assertThrows(DeviceException.class, () -> device.ensureCapacity(3 * SEGMENT_BYTES));
      device.truncateBefore(SEGMENT_BYTES);
      device.ensureCapacity(3 * SEGMENT_BYTES);
      assertEquals(1, device.faults().noSpace());
    }
  }

  @Test
  void shouldDeliverWholeTransfersWhenTheyStopShort() {
    for (double rate : new double[] {0.7, 1}) {
      Random random = new Random(3);
      try (SimulatedDevice device =
              open(3, FaultPlan.builder().shortTransferRate(rate).maxDelay(2).build());
          DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        for (int round = 1; round <= 50; round++) {
          int first = random.nextInt(SECTORS / 2);
          write(queue, first, SECTORS / 2, round);
          assertEquals(SECTORS / 2 * SECTOR, drain(queue).bytes, where(device));
          for (int sector = first; sector < first + SECTORS / 2; sector++) {
            assertEquals(round, versionOf(queue, sector), where(device));
          }
          assertTrue(queue.read(0, buffer, SECTORS / 2 * SECTOR, 1));
          assertEquals(SECTORS / 2 * SECTOR, drain(queue).bytes, where(device));
        }
        assertTrue(device.faults().shortTransfers() > 100, where(device));
      }
    }
  }

  @Test
  void shouldEndReadsAtTheEndWhenAllTransfersStopShort() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try (SimulatedDevice device =
                  open(3, FaultPlan.builder().shortTransferRate(1).maxDelay(2).build());
              DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
            assertTrue(queue.read(0, buffer, PAGE_SECTORS * SECTOR, 1));
            assertEquals(0, drain(queue).bytes);
            write(queue, 0, 3, 1);
            drain(queue);
            assertTrue(queue.read(0, buffer, PAGE_SECTORS * SECTOR, 1));
            assertEquals(3 * SECTOR, drain(queue).bytes);
          }
        });
  }

  @Test
  void shouldMeetEachRateOverManySeeds() {
    long reads = 0;
    long writes = 0;
    long syncs = 0;
    for (long seed = 0; seed < 500; seed++) {
      FaultPlan plan =
          FaultPlan.builder().readErrorRate(0.1).writeErrorRate(0.1).syncErrorRate(0.1).build();
      try (SimulatedDevice device = open(seed, plan);
          DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        boolean read = queue.read(0, buffer, SECTOR, 1);
        assertTrue(read);
        boolean readFailed = drain(queue).failure != null;
        write(queue, 0, 1);
        boolean writeFailed = drain(queue).failure != null;
        boolean syncFailed = false;
        if (!writeFailed) {
          try {
            device.sync();
          } catch (DeviceException e) {
            syncFailed = true;
          }
        }
        FaultCounts faults = device.faults();
        assertEquals(readFailed ? 1 : 0, faults.readErrors(), () -> where(device));
        assertEquals(writeFailed ? 1 : 0, faults.writeErrors(), () -> where(device));
        assertEquals(syncFailed ? 1 : 0, faults.syncErrors(), () -> where(device));
        reads += faults.readErrors();
        writes += faults.writeErrors();
        syncs += faults.syncErrors();
      }
    }
    for (long met : new long[] {reads, writes, syncs}) {
      assertTrue(met > 20 && met < 100, met + " of 500, seeds 0 to 499");
    }
  }

  @Test
  void shouldRefusePlansThatAreNonsense() {
    List<Runnable> builds =
        List.of(
            () -> FaultPlan.builder().readErrorRate(1.1).build(),
            () -> FaultPlan.builder().writeErrorRate(Double.NaN).build(),
            () -> FaultPlan.builder().syncErrorRate(-0.1).build(),
            () -> FaultPlan.builder().shortTransferRate(2).build(),
            () -> FaultPlan.builder().failingRead(-1).build(),
            () -> FaultPlan.builder().failingWrite(-1).build(),
            () -> FaultPlan.builder().failingSync(-1).build(),
            () -> FaultPlan.builder().maxDelay(-1).build(),
            () -> FaultPlan.builder().capacityBytes(-1).build());
    for (Runnable build : builds) {
      assertThrows(IllegalArgumentException.class, build::run);
    }
  }
}
