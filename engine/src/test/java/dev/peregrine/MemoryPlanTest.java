package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.PageImage;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static final int SECTOR = 512;
  private static final Pattern RAISE = Pattern.compile("raise it to (\\d+)");

  private static StoreConfig random(SplittableRandom random, long memoryBytes) {
    int pageBytes = 4096 << random.nextInt(6);
    return StoreConfig.builder(StoreKind.BYTES_TO_BYTES)
        .device(DeviceKind.MEMORY)
        .pageBytes(pageBytes)
        .segmentBytes(Math.max(pageBytes, 1 << 20))
        .memoryBytes(memoryBytes)
        .indexBytes(random.nextInt(3) == 0 ? 0 : random.nextLong(memoryBytes / 2))
        .mutableFraction(0.01 + random.nextDouble() * 0.98)
        .maxSessions(1 + random.nextInt(6))
        .pendingDepth(1 + random.nextInt(64))
        .maxRecordBytes(64 + random.nextInt(PageImage.usableBytes(pageBytes) - 63))
        .build();
  }

  @Test
  void shouldStayInTheBudgetWhenAllSessionsAreOpen() {
    Seeds.run(
        1,
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          int opened = 0;
          while (opened < 150) {
            StoreConfig config = random(random, (256 << 10) + random.nextLong(8 << 20));
            if (TestStores.framesOf(config, SECTOR) == 0) {
              continue;
            }
            opened++;
            requireInBudget(config);
          }
        });
  }

  @Test
  void shouldStayInTheBudgetWhenItIsTheLeastThatTheMessageNames() {
    Seeds.run(
        1,
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          int refused = 0;
          while (refused < 100) {
            StoreConfig config = random(random, 256 << 10);
            String message = refusal(config);
            if (message == null) {
              continue;
            }
            refused++;
            Matcher matcher = RAISE.matcher(message);
            assertTrue(matcher.find(), message);
            long least = Long.parseLong(matcher.group(1));
            StoreConfig raised = withMemory(config, least);
            if (config.indexBytes() != 0) {
              requireInBudget(raised);
              assertTrue(refusal(withMemory(config, least - 1)) != null || least - 1 < 256 << 10);
            }
          }
        });
  }

  @Test
  void shouldNameWhatToChangeWhenTheBudgetIsTooSmall() {
    StoreConfig config =
        TestStores.config(StoreKind.LONG_TO_LONG).memoryBytes(256 << 10).maxSessions(100).build();
    String message = refusal(config);
    for (String part :
        new String[] {"memoryBytes", "262144", "maxSessions", "pendingDepth", "indexBytes"}) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void shouldRefuseWhenABlockIsNoMultipleOfTheSector() {
    StoreConfig config = TestStores.config(StoreKind.LONG_TO_LONG).build();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> MemoryPlan.of(config, 8192));
    assertTrue(e.getMessage().contains("sector 8192"), e.getMessage());
  }

  @Test
  void shouldGiveTheLogItsFramesWhenTheBudgetAllows() {
    for (int frames = HybridLog.minFrames(); frames < 40; frames += 3) {
      StoreConfig config = TestStores.tiny(StoreKind.LONG_TO_LONG, 1, 8, frames, SECTOR);
      assertEquals(frames, TestStores.framesOf(config, SECTOR));
      requireInBudget(config);
    }
  }

  @Test
  void shouldCloseTheDeviceWhenThePlanFails() {
    StoreConfig config =
        TestStores.config(StoreKind.LONG_TO_LONG).memoryBytes(256 << 10).maxSessions(100).build();
    Device device = TestDevice.MEMORY.open(null, 0);
    assertThrows(IllegalArgumentException.class, () -> Store.open(config, device));
    assertThrows(IllegalStateException.class, () -> device.ensureCapacity(1));
  }

  private static String refusal(StoreConfig config) {
    try {
      MemoryPlan.of(config, SECTOR);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private static StoreConfig withMemory(StoreConfig c, long memoryBytes) {
    return c.toBuilder().memoryBytes(memoryBytes).build();
  }

  private static void requireInBudget(StoreConfig config) {
    try (Store store = TestStores.open(config, TestDevice.MEMORY.open(null, 0))) {
      for (int i = 0; i < config.maxSessions(); i++) {
        store.newSession();
      }
      StoreStats stats = store.stats();
      assertEquals(config.memoryBytes(), stats.memoryBudgetBytes());
      assertEquals(config.maxSessions(), stats.openSessions());
      assertTrue(
          stats.memoryBytes() <= config.memoryBytes(),
          () -> stats.memoryBytes() + " bytes in use of " + config);
    }
  }
}
