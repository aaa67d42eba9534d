package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That each fault of a simulated volume is met, does what it says, and is counted. */
final class SimulatedVolumeFaultTest extends SimulatedScenario {
  private static SimulatedVolume volume(FaultPlan.Builder plan) {
    return SimulatedVolume.create(7, plan.build());
  }

  /** The calls that can fail, on a volume that holds {@code a} and {@code e}. */
  private static List<Runnable> calls(SimulatedVolume volume) {
    return List.of(
        () -> volume.makeDirectory("d"),
        () -> volume.write("b", new byte[] {2}),
        () -> volume.rename("a", "c"),
        () -> volume.delete("e"),
        () -> volume.sync("c"),
        () -> volume.syncDirectory(""));
  }

  private static void prepare(SimulatedVolume volume) {
    volume.write("a", new byte[] {1});
    volume.write("e", new byte[] {1});
  }

  private static DeviceException eio(Runnable call) {
    DeviceException e = assertThrows(DeviceException.class, call::run);
    assertEquals(EIO, e.errno(), e.getMessage());
    return e;
  }

  @Test
  void shouldFailTheChosenCallOnceAndLeaveTheNamesAsTheyWere() {
    for (int chosen = 0; chosen < 4; chosen++) {
      SimulatedVolume volume = volume(FaultPlan.builder().failingVolumeCall(chosen + 3));
      prepare(volume);
      List<Runnable> calls = calls(volume);
      for (int i = 0; i < calls.size(); i++) {
        if (i == chosen) {
          List<String> before = volume.list("");
          DeviceException e = eio(calls.get(i));
          assertFalse(e.getMessage().contains("power"), e.getMessage());
          if (i == 1 && volume.exists("b")) {
            volume.delete("b");
          }
          assertEquals(before, volume.list(""));
        }
        calls.get(i).run();
      }
      assertEquals(List.of("b", "c", "d"), volume.list(""));
      assertEquals(1, volume.faults().volumeErrors());
    }
  }

