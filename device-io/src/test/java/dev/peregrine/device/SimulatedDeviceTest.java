package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a simulated power cut and simulated faults may do, and what they may not. */
final class SimulatedDeviceTest {
  private static final int SECTOR = 512;
  private static final int SECTORS = 32;
  private static final long SEGMENT_BYTES = 1 << 16;
  private static final int CRASHES = 1_500;
  private static final int EIO = 5;
  private static final int ENOSPC = 28;

  private NativeRegion region;
  private long buffer;

  @BeforeEach
  void reserve() {
    region = NativeRegion.reserve(1 << 20);
    buffer = region.address();
  }

  @AfterEach
  void release() {
    region.close();
  }

  /** Delivers everything and keeps the order, the failures as negative tokens. */
  private static final class Log implements CompletionSink {
    private final List<Long> order = new ArrayList<>();
    private DeviceException failure;

    @Override
    public void onCompletion(long token, int bytes) {
      order.add(token);
    }

    @Override
    public void onFailure(long token, DeviceException cause) {
      order.add(-token);
      failure = cause;
    }
  }

  private static Log drain(DeviceQueue queue) {
    Log log = new Log();
    while (queue.inFlight() > 0) {
      queue.await(log, queue.depth(), 1);
    }
    return log;
  }

  private static SimulatedDevice open(long seed, FaultPlan plan) {
    SimulatedDevice device = SimulatedDevice.create(SEGMENT_BYTES, seed, plan);
    device.ensureCapacity(SEGMENT_BYTES);
    return device;
  }

  /** Fills a sector of the buffer so that it tells its number and version. */
  private long fill(int sector, long version) {
    long address = buffer + (long) sector * SECTOR;
    for (int at = 0; at < SECTOR; at += Long.BYTES) {
      Memory.putLong(address + at, version << 32 | sector);
    }
    return address;
  }

  /** The version in a sector that is whole, or −1. */
  private long versionOf(DeviceQueue queue, int sector) {
    long address = buffer + (long) (SECTORS + 1) * SECTOR;
    Memory.zero(address, SECTOR);
    assertTrue(queue.read((long) sector * SECTOR, address, SECTOR, 1));
    drain(queue);
    long word = Memory.getLong(address);
    for (int at = 0; at < SECTOR; at += Long.BYTES) {
      if (Memory.getLong(address + at) != word) {
        return -1;
      }
    }
    return word == 0 ? 0 : (int) word == sector ? word >>> 32 : -1;
  }

  private void write(DeviceQueue queue, int sector, long version) {
    assertTrue(queue.write((long) sector * SECTOR, fill(sector, version), SECTOR, sector + 1L));
  }

  @Test
  void shouldKeepSyncedSectorsAndAnySubsetOfOthersWhenPowerIsCut() {
    int kept = 0;
    int dropped = 0;
    int older = 0;
    int inFlightKept = 0;
    int inFlightDropped = 0;
    for (long seed = 0; seed < CRASHES; seed++) {
      String where = "seed " + seed;
      SimulatedDevice device = open(seed, FaultPlan.builder().maxDelay(2).build());
      SimulatedDevice after;
      try (DeviceQueue queue = device.openQueue(SECTORS, QueueMode.MOVABLE)) {
        for (int sector = 0; sector < SECTORS; sector++) {
          write(queue, sector, 1);
        }
        drain(queue);
        device.sync();
        for (int version = 2; version <= 3; version++) {
          for (int sector = 0; sector < SECTORS / 2; sector++) {
            write(queue, sector, version);
          }
          drain(queue);
        }
        write(queue, SECTORS - 1, 4);
        queue.submit();
        after = device.crash();
        Log late = drain(queue);
        assertEquals(List.of(-(long) SECTORS), late.order, where);
      }
      device.close();
      try (after;
          DeviceQueue queue = after.openQueue(1, QueueMode.MOVABLE)) {
        for (int sector = 0; sector < SECTORS; sector++) {
          long version = versionOf(queue, sector);
          if (sector < SECTORS / 2) {
            assertTrue(version >= 1 && version <= 3, where + " sector " + sector + ": " + version);
            kept += version == 3 ? 1 : 0;
            older += version == 2 ? 1 : 0;
            dropped += version == 1 ? 1 : 0;
          } else if (sector < SECTORS - 1) {
            assertEquals(1, version, where + " lost a synced sector " + sector);
          } else {
            assertTrue(version == 1 || version == 4, where + " in flight: " + version);
            inFlightKept += version == 4 ? 1 : 0;
            inFlightDropped += version == 1 ? 1 : 0;
          }
        }
      }
    }
    assertTrue(kept > 0 && older > 0 && dropped > 0, kept + " " + older + " " + dropped);
    assertTrue(inFlightKept > 0 && inFlightDropped > 0, inFlightKept + " " + inFlightDropped);
  }

