package dev.peregrine;

import dev.peregrine.device.DeviceStats;

/**
 * A moment's figures of a store; each is exact, but they are not taken at one instant.
 *
 * @param memoryBudgetBytes what {@link StoreConfig#memoryBytes()} allows
 * @param memoryBytes native memory in use now, out of the budget: index, log pages, buffers of open
 *     sessions; memory that has been reserved but never touched counts too
 * @param indexBytes the part of it that the hash index takes
 * @param logMemoryBytes the part of it that log pages take at most
 * @param beginAddress the log's first address
 * @param headAddress the first address in memory
 * @param readOnlyAddress the first address that is updated in place
 * @param tailAddress the end of the log
 * @param flushedUntilAddress below it, everything has been written to the device
 * @param overflowBuckets index buckets in use beyond the table
 * @param openSessions sessions not yet closed
 * @param device what the device has done
 */
public record StoreStats(
    long memoryBudgetBytes,
    long memoryBytes,
    long indexBytes,
    long logMemoryBytes,
    long beginAddress,
    long headAddress,
    long readOnlyAddress,
    long tailAddress,
    long flushedUntilAddress,
    long overflowBuckets,
    int openSessions,
    DeviceStats device) {}
