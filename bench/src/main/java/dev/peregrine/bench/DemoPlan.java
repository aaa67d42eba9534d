package dev.peregrine.bench;

import dev.peregrine.StoreConfig;
import dev.peregrine.device.DeviceKind;
import java.nio.file.Path;

/**
 * How large everything in a demo is: the log's memory is a quarter of the data, the index has room
 * for all keys.
 *
 * @param records how many records
 * @param valueBytes the length of each value
 * @param threads how many workers, a session each
 * @param seconds how long each workload runs
 * @param pendingDepth operations that one session can have pending
 * @param memoryBytes the budget; 0 for the quarter
 * @param device the kind of device
 */
record DemoPlan(
    long records,
    int valueBytes,
    int threads,
    double seconds,
    int pendingDepth,
    long memoryBytes,
    DeviceKind device) {

  /** What all records take in the log. */
  long dataBytes() {
    return records * Sizing.recordBytes(valueBytes);
  }

  /** What the hash index takes. */
  long indexBytes() {
    return Sizing.indexBytes(records);
  }

  /** A session for each worker, and one to check. */
  int sessions() {
    return threads + 1;
  }

  /** The one number that bounds the store's memory. */
  long budgetBytes() {
    if (memoryBytes > 0) {
      return memoryBytes;
    }
    return logMemoryBytes()
        + Sizing.indexBudgetBytes(indexBytes())
        + Sizing.bufferBytes(sessions(), pendingDepth, valueBytes);
  }

  private long logMemoryBytes() {
    return Sizing.quarterLogBytes(records, valueBytes);
  }

  /** The store's configuration. */
  StoreConfig config(Path directory) {
    int pageBytes = Sizing.pageBytes(logMemoryBytes(), valueBytes);
    return StoreConfig.builder(Sizing.kind(valueBytes))
        .directory(directory)
        .device(device)
        .memoryBytes(budgetBytes())
        .indexBytes(indexBytes())
        .pageBytes(pageBytes)
        .segmentBytes((long) pageBytes * Sizing.SEGMENT_PAGES)
        .maxSessions(sessions())
        .pendingDepth(pendingDepth)
        .maxRecordBytes(Sizing.maxRecordBytes(valueBytes))
        .build();
  }
}
