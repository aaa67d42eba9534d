package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.peregrine.device.Device;
import dev.peregrine.internal.hlog.SteppedDriver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Random operations beside a map, with a log far larger than its few small pages in memory. */
class ModelTest {
  private static final int SEEDS = 3;
  private static final int KEYS = 600;
  private static final int OPERATIONS = 12_000;
  private static final int FRAMES = 12;

  @TempDir Path directory;

  static List<Arguments> devicesAndKinds() {
    List<Arguments> all = new ArrayList<>();
    for (TestDevice device : TestDevice.values()) {
      for (StoreKind kind : StoreKind.values()) {
        all.add(Arguments.of(device, kind));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("devicesAndKinds")
  void shouldDoAsTheModelWhenPagesAreEvictedAllTheTime(TestDevice kindOfDevice, StoreKind kind) {
    assumeTrue(kindOfDevice.isAvailable());
    Seeds.run(
        SEEDS,
        seed -> {
          TestStores.clear(directory);
          Device device = kindOfDevice.open(directory, seed);
          try (Store store = TestStores.tinyOn(device, kind, 1, 16, FRAMES)) {
            ModelRun run = new ModelRun(store, keysOf(kind), seed);
            run.run(operationsOf(kind));
            assertTrue(run.pendingCount() > OPERATIONS / 100, "hardly anything was on the device");
          }
        });
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldGiveExactStatusesWhenEverythingIsInMemory(StoreKind kind) {
    Seeds.run(
        SEEDS,
        seed -> {
          try (Store store = TestStores.inMemory(kind)) {
            ModelRun run = new ModelRun(store, KEYS, seed);
            run.run(OPERATIONS);
            assertEquals(0, run.pendingCount());
            assertEquals(store.stats().beginAddress(), store.stats().headAddress());
          }
        });
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRepeatEveryStepWhenTheSeedIsTheSame(StoreKind kind) {
    Seeds.run(
        SEEDS,
        seed -> {
          for (TestDevice device : List.of(TestDevice.SIMULATED, TestDevice.REORDERING)) {
            long first = steppedTrace(device, kind, seed);
            assertEquals(first, steppedTrace(device, kind, seed), "two runs of one seed differ");
            assertTrue(first != steppedTrace(device, kind, seed + 1), "the seed changes nothing");
          }
        });
  }

  /** Records of 24 bytes need more keys to fill the pages in memory. */
  private static int keysOf(StoreKind kind) {
    return kind == StoreKind.LONG_TO_LONG ? 6 * KEYS : 2 * KEYS;
  }

  private static int operationsOf(StoreKind kind) {
    return kind == StoreKind.LONG_TO_LONG ? 3 * OPERATIONS : OPERATIONS;
  }

  private static long steppedTrace(TestDevice kindOfDevice, StoreKind kind, long seed) {
    Device device = kindOfDevice.open(null, seed);
    StoreConfig config = TestStores.tiny(kind, 1, 16, FRAMES, device.sectorBytes());
    try (Store store = TestStores.open(config, device, new SteppedDriver(), TestStores.ALL_BITS)) {
      ModelRun run = new ModelRun(store, keysOf(kind), seed);
      long trace = run.run(operationsOf(kind) / 2);
      assertTrue(run.pendingCount() > 0);
      return trace;
    }
  }
}
