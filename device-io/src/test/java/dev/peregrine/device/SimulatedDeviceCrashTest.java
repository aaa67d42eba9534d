package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a simulated power cut may leave, and what it may not. */
final class SimulatedDeviceCrashTest extends SimulatedScenario {
  private static final int CRASHES = 1_500;
  private static final int PAGE_SECTORS = 8;

  /** What became of each sector over many crashes. */
  private static final class Fates {
    private final Set<Integer> kept = new HashSet<>();
    private final Set<Integer> older = new HashSet<>();
    private final Set<Integer> dropped = new HashSet<>();

    void add(int sector, long version, long newest) {
      (version == newest ? kept : version == 1 ? dropped : older).add(sector);
    }
  }

  @Test
  void shouldKeepSyncedSectorsAndAnySubsetOfOthersWhenPowerIsCut() {
    Fates fates = new Fates();
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
        write(queue, SECTORS - 1, 3);
        queue.submit();
        after = device.crash();
        assertEquals(List.of(-(long) SECTORS), drain(queue).order, where);
      }
      device.close();
      List<Long> versions = versionsOf(after, SECTORS);
      for (int sector = 0; sector < SECTORS; sector++) {
        long version = versions.get(sector);
        if (sector < SECTORS / 2) {
          assertTrue(version >= 1 && version <= 3, where + " sector " + sector + ": " + version);
          fates.add(sector, version, 3);
        } else if (sector < SECTORS - 1) {
          assertEquals(1, version, where + " lost synced sector " + sector);
        } else {
          assertTrue(version == 1 || version == 3, where + " in flight: " + version);
          fates.add(sector, version, 3);
        }
      }
    }
    assertEquals(SECTORS / 2 + 1, fates.kept.size(), "kept " + fates.kept);
    assertEquals(SECTORS / 2 + 1, fates.dropped.size(), "dropped " + fates.dropped);
    assertEquals(SECTORS / 2, fates.older.size(), "older version " + fates.older);
  }

  @Test
  void shouldNeverLoseASyncedVersionWhenWritesSyncsAndPowerCutsAlternate() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      FaultPlan plan = FaultPlan.builder().maxDelay(3).shortTransferRate(0.3).build();
      SimulatedDevice device = open(seed, plan);
      long[] oldest = new long[SECTORS];
      long version = 0;
      for (int life = 0; life < 5; life++) {
        long[] newest = oldest.clone();
        SimulatedDevice after;
        try (DeviceQueue queue = device.openQueue(SECTORS, QueueMode.MOVABLE)) {
          for (int step = 0; step < 20; step++) {
            int first = random.nextInt(SECTORS - PAGE_SECTORS);
            int count = 1 + random.nextInt(PAGE_SECTORS);
            write(queue, first, count, ++version);
            for (int sector = first; sector < first + count; sector++) {
              newest[sector] = version;
            }
            if (step < 19 || random.nextBoolean()) {
              drain(queue);
            } else {
              queue.submit();
            }
            if (step < 19 && random.nextInt(4) == 0) {
              device.sync();
              oldest = newest.clone();
            }
          }
          after = device.crash(plan);
        }
        device.close();
        device = after;
        try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
          for (int sector = 0; sector < SECTORS; sector++) {
            long found = versionOf(queue, sector);
            assertTrue(
                found >= oldest[sector] && found <= newest[sector],
                "seed " + seed + " life " + life + " sector " + sector + " has " + found);
            oldest[sector] = found;
          }
        }
      }
      device.close();
    }
  }

  @Test
  void shouldTearLongWritesAtSectorsWhenPowerIsCut() {
    for (boolean delivered : new boolean[] {true, false}) {
      int torn = 0;
      int whole = 0;
      int lost = 0;
      for (long seed = 0; seed < 200; seed++) {
        SimulatedDevice device = open(seed, FaultPlan.NONE);
        SimulatedDevice after;
        try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
          write(queue, 0, PAGE_SECTORS, 7);
          if (delivered) {
            drain(queue);
          } else {
            queue.submit();
          }
          after = device.crash();
        }
        device.close();
        List<Long> versions = versionsOf(after, PAGE_SECTORS);
        int survived = Collections.frequency(versions, 7L);
        int zero = Collections.frequency(versions, 0L);
        assertEquals(PAGE_SECTORS, survived + zero, "seed " + seed + ": " + versions);
        torn += survived > 0 && zero > 0 ? 1 : 0;
        whole += zero == 0 ? 1 : 0;
        lost += survived == 0 ? 1 : 0;
      }
      String sums = torn + " torn, " + whole + " whole, " + lost + " lost, seeds 0 to 199";
      assertTrue(torn > 40 && whole > 20 && lost > 20, sums);
    }
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
      List<Long> versions = versionsOf(device.crash(), 2);
      device.close();
      assertEquals(1, versions.get(0), "seed " + seed);
      garbage += versions.get(1) == GARBAGE ? 1 : 0;
    }
    assertTrue(garbage > 10 && garbage < 190, garbage + " of 200 sectors, seeds 0 to 199");
  }

  @Test
  void shouldLeaveAllNothingOrAPartOfALongRangeWhenPowerIsCut() {
    int all = 0;
    int nothing = 0;
    for (long seed = 0; seed < 200; seed++) {
      SimulatedDevice device = open(seed, FaultPlan.NONE);
      try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        write(queue, 0, 2 * SECTORS, 1);
        drain(queue);
      }
      int survived = Collections.frequency(versionsOf(device.crash(), 2 * SECTORS), 1L);
      device.close();
      all += survived == 2 * SECTORS ? 1 : 0;
      nothing += survived == 0 ? 1 : 0;
    }
    String sums = all + " whole, " + nothing + " lost, of 200, seeds 0 to 199";
    assertTrue(all > 5 && nothing > 5 && all + nothing < 150, sums);
  }

  @Test
  void shouldLeaveWhatASyncCoveredWhenAShortWriteIsInFlight() {
    FaultPlan plan = FaultPlan.builder().shortTransferRate(1).tearsSectors(true).build();
    int covered = 0;
    for (long seed = 0; seed < 100; seed++) {
      SimulatedDevice device = open(seed, plan);
      SimulatedDevice after;
      List<Long> before = new ArrayList<>();
      try (DeviceQueue writer = device.openQueue(1, QueueMode.MOVABLE);
          DeviceQueue reader = device.openQueue(1, QueueMode.MOVABLE)) {
        write(writer, 0, PAGE_SECTORS, 2);
        assertEquals(0, writer.poll(new Log(), 1));
        device.sync();
        for (int sector = 0; sector < PAGE_SECTORS; sector++) {
          before.add(versionOf(reader, sector));
        }
        after = device.crash();
      }
      device.close();
      List<Long> versions = versionsOf(after, PAGE_SECTORS);
      for (int sector = 0; sector < PAGE_SECTORS && before.get(sector) == 2; sector++) {
        assertEquals(2, versions.get(sector), "seed " + seed + " sector " + sector);
        covered++;
      }
    }
    assertTrue(covered > 50, covered + " sectors were covered, seeds 0 to 99");
  }

  @Test
  void shouldCountTheFateOfEachUnsyncedSectorWhenPowerIsCut() {
    for (long seed = 0; seed < 100; seed++) {
      SimulatedDevice device = open(seed, FaultPlan.builder().tearsSectors(true).build());
      try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        write(queue, 0, 2 * PAGE_SECTORS, 1);
        drain(queue);
        device.sync();
        write(queue, 0, PAGE_SECTORS, 2);
        drain(queue);
      }
      List<Long> versions = versionsOf(device.crash(), 2 * PAGE_SECTORS);
      device.close();
      FaultCounts faults = device.faults();
      String where = "seed " + seed + ": " + versions;
      assertEquals(Collections.frequency(versions, 2L), faults.keptSectors(), where);
      assertEquals(Collections.frequency(versions, GARBAGE), faults.tornSectors(), where);
      assertEquals(
          Collections.frequency(versions, 1L) - PAGE_SECTORS, faults.droppedSectors(), where);
    }
  }

  /** Writes rising versions to a sector and syncs, until the power is off; the last synced one. */
  private static long writeUntilPowerIsOff(SimulatedDevice device, int sector, AtomicLong synced) {
    try (NativeRegion own = NativeRegion.reserve(SECTOR);
        DeviceQueue queue = device.openQueue(1, QueueMode.SINGLE_THREAD)) {
      for (long version = 1; ; version++) {
        Memory.putLong(own.address(), version);
        assertTrue(queue.write((long) sector * SECTOR, own.address(), SECTOR, 1));
        if (drain(queue).failure != null) {
          return synced.get();
        }
        device.sync();
        synced.set(version);
      }
    } catch (IllegalStateException e) {
      assertTrue(e.getMessage().contains("power"), e.getMessage());
      return synced.get();
    }
  }

  @Test
  void shouldKeepWhatEachThreadSyncedWhenPowerIsCutMeanwhile() throws Exception {
    int threads = 3;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (long seed = 0; seed < 50; seed++) {
        SimulatedDevice device = open(seed, FaultPlan.builder().maxDelay(2).build());
        List<Future<Long>> writers = new ArrayList<>();
        AtomicLong[] synced = new AtomicLong[threads];
        for (int i = 0; i < threads; i++) {
          int sector = i;
          synced[i] = new AtomicLong();
          writers.add(executor.submit(() -> writeUntilPowerIsOff(device, sector, synced[sector])));
        }
        while (synced[0].get() < 3 || synced[threads - 1].get() < 3) {
          Thread.onSpinWait();
        }
        SimulatedDevice after = device.crash();
        long[] promised = new long[threads];
        for (int i = 0; i < threads; i++) {
          promised[i] = writers.get(i).get();
        }
        device.close();
        try (after;
            DeviceQueue queue = after.openQueue(1, QueueMode.MOVABLE)) {
          for (int sector = 0; sector < threads; sector++) {
            assertTrue(queue.read((long) sector * SECTOR, buffer, SECTOR, 1));
            drain(queue);
            long found = Memory.getLong(buffer);
            assertTrue(
                found >= promised[sector] && found <= promised[sector] + 1,
                "seed " + seed + ": " + found + " after " + promised[sector]);
          }
        }
      }
    }
  }
}
