package dev.peregrine.bench;

/**
 * What was measured.
 *
 * @param store {@code peregrine}, {@code chm}, {@code device} or {@code fio}
 * @param workload a YCSB letter, or the access pattern of a device
 * @param distribution {@code zipf}, {@code uniform} or {@code sequential}
 * @param records how many records, or blocks
 * @param valueBytes the length of each value, or block
 * @param threads how many workers
 * @param device the kind of device
 * @param pendingDepth operations or requests that one worker may have outstanding
 */
record Setting(
    String store,
    String workload,
    String distribution,
    long records,
    int valueBytes,
    int threads,
    String device,
    int pendingDepth) {
  Setting withStore(String other) {
    return new Setting(
        other, workload, distribution, records, valueBytes, threads, device, pendingDepth);
  }

  Setting withWorkload(String other) {
    return new Setting(
        store, other, distribution, records, valueBytes, threads, device, pendingDepth);
  }
}
