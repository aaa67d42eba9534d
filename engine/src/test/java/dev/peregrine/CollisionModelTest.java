package dev.peregrine;

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

/** The model test with hashes cut down, so that keys share tags, buckets and chains. */
class CollisionModelTest {
  private static final long ONE_CHAIN = 0;

  /** Two bits of the bucket and two of the tag. */
  private static final long FEW_CHAINS = 3L << 62 | 3;

  /** One bucket, many tags: the index runs out of entries and falls back to wildcards. */
  private static final long ONE_BUCKET = -1L << 50;

  private static final int FRAMES = 8;

  @TempDir Path directory;

  static List<Arguments> masksAndKinds() {
    List<Arguments> all = new ArrayList<>();
    for (long mask : new long[] {ONE_CHAIN, FEW_CHAINS, ONE_BUCKET}) {
      for (StoreKind kind : StoreKind.values()) {
        all.add(Arguments.of(mask, kind));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("masksAndKinds")
  void shouldDoAsTheModelWhenKeysShareChainsOnDisk(long mask, StoreKind kind) {
    Seeds.run(
        3,
        seed -> {
          Device device = TestDevice.REORDERING.open(directory, seed);
          run(device, kind, mask, 40, 4_000, seed);
        });
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldDoAsTheModelWhenChainsAreReadFromFiles(StoreKind kind) {
    assumeTrue(TestDevice.URING.isAvailable());
    Seeds.run(
        2,
        seed -> {
          TestStores.clear(directory);
          run(TestDevice.URING.open(directory, seed), kind, FEW_CHAINS, 60, 1_500, seed);
        });
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldDoAsTheModelWhenTheIndexIsFarTooSmall(StoreKind kind) {
    Seeds.run(
        3,
        seed -> {
          Device device = TestDevice.MEMORY.open(directory, seed);
          StoreConfig tiny = TestStores.tiny(kind, 1, 8, FRAMES, device.sectorBytes());
          StoreConfig config = tiny.toBuilder().indexBytes(64).build();
          try (Store store = TestStores.open(config, device)) {
            new ModelRun(store, 200, seed).run(6_000);
            assertTrue(store.stats().overflowBuckets() > 0);
          }
        });
  }

  private static void run(
      Device device, StoreKind kind, long mask, int keys, int operations, long seed) {
    StoreConfig config = TestStores.tiny(kind, 1, 8, FRAMES, device.sectorBytes());
    try (Store store = TestStores.open(config, device, new ThreadDriver("test-log"), mask)) {
      ModelRun run = new ModelRun(store, keys, seed);
      run.run(operations);
      if (kind != StoreKind.LONG_TO_LONG) {
        assertTrue(run.pendingCount() > 0, "nothing was on the device");
      }
    }
  }
}
