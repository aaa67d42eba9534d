package dev.peregrine.bench;

import dev.peregrine.StoreConfig;
import dev.peregrine.device.DeviceKind;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What one YCSB run is.
 *
 * @param workload the mix of operations
 * @param distribution which records they ask for
 * @param records how many there are
 * @param valueBytes the length of each value; 8 for a store of longs
 * @param threads workers, a session each
 * @param batch keys of one of the store's batches; 1 for single operations
 * @param pendingDepth operations that one session can have pending
 * @param memoryBytes the store's budget; 0 for enough to hold everything
 * @param indexBytes the index's part of it; 0 for what suits the records
 * @param pageBytes the log's page; 0 for what suits the memory
 * @param device where the log spills to
 * @param checkpointBytesPerSecond how fast a checkpoint writes at most; 0 for no bound
 * @param seconds how long each repetition measures throughput
 * @param latencySeconds how long each repetition measures latency, apart
 * @param repetitions how often each store is measured
 */
public record YcsbPlan(
    Workload workload,
    Distribution distribution,
    long records,
    int valueBytes,
    int threads,
    int batch,
    int pendingDepth,
    long memoryBytes,
    long indexBytes,
    int pageBytes,
    DeviceKind device,
    long checkpointBytesPerSecond,
    double seconds,
    double latencySeconds,
    int repetitions) {
  /** Records stay in the part of the log that is updated in place, with some to spare. */
  private static final double IN_MEMORY_FACTOR = 1.3;

  private static final long IN_MEMORY_SLACK_BYTES = 64L << 20;

  /** What all records take in the log. */
  public long dataBytes() {
    return records * Sizing.recordBytes(valueBytes);
  }

  /** A session for each worker. */
  public int sessions() {
    return threads;
  }

  /** Memory that is not the log's. */
  private long otherBytes() {
    return Sizing.indexBudgetBytes(resolvedIndexBytes())
        + Sizing.bufferBytes(sessions(), pendingDepth, valueBytes);
  }

  /** A budget that holds everything. */
  public long fullMemoryBytes() {
    return (long) (dataBytes() * IN_MEMORY_FACTOR) + IN_MEMORY_SLACK_BYTES + otherBytes();
  }

  /** A budget that holds a quarter of the records. */
  public long quarterMemoryBytes() {
    return Sizing.quarterLogBytes(records, valueBytes) + otherBytes();
  }

  /** The same with another budget. */
  public YcsbPlan withMemoryBytes(long bytes) {
    return new YcsbPlan(
        workload,
        distribution,
        records,
        valueBytes,
        threads,
        batch,
        pendingDepth,
        bytes,
        indexBytes,
        pageBytes,
        device,
        checkpointBytesPerSecond,
        seconds,
        latencySeconds,
        repetitions);
  }

  /** The budget. */
  public long budgetBytes() {
    return memoryBytes == 0 ? fullMemoryBytes() : memoryBytes;
  }

  /** Whether no operation ever needs the device. */
  public boolean isInMemory() {
    return budgetBytes() >= fullMemoryBytes();
  }

  private long resolvedIndexBytes() {
    return indexBytes == 0 ? Sizing.indexBytes(records) : indexBytes;
  }

  /** The page of the log. */
  public int resolvedPageBytes() {
    return pageBytes != 0
        ? pageBytes
        : Sizing.pageBytes(Math.max(0, budgetBytes() - otherBytes()), valueBytes);
  }

  /** The length of a segment file. */
  public long segmentBytes() {
    return (long) resolvedPageBytes() * Sizing.SEGMENT_PAGES;
  }

  /** The store's configuration. */
  public StoreConfig config(Path directory) {
    return StoreConfig.builder(Sizing.kind(valueBytes))
        .directory(directory)
        .device(device)
        .memoryBytes(budgetBytes())
        .indexBytes(resolvedIndexBytes())
        .pageBytes(resolvedPageBytes())
        .segmentBytes(segmentBytes())
        .maxSessions(sessions())
        .pendingDepth(pendingDepth)
        .maxRecordBytes(Sizing.maxRecordBytes(valueBytes))
        .checkpointBytesPerSecond(checkpointBytesPerSecond)
        .build();
  }

  /** What the report says of it. */
  Setting setting() {
    return new Setting(
        "peregrine",
        workload.name(),
        distribution.label(),
        records,
        valueBytes,
        threads,
        device.name().toLowerCase(Locale.ROOT),
        pendingDepth);
  }
}
