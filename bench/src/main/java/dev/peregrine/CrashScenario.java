package dev.peregrine;

import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.internal.ops.StoreCore;
import java.util.SplittableRandom;

/**
 * What a simulated life of a store is like, all of it decided by a seed: the store's shape, who
 * works on it, how much, and how often the power goes off.
 *
 * @param config the store
 * @param hashMask what is kept of a hash
 * @param sessions sessions that take turns
 * @param hotKeys keys of each session that are changed again and again
 * @param sharedKeys counters that all sessions add to
 * @param valueBytes the greatest length of most values
 * @param rounds how often the store is opened, worked on and crashed
 * @param steps the most steps of work in a round
 * @param checkpointOneIn a checkpoint is started in one of so many steps, if none is under way
 * @param delays whether requests are delayed, reordered and cut short
 */
record CrashScenario(
    StoreConfig config,
    long hashMask,
    int sessions,
    int hotKeys,
    int sharedKeys,
    int valueBytes,
    int rounds,
    int steps,
    int checkpointOneIn,
    boolean delays) {
  private static final int[] PAGE_BYTES = {4 << 10, 4 << 10, 8 << 10, 16 << 10};
  private static final int[] FRAMES = {4, 5, 8, 24, 64};
  private static final int SECTOR_BYTES = 512;
  private static final long LEAST_MEMORY_BYTES = 256 << 10;
  private static final int MOST_SEGMENT_PAGES_BITS = 4;
  private static final int BUCKET_BYTES = 64;
  private static final int SOAKED_INDEX_BYTES = 16 << 10;

  /** A few bits of the bucket and of the tag, so that keys share chains. */
  private static final long FEW_CHAINS = 7L << 61 | 3;

  static final long ALL_BITS = -1;
  private static final int MOST_EVENTS_BITS = 9;

  /** The life of a seed. */
  static CrashScenario of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int pageBytes = PAGE_BYTES[random.nextInt(PAGE_BYTES.length)];
    int frames = FRAMES[random.nextInt(FRAMES.length)];
    StoreConfig.Builder builder =
        drawn(random, pageBytes)
            .indexBytes((long) BUCKET_BYTES << random.nextInt(8))
            .mutableFraction(random.nextBoolean() ? 0.5 : 0.9)
            .pendingDepth(1 << random.nextInt(1, 4))
            .checkpointBytesPerSecond(random.nextInt(4) == 0 ? 1 << 20 : 0);
    int sessions = random.nextInt(1, 5);
    return new CrashScenario(
        withFrames(builder, frames),
        random.nextInt(3) == 0 ? FEW_CHAINS : ALL_BITS,
        sessions,
        random.nextInt(2, 40),
        random.nextInt(1, 8),
        random.nextInt(3) == 0 ? 400 : 60,
        random.nextInt(2, 5),
        random.nextInt(4) == 0 ? 900 : 300,
        random.nextInt(8, 80),
        random.nextInt(4) != 0);
  }

  /** Of any kind, with segments of a few pages. */
  private static StoreConfig.Builder drawn(SplittableRandom random, int pageBytes) {
    StoreKind[] kinds = StoreKind.values();
    return StoreConfig.builder(kinds[random.nextInt(kinds.length)])
        .device(DeviceKind.MEMORY)
        .pageBytes(pageBytes)
        .segmentBytes((long) pageBytes << random.nextInt(1, MOST_SEGMENT_PAGES_BITS));
  }

  /**
   * The life that is crashed at each of its events: little work, checkpoints of all kinds, nothing
   * left to chance before the power goes off.
   */
  static CrashScenario small(StoreKind kind, int frames) {
    StoreConfig.Builder builder =
        StoreConfig.builder(kind)
            .device(DeviceKind.MEMORY)
            .pageBytes(8 << 10)
            .segmentBytes(16 << 10)
            .indexBytes(BUCKET_BYTES)
            .pendingDepth(2);
    return new CrashScenario(withFrames(builder, frames), ALL_BITS, 2, 12, 2, 200, 1, 0, 0, false);
  }

  /** A store that threads work on: many keys, three sessions. */
  static CrashScenario loaded(StoreKind kind, int frames) {
    StoreConfig.Builder builder =
        StoreConfig.builder(kind)
            .device(DeviceKind.MEMORY)
            .pageBytes(16 << 10)
            .segmentBytes(256 << 10)
            .indexBytes(8 << 10)
            .pendingDepth(8);
    return new CrashScenario(withFrames(builder, frames), ALL_BITS, 3, 200, 6, 150, 0, 0, 0, true);
  }

  /** A store of a seed that threads work on for long, in tiny memory, on chains of some records. */
  static CrashScenario soaked(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int pageBytes = PAGE_BYTES[random.nextInt(PAGE_BYTES.length)];
    int frames = FRAMES[random.nextInt(FRAMES.length)];
    StoreConfig.Builder builder =
        drawn(random, pageBytes)
            .indexBytes(SOAKED_INDEX_BYTES << random.nextInt(4))
            .mutableFraction(random.nextBoolean() ? 0.3 : 0.9)
            .pendingDepth(1 << random.nextInt(1, 5));
    int sessions = random.nextInt(2, 5);
    int hotKeys = random.nextInt(2, 200);
    int sharedKeys = random.nextInt(1, 8);
    return new CrashScenario(
        withFrames(builder, frames),
        ALL_BITS,
        sessions,
        hotKeys,
        sharedKeys,
        random.nextInt(3) == 0 ? 400 : 60,
        0,
        0,
        0,
        true);
  }

  /** Faults of one life of the machine: order, delays, and when the power goes off, if at all. */
  FaultPlan plan(SplittableRandom random) {
    FaultPlan.Builder plan = FaultPlan.builder().tearsSectors(random.nextInt(4) != 0);
    if (delays) {
      plan.maxDelay(random.nextInt(6)).shortTransferRate(random.nextInt(3) * 0.1);
    }
    if (random.nextInt(4) != 0) {
      plan.powerOffAtEvent(1 + random.nextLong(1L << random.nextInt(1, MOST_EVENTS_BITS)));
    }
    return plan.build();
  }

  /** Leaves the log so many pages of memory: sessions that are not opened take the rest. */
  private static StoreConfig withFrames(StoreConfig.Builder builder, int frames) {
    int sessions = 8;
    long memory = LEAST_MEMORY_BYTES;
    builder.memoryBytes(memory);
    while (framesOf(builder.maxSessions(sessions).build()) > frames) {
      sessions++;
    }
    while (framesOf(builder.memoryBytes(memory).build()) < frames) {
      memory += 4 << 10;
    }
    return builder.build();
  }

  private static long framesOf(StoreConfig config) {
    try {
      StoreCore.Limits limits = MemoryPlan.of(config, SECTOR_BYTES);
      return limits.log().frameCount();
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }
}