  @Test
  void shouldLeaveNothingOrAPartWhenAWriteFails() {
    byte[] written = new byte[1000];
    Arrays.fill(written, (byte) 1);
    Set<String> left = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      FaultPlan plan = FaultPlan.builder().failingVolumeCall(1).build();
      SimulatedVolume volume = SimulatedVolume.create(seed, plan);
      eio(() -> volume.write("a", written));
      int length = volume.exists("a") ? volume.read("a", 1000).length : -1;
      left.add(length < 1 ? "" + length : length < 1000 ? "part" : "all");
    }
    assertEquals(Set.of("-1", "0", "part", "all"), left);
  }

  @Test
  void shouldRefuseTheSyncOfAFileForGoodWhenOneHasFailed() {
    SimulatedVolume volume = volume(FaultPlan.builder().failingVolumeCall(3));
    volume.write("a", new byte[1000]);
    volume.write("other", new byte[1000]);
    DeviceException first = eio(() -> volume.sync("a"));
    for (int round = 0; round < 2; round++) {
      DeviceException e = eio(() -> volume.sync("a"));
      assertSame(first, e.getCause());
      assertTrue(e.getMessage().contains("refused for good"), e.getMessage());
      volume.sync("other");
      volume.syncDirectory("");
    }
    volume.rename("a", "b");
    assertSame(first, eio(() -> volume.sync("b")).getCause());
    volume.rename("other", "b");
    volume.sync("b");
    volume.write("a", new byte[1]);
    volume.sync("a");
    assertEquals(1, volume.faults().volumeErrors());
  }

  @Test
  void shouldLoseAPartOfTheBytesForGoodWhenAFilesSyncFails() {
    byte[] written = new byte[2000];
    Arrays.fill(written, (byte) 1);
    int whole = 0;
    int damaged = 0;
    for (long seed = 0; seed < 200; seed++) {
      FaultPlan plan = FaultPlan.builder().failingVolumeCall(3).build();
      SimulatedVolume volume = SimulatedVolume.create(seed, plan);
      volume.write("a", written);
      volume.syncDirectory("");
      eio(() -> volume.sync("a"));
      assertArrayEquals(written, volume.read("a", 2000), "reads see what was written");
      volume.close();
      SimulatedVolume again = volume.reopen();
      again.sync("a");
      long dropped = again.faults().droppedSectors();
      long cut = again.faults().cutFiles();
      byte[] left = again.crash().read("a", 2000);
      assertEquals(dropped + cut == 0, Arrays.equals(written, left), volume.describe());
      assertEquals(dropped, again.faults().droppedSectors(), "the failed sync alone decided");
      whole += dropped + cut == 0 ? 1 : 0;
      damaged += dropped + cut > 0 ? 1 : 0;
    }
    assertTrue(whole > 20 && damaged > 20, whole + " whole, " + damaged + " damaged");
  }

  @Test
  void shouldLoseSomeChangesForGoodWhenADirectorysSyncFails() {
    Set<List<String>> left = new HashSet<>();
    for (long seed = 0; seed < 300; seed++) {
      FaultPlan plan = FaultPlan.builder().failingVolumeCall(3).build();
      SimulatedVolume volume = SimulatedVolume.create(seed, plan);
      prepare(volume);
      eio(() -> volume.syncDirectory(""));
      assertEquals(List.of("a", "e"), volume.list(""));
      long kept = volume.faults().keptNames();
      List<String> names = volume.crash().list("");
      assertEquals(kept, names.size(), volume.describe());
      assertEquals(2 - kept, volume.faults().droppedNames(), volume.describe());
      left.add(names);
    }
    assertEquals(4, left.size(), left.toString());
  }

  @Test
  void shouldKeepToTheCapacityWithFilesAndSegmentsTogether() {
    SimulatedVolume volume = volume(FaultPlan.builder().capacityBytes(SEGMENT_BYTES + 1000));
    try (Device device = volume.openDevice("s", SEGMENT_BYTES)) {
      volume.write("a", new byte[600]);
      device.ensureCapacity(SEGMENT_BYTES);
      DeviceException e =
          assertThrows(DeviceException.class, () -> volume.write("b", new byte[401]));
      assertEquals(ENOSPC, e.errno());
      assertEquals("write", e.operation());
      assertThrows(DeviceException.class, () -> device.ensureCapacity(2 * SEGMENT_BYTES));
      assertEquals(2, volume.faults().noSpace());
      volume.write("c", new byte[400]);
      volume.makeDirectory("d");
      volume.rename("a", "c");
      volume.write("e", new byte[400]);
      volume.delete("c");
      device.truncateBefore(0);
      volume.write("f", new byte[600]);
    }
    volume.delete("f");
    volume.delete("s.000000000");
    volume.write("g", new byte[(int) SEGMENT_BYTES]);
  }

  @Test
  void shouldRefuseEveryCallWhenThePowerWentOff() {
    SimulatedVolume volume = volume(FaultPlan.builder().powerOffAtEvent(4));
    Device device = volume.openDevice("s", SEGMENT_BYTES);
    try (DeviceQueue queue = device.openQueue(2, QueueMode.MOVABLE)) {
      device.ensureCapacity(SEGMENT_BYTES);
      prepare(volume);
      for (int round = 0; round < 2; round++) {
        List<Runnable> calls = new ArrayList<>(calls(volume));
        calls.addAll(
            List.of(
                () -> volume.exists("a"),
                () -> volume.list(""),
                () -> volume.read("a", 1),
                () -> volume.openDevice("t", SEGMENT_BYTES),
                device::sync,
                () -> device.ensureCapacity(1),
                () -> device.ensureCapacity(2 * SEGMENT_BYTES),
                () -> device.truncateBefore(0),
                () -> device.openQueue(1, QueueMode.MOVABLE)));
        for (Runnable call : calls) {
          DeviceException e = eio(call);
          assertTrue(e.getMessage().contains("power is off"), e.getMessage());
        }
        write(queue, 1, 1);
        assertTrue(queue.read(0, buffer, SECTOR, 1));
        Log log = drain(queue);
        assertEquals(2, log.order.size());
        assertTrue(log.order.stream().allMatch(token -> token < 0), "order " + log.order);
        assertTrue(log.failure.getMessage().contains("power is off"), log.failure.getMessage());
        if (round == 0) {
          volume.crash();
        }
      }
    }
    assertThrows(IllegalStateException.class, volume::crash);
    assertThrows(IllegalStateException.class, volume::close);
    device.close();
    volume.close();
    eio(volume::reopen);
    assertEquals(1, volume.faults().powerCuts());
  }

  @Test
  void shouldTakeNoEffectWhenThePowerGoesOffBeforeAnEvent() {
    for (long event = 1; event <= 6; event++) {
      for (long seed = 0; seed < 20; seed++) {
        FaultPlan plan = FaultPlan.builder().powerOffAtEvent(event + 5).build();
        SimulatedVolume volume = SimulatedVolume.create(seed, plan);
        prepare(volume);
        volume.sync("a");
        volume.sync("e");
        volume.syncDirectory("");
        assertEquals(5, volume.events());
        List<Runnable> calls = calls(volume);
        for (int i = 0; i < event - 1; i++) {
          calls.get(i).run();
        }
        eio(calls.get((int) event - 1));
        SimulatedVolume after = volume.crash();
        List<String> names = after.list("");
        List<String> created = List.of("d", "b", "c");
        for (int i = (int) event - 1; i < created.size(); i++) {
          assertFalse(names.contains(created.get(i)), volume.describe() + names);
        }
        assertEquals(event <= 3, names.contains("a") && event <= 3, volume.describe() + names);
        assertTrue(event > 4 || names.contains("e"), volume.describe() + names);
      }
    }
  }

  @Test
  void shouldCountStepsSegmentsAndSyncsAsEvents() {
    SimulatedVolume volume = volume(FaultPlan.builder());
    try (Device device = volume.openDevice("s", SEGMENT_BYTES);
        DeviceQueue queue = device.openQueue(2, QueueMode.MOVABLE)) {
      device.ensureCapacity(3 * SEGMENT_BYTES);
      assertEquals(3, volume.events());
      write(queue, 0, 4, 1);
      write(queue, 8, 1);
      drain(queue);
      versionOf(queue, 0);
      assertEquals(5, volume.events());
      device.sync();
      device.sync();
      assertEquals(6, volume.events());
      device.truncateBefore(2 * SEGMENT_BYTES);
      assertEquals(8, volume.events());
    }
  }

  @Test
  void shouldLeaveTheLaterSegmentsWhenThePowerGoesOffWhileTruncating() {
    for (int removed = 0; removed < 3; removed++) {
      SimulatedVolume volume = volume(FaultPlan.builder().powerOffAtEvent(5 + removed));
      try (Device device = volume.openDevice("s", SEGMENT_BYTES)) {
        device.ensureCapacity(4 * SEGMENT_BYTES);
        eio(() -> device.truncateBefore(3 * SEGMENT_BYTES));
      }
      SimulatedVolume after = volume.crash();
      try (Device device = after.openDevice("s", SEGMENT_BYTES)) {
        assertEquals(removed * SEGMENT_BYTES, device.beginOffset());
        assertEquals(4 * SEGMENT_BYTES, device.endOffset());
      }
    }
  }

  @Test
  void shouldKeepAnyPartOfTheWriteBeforeWhichThePowerGoesOff() {
    int[] kept = new int[3];
    for (long seed = 0; seed < 300; seed++) {
      FaultPlan plan = FaultPlan.builder().powerOffAtEvent(3).build();
      SimulatedVolume volume = SimulatedVolume.create(seed, plan);
      try (Device device = volume.openDevice("s", SEGMENT_BYTES);
          DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        device.ensureCapacity(SEGMENT_BYTES);
        write(queue, 0, 4, 1);
        assertEquals(List.of(1L), drain(queue).order);
        write(queue, 4, 4, 1);
        assertEquals(List.of(-5L), drain(queue).order);
      }
      SimulatedVolume after = volume.crash();
      try (Device device = after.openDevice("s", SEGMENT_BYTES);
          DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
        int landed = 0;
        for (int sector = 4; sector < 8; sector++) {
          landed += versionOf(queue, sector) == 1 ? 1 : 0;
        }
        kept[landed == 0 ? 0 : landed < 4 ? 1 : 2]++;
      }
    }
    assertTrue(kept[0] > 20 && kept[1] > 20 && kept[2] > 20, Arrays.toString(kept));
  }

  @Test
  void shouldCutThePowerOfADeviceOnItsOwnMachine() {
    FaultPlan plan = FaultPlan.builder().powerOffAtEvent(2).build();
    SimulatedDevice device = open(3, plan);
    try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      write(queue, 0, 1);
      assertEquals(List.of(-1L), drain(queue).order);
      eio(device::sync);
    }
    SimulatedDevice after = device.crash();
    device.close();
    assertEquals(SEGMENT_BYTES, after.endOffset());
    assertEquals(1, device.faults().powerCuts());
    after.close();
  }

  @Test
  void shouldBeCrashedAsAWholeWhenADeviceBelongsToIt() {
    SimulatedVolume volume = volume(FaultPlan.builder());
    try (SimulatedDevice device = (SimulatedDevice) volume.openDevice("s", SEGMENT_BYTES)) {
      assertThrows(IllegalStateException.class, device::crash);
    }
  }

  /** A random life of files, directories and a device, and all that it leaves. */
  private List<Object> live(long seed) {
    Random random = new Random(seed);
    FaultPlan plan =
        FaultPlan.builder()
            .maxDelay(3)
            .shortTransferRate(0.3)
            .tearsSectors(true)
            .failingVolumeCall(20 + random.nextInt(20))
            .powerOffAtEvent(30 + random.nextInt(60))
            .build();
    SimulatedVolume volume = SimulatedVolume.create(seed, plan);
    List<Object> seen = new ArrayList<>();
    Device device = volume.openDevice("s", SEGMENT_BYTES);
    try (DeviceQueue queue = device.openQueue(4, QueueMode.MOVABLE)) {
      for (int step = 0; step < 100; step++) {
        try {
          step(volume, device, queue, random, step, seen);
        } catch (DeviceException e) {
          seen.add(step + ": " + e.getMessage());
        }
      }
    }
    device.close();
    seen.add(volume.events());
    SimulatedVolume after = volume.crash();
    seen.add(volume.faults());
    for (String path : List.of("", "d")) {
      for (String name : after.list(path)) {
        seen.add(name);
        if (!name.equals("d") && !name.startsWith("s")) {
          seen.add(Arrays.hashCode(after.read(path.isEmpty() ? name : "d/" + name, 2000)));
        }
      }
    }
    try (Device left = after.openDevice("s", SEGMENT_BYTES);
        DeviceQueue queue = left.openQueue(1, QueueMode.MOVABLE)) {
      for (int sector = 0; sector < SECTORS; sector++) {
        seen.add(versionOf(queue, sector));
      }
    }
    return seen;
  }

  private void step(
      SimulatedVolume volume,
      Device device,
      DeviceQueue queue,
      Random random,
      int step,
      List<Object> seen) {
    String from = (random.nextBoolean() ? "d/" : "") + "f" + random.nextInt(3);
    String to = (random.nextBoolean() ? "d/" : "") + "f" + random.nextInt(3);
    switch (random.nextInt(9)) {
      case 0 -> volume.makeDirectory("d");
      case 1, 2 -> volume.write(from, new byte[random.nextInt(2000)]);
      case 3 -> volume.rename(from, to);
      case 4 -> volume.delete(from);
      case 5 -> volume.sync(from);
      case 6 -> volume.syncDirectory(random.nextBoolean() ? "d" : "");
      case 7 -> device.sync();
      default -> {
        device.ensureCapacity(SEGMENT_BYTES);
        write(queue, random.nextInt(SECTORS - 4), 4, step + 1);
        write(queue, random.nextInt(SECTORS - 4), 4, step + 1);
        seen.add(drain(queue).order);
      }
    }
  }

  @Test
  void shouldLeaveTheSameWhenTheSeedIsTheSame() {
    Set<List<Object>> different = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      List<Object> first = live(seed);
      assertEquals(first, live(seed), "seed " + seed);
      different.add(first);
    }
    assertEquals(100, different.size(), "seeds 0 to 99 must differ");
  }

  @Test
  void shouldTellTheFirstSeedWhenThePowerWasCutSeveralTimes() {
    SimulatedVolume volume = SimulatedVolume.create(987_654_321, FaultPlan.NONE);
    String first = volume.describe();
    for (int life = 1; life <= 3; life++) {
      volume = volume.crash();
      assertTrue(volume.describe().contains("seed 987654321"), volume.describe());
      assertNotEquals(first, volume.describe());
    }
  }
}
