package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.peregrine.device.Device;
import dev.peregrine.internal.hlog.ThreadDriver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Random batches and single operations beside a map. */
class BatchModelTest {
  private static final int SEEDS = 2;
  private static final int FRAMES = 12;
  private static final int DEPTH = 16;
  private static final long ONE_CHAIN = 0;
  private static final long FEW_CHAINS = 3L << 62 | 3;
  private static final long ONE_BUCKET = -1L << 50;

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

  static List<Arguments> masksAndKinds() {
    List<Arguments> all = new ArrayList<>();
    for (long mask : new long[] {ONE_CHAIN, FEW_CHAINS, ONE_BUCKET}) {
      for (StoreKind kind : StoreKind.values()) {
        all.add(Arguments.of(mask, kind));
      }
    }
    return all;
  }

  private static int keysOf(StoreKind kind) {
    return kind == StoreKind.LONG_TO_LONG ? 4_000 : 1_000;
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
          try (Store store = TestStores.tinyOn(device, kind, 1, DEPTH, FRAMES)) {
            BatchRun run = new BatchRun(store, keysOf(kind), false, seed);
            run.run(400);
            assertTrue(run.pendingCount() > 100, "hardly anything was on the device");
            assertTrue(run.busyCount() > 0, "there was always room");
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
            BatchRun run = new BatchRun(store, 300, true, seed);
            run.run(500);
            assertEquals(0, run.pendingCount() + run.busyCount());
            assertEquals(store.stats().beginAddress(), store.stats().headAddress());
          }
        });
  }

  @ParameterizedTest
  @MethodSource("masksAndKinds")
  void shouldDoAsTheModelWhenKeysShareChains(long mask, StoreKind kind) {
    Seeds.run(
        SEEDS,
        seed -> {
          Device device = TestDevice.REORDERING.open(directory, seed);
          StoreConfig config = TestStores.tiny(kind, 1, DEPTH, 8, device.sectorBytes());
          try (Store store = TestStores.open(config, device, new ThreadDriver("test-log"), mask)) {
            new BatchRun(store, 120, false, seed).run(60);
          }
        });
  }
}
