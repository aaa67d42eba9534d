package dev.peregrine.bench;

import dev.peregrine.StoreConfig;
import dev.peregrine.StoreKind;
import dev.peregrine.device.DeviceKind;
import java.nio.file.Path;
import java.util.List;

/**
 * What the child of a kill loop works on. Parent and child make the same of it, so it goes to the
 * child as arguments.
 *
 * @param kind of the store, with 8-byte keys
 * @param seed decides every operation of every session
 * @param sessions how many work
 * @param keys how many each session has for itself
 * @param counters how many all of them share
 * @param device where the log goes
 */
record KillPlan(
    StoreKind kind, long seed, int sessions, int keys, int counters, DeviceKind device) {
  private static final int PAGE_BYTES = 64 << 10;
  private static final long SEGMENT_BYTES = 4 << 20;
  private static final int FRAMES = 48;
  private static final int PENDING = 32;
  private static final int RECORD_BYTES = 512;

  /** The store's configuration: memory for a few dozen pages, less than the sessions' keys need. */
  StoreConfig config(Path directory) {
    long index = Sizing.indexBytes((long) sessions * keys + counters);
    return StoreConfig.builder(kind)
        .directory(directory)
        .device(device)
        .pageBytes(PAGE_BYTES)
        .segmentBytes(SEGMENT_BYTES)
        .indexBytes(index)
        .maxSessions(sessions + 1)
        .pendingDepth(PENDING)
        .maxRecordBytes(RECORD_BYTES)
        .memoryBytes(
            Sizing.indexBudgetBytes(index)
                + Sizing.bufferBytes(sessions + 1, 2 * PENDING, RECORD_BYTES)
                + (long) FRAMES * PAGE_BYTES
                + (1 << 20))
        .build();
  }

  /** As arguments for {@link #parse}. */
  List<String> arguments() {
    return List.of(
        kind.name(),
        Long.toString(seed),
        Integer.toString(sessions),
        Integer.toString(keys),
        Integer.toString(counters),
        device.name());
  }

  /** From {@link #arguments}. */
  static KillPlan parse(List<String> arguments) {
    return new KillPlan(
        StoreKind.valueOf(arguments.get(0)),
        Long.parseLong(arguments.get(1)),
        Integer.parseInt(arguments.get(2)),
        Integer.parseInt(arguments.get(3)),
        Integer.parseInt(arguments.get(4)),
        DeviceKind.valueOf(arguments.get(5)));
  }
}