  @Test
  void shouldTearLongWritesAtSectorsWhenPowerIsCut() {
    int torn = 0;
    for (long seed = 0; seed < 100; seed++) {
      SimulatedDevice device = open(seed, FaultPlan.NONE);
      try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        for (int sector = 0; sector < 8; sector++) {
          fill(sector, 7);
        }
        assertTrue(queue.write(0, buffer, 8 * SECTOR, 1));
        drain(queue);
      }
      try (SimulatedDevice after = device.crash();
          DeviceQueue queue = after.openQueue(1, QueueMode.MOVABLE)) {
        int survived = 0;
        for (int sector = 0; sector < 8; sector++) {
          long version = versionOf(queue, sector);
          assertTrue(version == 0 || version == 7, "seed " + seed + ": " + version);
          survived += version == 7 ? 1 : 0;
        }
        torn += survived > 0 && survived < 8 ? 1 : 0;
      }
      device.close();
    }
    assertTrue(torn > 50, torn + " of 100 writes were torn");
  }

  @Test
  void shouldLeaveGarbageOnlyInUnsyncedSectorsWhenTold() {
    int garbage = 0;
    for (long seed = 0; seed < 200; seed++) {
      SimulatedDevice device = open(seed, FaultPlan.builder().tearsSectors(true).build());
      try (DeviceQueue queue = device.openQueue(2, QueueMode.MOVABLE)) {
        write(queue, 0, 1);
        drain(queue);
        device.sync();
        write(queue, 1, 1);
        drain(queue);
      }
      try (SimulatedDevice after = device.crash();
          DeviceQueue queue = after.openQueue(1, QueueMode.MOVABLE)) {
        assertEquals(1, versionOf(queue, 0), "seed " + seed);
        garbage += versionOf(queue, 1) == -1 ? 1 : 0;
      }
      device.close();
    }
    assertTrue(garbage > 20, garbage + " of 200 sectors held garbage");
  }

  @Test
  void shouldRepeatItselfWhenSeedIsTheSame() {
    List<List<Long>> orders = new ArrayList<>();
    for (long seed : new long[] {5, 5, 6}) {
      try (SimulatedDevice device = open(seed, FaultPlan.builder().maxDelay(5).build());
          DeviceQueue queue = device.openQueue(SECTORS, QueueMode.MOVABLE)) {
        for (int sector = 0; sector < SECTORS; sector++) {
          write(queue, sector, 1);
        }
        orders.add(drain(queue).order);
        assertTrue(device.faults().reordered() > 0, device.describe());
        assertTrue(device.faults().delayed() > 0, device.describe());
      }
    }
    assertEquals(orders.get(0), orders.get(1));
    assertNotEquals(orders.get(0), orders.get(2));
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
  void shouldRefuseFurtherWritesWhenOneHasFailed() {
    try (SimulatedDevice device = open(1, FaultPlan.builder().failingWrite(2).build());
        DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      write(queue, 0, 9);
      drain(queue);
      write(queue, 1, 9);
      assertEquals(EIO, drain(queue).failure.errno());
      assertThrows(DeviceException.class, () -> write(queue, 2, 9));
      assertThrows(DeviceException.class, device::sync);
      assertEquals(9, versionOf(queue, 0));
      assertEquals(1, device.faults().writeErrors());
    }
  }

  @Test
  void shouldForgetPendingWritesForGoodWhenSyncFails() {
    int lost = 0;
    for (long seed = 0; seed < 100; seed++) {
      SimulatedDevice device = open(seed, FaultPlan.builder().failingSync(1).build());
      try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        write(queue, 0, 1);
        drain(queue);
        DeviceException first = assertThrows(DeviceException.class, device::sync);
        assertEquals(EIO, first.errno());
        assertEquals("sync", first.operation());
        assertThrows(DeviceException.class, device::sync, "a second sync must not succeed");
        assertEquals(1, versionOf(queue, 0), "reads see what was written");
      }
      assertEquals(1, device.faults().syncErrors());
      try (SimulatedDevice after = device.crash();
          DeviceQueue queue = after.openQueue(1, QueueMode.MOVABLE)) {
        lost += versionOf(queue, 0) == 0 ? 1 : 0;
      }
      device.close();
    }
    assertTrue(lost > 20 && lost < 100, lost + " of 100 were lost");
  }

  @Test
  void shouldKeepWhatIsThereWhenSpaceRunsOut() {
    FaultPlan plan = FaultPlan.builder().capacityBytes(SEGMENT_BYTES).build();
    try (SimulatedDevice device = open(1, plan);
        DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      write(queue, 0, 3);
      drain(queue);
      DeviceException e =
          assertThrows(DeviceException.class, () -> device.ensureCapacity(SEGMENT_BYTES + 1));
      assertEquals(ENOSPC, e.errno());
      assertEquals(SEGMENT_BYTES, e.offset());
      assertEquals(1, device.faults().noSpace());
      assertEquals(3, versionOf(queue, 0));
      assertEquals(SEGMENT_BYTES, device.endOffset());
    }
  }

  @Test
  void shouldDeliverWholeTransfersWhenTheyStopShort() {
    Random random = new Random(3);
    try (SimulatedDevice device =
            open(3, FaultPlan.builder().shortTransferRate(0.7).maxDelay(2).build());
        DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      for (int round = 0; round < 50; round++) {
        for (int sector = 0; sector < SECTORS; sector++) {
          fill(sector, round + 1);
        }
        int first = random.nextInt(SECTORS / 2);
        assertTrue(
            queue.write((long) first * SECTOR, buffer + (long) first * SECTOR, 16 * SECTOR, 1));
        drain(queue);
        for (int sector = first; sector < first + 16; sector++) {
          assertEquals(round + 1, versionOf(queue, sector));
        }
      }
      assertTrue(device.faults().shortTransfers() > 10, device.faults().toString());
    }
  }

  @Test
  void shouldRefuseToCrashTwice() {
    SimulatedDevice device = open(1, FaultPlan.NONE);
    device.crash().close();
    assertThrows(IllegalStateException.class, device::crash);
    assertThrows(IllegalStateException.class, () -> device.ensureCapacity(1 << 20));
    assertFalse(device.describe().isEmpty());
    device.close();
  }
}
