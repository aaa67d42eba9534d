package dev.peregrine.log;

import dev.peregrine.ValueView;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.device.Volume;
import dev.peregrine.internal.log.LogEnvironment;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Small logs for tests, and entries that tell what they are. */
final class TestLogs {
  static final int PAGE_BYTES = 16 << 10;
  static final long SEGMENT_BYTES = 64 << 10;
  static final long MOST_ENTRY_BYTES = 256 << 10;

  /** Some twenty pages, and readers with room for long entries. */
  static final long MEMORY_BYTES = (560 << 10) + 4 * MOST_ENTRY_BYTES;

  private TestLogs() {}

  static LogConfig.Builder small() {
    return small(null);
  }

  static LogConfig.Builder small(Path directory) {
    return LogConfig.builder(directory)
        .pageBytes(PAGE_BYTES)
        .segmentBytes(SEGMENT_BYTES)
        .memoryBytes(MEMORY_BYTES)
        .maxEntryBytes(MOST_ENTRY_BYTES);
  }

  static SimulatedVolume volume(long seed) {
    return SimulatedVolume.create(seed, FaultPlan.NONE);
  }

  /** A log on which nothing happens in the background. */
  static DurableLog stepped(Volume volume) {
    return stepped(volume, small().build());
  }

  static DurableLog stepped(Volume volume, LogConfig config) {
    return DurableLog.open(config, LogEnvironment.stepped(volume, () -> 0, 77));
  }

  /** The bytes of an entry with a number. */
  static MemorySegment entry(long number, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(number).nextBytes(bytes);
    return MemorySegment.ofArray(bytes);
  }

  static boolean isEntry(ValueView view, long number, int length) {
    return view.length() == length
        && MemorySegment.ofArray(view.toByteArray()).mismatch(entry(number, length)) == -1;
  }

  /** All entries that a reader shows, as strings of text. */
  static List<String> texts(LogReader reader) {
    List<String> texts = new ArrayList<>();
    while (reader.next()) {
      texts.add(new String(reader.entry().toByteArray(), java.nio.charset.StandardCharsets.UTF_8));
    }
    return texts;
  }

  static MemorySegment text(String text) {
    return MemorySegment.ofArray(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
