package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.internal.hlog.LogDriver;
import dev.peregrine.internal.hlog.ThreadDriver;
import dev.peregrine.internal.ops.StoreCore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.agrona.concurrent.SystemNanoClock;

/** Stores for tests: small pages, and memory for as many of them as a test wants. */
final class TestStores {
  /** All bits of a hash. */
  static final long ALL_BITS = -1;

  static final int PAGE_BYTES = 4096;
  private static final long LEAST_MEMORY_BYTES = 256 << 10;
  private static final long INDEX_BYTES = 16 << 10;
  private static final long SEGMENT_BYTES = 1 << 20;
  private static final long RANDOM_SEED = 42;

  private TestStores() {}

  /** Settings with 4 KiB pages and a small index. */
  static StoreConfig.Builder config(StoreKind kind) {
    return StoreConfig.builder(kind)
        .device(DeviceKind.MEMORY)
        .pageBytes(PAGE_BYTES)
        .segmentBytes(SEGMENT_BYTES)
        .indexBytes(INDEX_BYTES)
        .pendingDepth(8)
        .maxSessions(4)
        .memoryBytes(1 << 20);
  }

  /** Settings that leave the log {@code frames} pages of memory. */
  static StoreConfig tiny(StoreKind kind, int sessions, int depth, int frames, int sectorBytes) {
    int most = sessions;
    StoreConfig.Builder builder = config(kind).pendingDepth(depth).memoryBytes(LEAST_MEMORY_BYTES);
    while (framesOf(builder.maxSessions(most).build(), sectorBytes) > frames) {
      most++;
    }
    long memory = LEAST_MEMORY_BYTES;
    while (framesOf(builder.memoryBytes(memory).build(), sectorBytes) < frames) {
      memory += PAGE_BYTES;
    }
    return builder.build();
  }

  /** Pages of memory that the log gets, 0 if the budget is too small. */
  static long framesOf(StoreConfig config, int sectorBytes) {
    try {
      StoreCore.Limits limits = MemoryPlan.of(config, sectorBytes);
      return limits.log().frameCount();
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }

  /** Opens a store in memory only, that never spills in the tests that use it. */
  static Store inMemory(StoreKind kind) {
    return Store.open(config(kind).memoryBytes(16 << 20).build());
  }

  /** Opens a store whose log has {@code frames} pages in memory, on a device. */
  static Store tinyOn(Device device, StoreKind kind, int sessions, int depth, int frames) {
    return open(tiny(kind, sessions, depth, frames, device.sectorBytes()), device);
  }

  /** Opens a store on a device. */
  static Store open(StoreConfig config, Device device) {
    return open(config, device, new ThreadDriver("test-log"), ALL_BITS);
  }

  /** Opens a store with a worker and a cut of the hashes. */
  static Store open(StoreConfig config, Device device, LogDriver driver, long hashMask) {
    return Store.open(config, device, environment(driver, RANDOM_SEED, hashMask));
  }

  /** What a run depends on beside its inputs: the driver, and chance by a seed. */
  static StoreEnvironment environment(LogDriver driver, long seed, long hashMask) {
    SplittableRandom random = new SplittableRandom(seed);
    return new StoreEnvironment(
        driver, SystemNanoClock.INSTANCE, () -> 0, random::nextLong, hashMask);
  }

  /** A device in memory that can be told to misbehave. */
  static FaultyDevice faultyDevice(long seed) {
    return new FaultyDevice(TestDevice.MEMORY.open(null, seed), seed);
  }

  /** Empties a directory. */
  static void clear(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .filter(file -> !file.equals(directory))
          .forEach(TestStores::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
