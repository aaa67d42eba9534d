package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a simulated power cut may leave of files and names, and what it may not. */
final class SimulatedVolumeCrashTest extends SimulatedScenario {
  private static final int CRASHES = 1_000;
  private static final FaultPlan TEARING = FaultPlan.builder().tearsSectors(true).build();

  private static byte[] content(int bytes, long seed) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    for (int i = 0; i < bytes; i++) {
      // No zeros, which are what a lost sector reads as.
      content[i] |= 1;
    }
    return content;
  }

  private static void writeSynced(SimulatedVolume volume, String path, byte[] content) {
    volume.write(path, content);
    volume.sync(path);
  }

  @Test
  void shouldKeepWhatWasSyncedUpToTheRootWhenPowerIsCut() {
    byte[] synced = content(3000, 1);
    for (long seed = 0; seed < CRASHES; seed++) {
      SimulatedVolume volume = SimulatedVolume.create(seed, TEARING);
      volume.makeDirectory("d");
      volume.makeDirectory("d/e");
      writeSynced(volume, "d/e/tmp", synced);
      writeSynced(volume, "d/gone", synced);
      volume.rename("d/e/tmp", "d/e/a");
      volume.syncDirectory("d/e");
      volume.delete("d/gone");
      volume.syncDirectory("d");
      volume.syncDirectory("");
      volume.write("d/e/b", synced);
      volume.makeDirectory("f");
      volume.write("f/c", synced);
      SimulatedVolume after = volume.crash();
      assertArrayEquals(synced, after.read("d/e/a", 3000), volume.describe());
      assertFalse(after.exists("d/e/tmp"), volume.describe());
      assertFalse(after.exists("d/gone"), volume.describe());
      assertArrayEquals(synced, after.crash().read("d/e/a", 3000), volume.describe());
    }
  }

  /** What a crash made of a file that was written and not synced. */
  private static String fate(byte[] written, byte[] left) {
    if (Arrays.equals(written, left)) {
      return "whole";
    }
    if (left.length == 0) {
      return "empty";
    }
    if (left.length < written.length
        && Arrays.equals(written, 0, left.length, left, 0, left.length)) {
      return "shorter";
    }
    Set<String> sectors = new TreeSet<>();
    for (int from = 0; from < left.length; from += SECTOR) {
      int to = Math.min(left.length, from + SECTOR);
      byte[] zeros = new byte[to - from];
      sectors.add(
          Arrays.equals(written, from, to, left, from, to)
              ? "right"
              : Arrays.equals(zeros, 0, zeros.length, left, from, to) ? "zero" : "garbage");
    }
    return sectors.toString();
  }

  @Test
  void shouldLeaveAllNothingPartsZerosOrGarbageOfAnUnsyncedFileWhenPowerIsCut() {
    for (boolean tears : new boolean[] {false, true}) {
      byte[] written = content(3000, 2);
      Map<String, Integer> fates = new HashMap<>();
      long cut = 0;
      for (long seed = 0; seed < CRASHES; seed++) {
        SimulatedVolume volume =
            SimulatedVolume.create(seed, FaultPlan.builder().tearsSectors(tears).build());
        volume.write("a", written);
        volume.syncDirectory("");
        SimulatedVolume after = volume.crash();
        byte[] left = after.read("a", 3000);
        assertEquals(left.length < 3000 ? 1 : 0, volume.faults().cutFiles(), volume.describe());
        cut += volume.faults().cutFiles();
        fates.merge(fate(written, left), 1, Integer::sum);
      }
      Set<String> expected =
          tears
              ? Set.of(
                  "whole",
                  "empty",
                  "shorter",
                  "[zero]",
                  "[right, zero]",
                  "[garbage]",
                  "[garbage, right]",
                  "[garbage, zero]",
                  "[garbage, right, zero]")
              : Set.of("whole", "empty", "shorter", "[zero]", "[right, zero]");
      assertEquals(expected, fates.keySet(), fates + ", seeds 0 to " + (CRASHES - 1));
      assertTrue(fates.get("whole") > 20 && cut > 100, fates.toString());
    }
  }

  @Test
  void shouldKeepAnySubsetOfNamesWhenTheirDirectoryWasNotSynced() {
    Map<List<String>, Integer> left = new HashMap<>();
    for (long seed = 0; seed < CRASHES; seed++) {
      SimulatedVolume volume = SimulatedVolume.create(seed, FaultPlan.NONE);
      for (String name : List.of("a", "b", "c")) {
        writeSynced(volume, name, new byte[] {1});
      }
      SimulatedVolume after = volume.crash();
      List<String> names = after.list("");
      assertEquals(names.size(), volume.faults().keptNames(), volume.describe());
      assertEquals(3 - names.size(), volume.faults().droppedNames(), volume.describe());
      names.forEach(name -> assertArrayEquals(new byte[] {1}, after.read(name, 1)));
      left.merge(names, 1, Integer::sum);
    }
    assertEquals(8, left.size(), left.toString());
  }

  @Test
  void shouldKeepTheOldOrTheNewNamesWhenARenameWasNotSynced() {
    Set<String> left = new HashSet<>();
    for (long seed = 0; seed < CRASHES; seed++) {
      SimulatedVolume volume = SimulatedVolume.create(seed, FaultPlan.NONE);
      volume.makeDirectory("d");
      writeSynced(volume, "old", new byte[] {1});
      writeSynced(volume, "tmp", new byte[] {2});
      writeSynced(volume, "moved", new byte[] {3});
      volume.syncDirectory("");
      volume.rename("tmp", "old");
      volume.rename("moved", "d/moved");
      SimulatedVolume after = volume.crash();
      boolean renamed = !after.exists("tmp");
      assertEquals(renamed ? 2 : 1, after.read("old", 1)[0], volume.describe());
      if (!renamed) {
        assertEquals(2, after.read("tmp", 1)[0], volume.describe());
      }
      boolean moved = after.exists("d/moved");
      assertEquals(!moved, after.exists("moved"), volume.describe());
      assertEquals(3, after.read(moved ? "d/moved" : "moved", 1)[0], volume.describe());
      left.add(renamed + " " + moved);
    }
    assertEquals(4, left.size(), left.toString());
  }

  @Test
  void shouldKeepTheMoveWhenEitherDirectoryWasSynced() {
    for (String synced : List.of("d", "e")) {
      for (long seed = 0; seed < 100; seed++) {
        SimulatedVolume volume = SimulatedVolume.create(seed, FaultPlan.NONE);
        volume.makeDirectory("d");
        volume.makeDirectory("e");
        volume.syncDirectory("");
        writeSynced(volume, "e/a", new byte[] {0});
        writeSynced(volume, "d/a", new byte[] {1});
        volume.rename("d/a", "e/a");
        volume.syncDirectory(synced);
        SimulatedVolume after = volume.crash();
        assertEquals(1, after.read("e/a", 1)[0], volume.describe());
        assertFalse(after.exists("d/a"), volume.describe());
      }
    }
  }

  @Test
  void shouldForgetOrKeepADeletionWhenItWasNotSynced() {
    Set<String> left = new HashSet<>();
    for (long seed = 0; seed < CRASHES; seed++) {
      SimulatedVolume volume = SimulatedVolume.create(seed, FaultPlan.NONE);
      volume.makeDirectory("d");
      writeSynced(volume, "d/a", new byte[] {1});
      writeSynced(volume, "b", new byte[] {2});
      volume.syncDirectory("d");
      volume.syncDirectory("");
      volume.delete("d/a");
      volume.delete("d");
      volume.delete("b");
      volume.write("b", new byte[] {3});
      volume.sync("b");
      SimulatedVolume after = volume.crash();
      String b = after.exists("b") ? "" + after.read("b", 1)[0] : "none";
      left.add(b + " " + after.exists("d") + " " + after.exists("d/a"));
    }
    Set<String> expected = new HashSet<>();
    for (String b : List.of("2", "3", "none")) {
      for (String d : List.of("true true", "true false", "false false")) {
        expected.add(b + " " + d);
      }
    }
    assertEquals(expected, left);
  }

  @Test
  void shouldLoseAllThatADirectoryHoldsWhenItsOwnNameIsLost() {
    int lost = 0;
    for (long seed = 0; seed < 200; seed++) {
      SimulatedVolume volume = SimulatedVolume.create(seed, FaultPlan.NONE);
      volume.makeDirectory("d");
      writeSynced(volume, "d/a", new byte[] {1});
      try (Device device = volume.openDevice("d/s", SEGMENT_BYTES)) {
        device.ensureCapacity(1);
      }
      volume.syncDirectory("d");
      SimulatedVolume after = volume.crash();
      boolean kept = after.exists("d");
      assertEquals(
          kept ? List.of("a", "s.000000000") : List.of(), after.list("d"), volume.describe());
      lost += kept ? 0 : 1;
    }
    assertTrue(lost > 50 && lost < 150, lost + " of 200");
  }

  @Test
  void shouldKeepANewSegmentWhenTheOldOnesDeletionWasNotSynced() {
    for (long seed = 0; seed < 200; seed++) {
      SimulatedVolume volume = SimulatedVolume.create(seed, FaultPlan.NONE);
      for (int round = 1; round <= 2; round++) {
        try (Device device = volume.openDevice("s", SEGMENT_BYTES);
            DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
          device.ensureCapacity(SEGMENT_BYTES);
          write(queue, 0, round);
          drain(queue);
          device.sync();
        }
        if (round == 1) {
          volume.delete("s.000000000");
        }
      }
      SimulatedVolume after = volume.crash();
      try (Device device = after.openDevice("s", SEGMENT_BYTES);
          DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        assertEquals(2, versionOf(queue, 0), volume.describe());
      }
    }
  }

  @Test
  void shouldKeepOrLoseADeletedSegmentWithItsBytesWhenNotSynced() {
    int lost = 0;
    for (long seed = 0; seed < 200; seed++) {
      SimulatedVolume volume = SimulatedVolume.create(seed, FaultPlan.NONE);
      try (Device device = volume.openDevice("s", SEGMENT_BYTES);
          DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        device.ensureCapacity(SEGMENT_BYTES);
        write(queue, 0, 7);
        drain(queue);
        device.sync();
      }
      volume.delete("s.000000000");
      SimulatedVolume after = volume.crash();
      try (Device device = after.openDevice("s", SEGMENT_BYTES);
          DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        boolean kept = device.endOffset() == SEGMENT_BYTES;
        assertEquals(kept ? 7 : 0, versionOf(queue, 0), volume.describe());
        lost += kept ? 0 : 1;
      }
    }
    assertTrue(lost > 50 && lost < 150, lost + " of 200");
  }

  @Test
  void shouldSeeWhatWasWrittenWhenReopenedAndMayLoseItWhenThePowerIsCutThen() {
    int lost = 0;
    for (long seed = 0; seed < 100; seed++) {
      SimulatedVolume volume = SimulatedVolume.create(seed, FaultPlan.NONE);
      volume.write("a", new byte[] {1});
      volume.close();
      SimulatedVolume again = volume.reopen();
      assertEquals(1, again.read("a", 1)[0]);
      again.close();
      lost += volume.crash().exists("a") ? 0 : 1;
    }
    assertTrue(lost > 25 && lost < 75, lost + " of 100");
  }
}
