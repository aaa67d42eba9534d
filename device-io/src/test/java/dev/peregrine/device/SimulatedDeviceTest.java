package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.Memory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That a simulated device repeats itself, and its life: growth, truncation, the end. */
final class SimulatedDeviceTest extends SimulatedScenario {
  /** A life with everything that is drawn, and what it leaves: orders, counts, bytes. */
  private List<Object> live(long seed) {
    FaultPlan plan =
        FaultPlan.builder()
            .maxDelay(5)
            .shortTransferRate(0.4)
            .readErrorRate(0.2)
            .tearsSectors(true)
            .build();
    List<Object> seen = new ArrayList<>();
    SimulatedDevice device = open(seed, plan);
    SimulatedDevice after;
    try (DeviceQueue one = device.openQueue(SECTORS, QueueMode.MOVABLE);
        DeviceQueue two = device.openQueue(SECTORS, QueueMode.MOVABLE)) {
      for (int sector = 0; sector < SECTORS; sector += 2) {
        write(one, sector, 2, 1);
        assertTrue(two.read(0, buffer + (long) (SECTORS + sector) * SECTOR, SECTOR, sector + 1));
      }
      seen.add(drain(one).order);
      seen.add(drain(two).order);
      device.sync();
      for (int sector = 0; sector < SECTORS; sector += 2) {
        write(one, sector, 2, 2);
      }
      one.submit();
      Log part = new Log();
      one.poll(part, SECTORS);
      seen.add(part.order);
      seen.add(device.faults());
      after = device.crash();
    }
    seen.add(device.faults());
    device.close();
    try (after;
        DeviceQueue queue = after.openQueue(1, QueueMode.MOVABLE)) {
      assertTrue(queue.read(0, buffer, SECTORS * SECTOR, 1));
      drain(queue);
    }
    for (int at = 0; at < SECTORS * SECTOR; at += Long.BYTES) {
      seen.add(Memory.getLong(buffer + at));
    }
    return seen;
  }

  @Test
  void shouldLeaveTheSameBytesAndOrderWhenSeedIsTheSame() {
    Set<List<Object>> different = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      List<Object> first = live(seed);
      assertEquals(first, live(seed), "seed " + seed);
      different.add(first);
    }
    assertEquals(100, different.size(), "seeds 0 to 99 must differ");
  }

  @Test
  void shouldKeepSyncedDataWhenPowerIsCutAfterClose() {
    SimulatedDevice device = open(4, FaultPlan.NONE);
    device.ensureCapacity(3 * SEGMENT_BYTES);
    device.truncateBefore(0);
    try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      write(queue, 5, 6);
      drain(queue);
    }
    device.sync();
    device.close();
    SimulatedDevice after = device.crash();
    assertEquals(0, after.beginOffset());
    assertEquals(3 * SEGMENT_BYTES, after.endOffset());
    assertEquals(6, versionsOf(after, 6).get(5));
  }

  @Test
  void shouldRememberGrowthAndTruncationWhenPowerIsCut() {
    SimulatedDevice device = open(4, FaultPlan.NONE);
    device.ensureCapacity(5 * SEGMENT_BYTES);
    device.truncateBefore(2 * SEGMENT_BYTES);
    SimulatedDevice after = device.crash();
    device.close();
    assertEquals(2 * SEGMENT_BYTES, after.beginOffset());
    assertEquals(5 * SEGMENT_BYTES, after.endOffset());
    after.truncateBefore(5 * SEGMENT_BYTES);
    try (SimulatedDevice again = after.crash()) {
      assertEquals(5 * SEGMENT_BYTES, again.beginOffset());
      assertEquals(6 * SEGMENT_BYTES, again.endOffset());
    }
    after.close();
  }

  @Test
  void shouldTruncateAtOnceWhenSegmentsAreTheLongest() {
    long segmentBytes = 1L << 40;
    try (SimulatedDevice device = SimulatedDevice.create(segmentBytes, 4, FaultPlan.NONE)) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () -> {
            device.ensureCapacity(2 * segmentBytes);
            device.truncateBefore(segmentBytes);
          });
      assertEquals(segmentBytes, device.beginOffset());
    }
  }

  @Test
  void shouldFinishReadsInFlightWhenTheirSegmentIsTruncated() {
    try (SimulatedDevice device = open(4, FaultPlan.builder().maxDelay(3).build());
        DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      device.ensureCapacity(2 * SEGMENT_BYTES);
      write(queue, 0, 42);
      drain(queue);
      long address = buffer + SECTOR;
      assertTrue(queue.read(0, address, SECTOR, 1));
      queue.submit();
      device.truncateBefore(SEGMENT_BYTES);
      assertEquals(List.of(1L), drain(queue).order);
      assertEquals(42L << 32, Memory.getLong(address));
      assertTrue(queue.read(0, address, SECTOR, 1));
      assertEquals(List.of(-1L), drain(queue).order);
    }
  }

  @Test
  void shouldRefuseEverythingClearlyWhenPowerIsOff() {
    SimulatedDevice device = open(1, FaultPlan.NONE);
    try (DeviceQueue queue = device.openQueue(2, QueueMode.MOVABLE)) {
      device.crash().close();
      for (int round = 0; round < 2; round++) {
        write(queue, 1, 1);
        assertTrue(queue.read(0, buffer, SECTOR, 1));
        Log log = drain(queue);
        assertEquals(2, log.order.size());
        assertTrue(log.order.stream().allMatch(token -> token < 0), "order " + log.order);
        assertEquals(EIO, log.failure.errno());
        assertTrue(log.failure.getMessage().contains("power"), log.failure.getMessage());
      }
    }
    List<Runnable> calls =
        List.of(
            device::crash,
            device::sync,
            () -> device.ensureCapacity(2 * SEGMENT_BYTES),
            () -> device.truncateBefore(SEGMENT_BYTES),
            () -> device.openQueue(1, QueueMode.MOVABLE));
    for (Runnable call : calls) {
      String message = assertThrows(IllegalStateException.class, call::run).getMessage();
      assertTrue(message.contains("power"), message);
    }
    device.close();
  }

  @Test
  void shouldTellTheFirstSeedWhenPowerWasCutSeveralTimes() {
    SimulatedDevice device = open(987_654_321, FaultPlan.NONE);
    String first = device.describe();
    for (int life = 1; life <= 3; life++) {
      SimulatedDevice after = device.crash();
      device.close();
      device = after;
      assertTrue(device.describe().contains("seed 987654321"), device.describe());
      assertNotEquals(first, device.describe());
    }
    device.close();
  }
}
