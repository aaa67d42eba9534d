package dev.peregrine.device;

/**
 * What a {@link SimulatedDevice} or {@link SimulatedVolume} has done wrong so far, so that a test
 * can show that it met a fault.
 *
 * @param readErrors reads that failed
 * @param writeErrors writes that failed
 * @param syncErrors syncs of a segment that failed
 * @param shortTransfers steps of a transfer that stopped half-way and were continued
 * @param noSpace segments and small files that did not fit
 * @param delayed requests that were made to take more than one poll when they were started
 * @param reordered requests that a later one of their queue overtook, each counted once
 * @param droppedSectors unsynced sectors of which a crash or a failed sync kept nothing new
 * @param keptSectors unsynced sectors of which a crash kept a version
 * @param tornSectors unsynced sectors that a crash filled with garbage
 * @param volumeErrors calls of a volume that failed with EIO
 * @param cutFiles small files of which a crash, a failed sync or a failed write left a part of the
 *     length or none
 * @param droppedNames names created, changed or deleted of which a crash or a failed sync kept
 *     nothing
 * @param keptNames those of them that it kept though no sync had succeeded
 * @param powerCuts 1 if the power went off at the planned event
 */
public record FaultCounts(
    long readErrors,
    long writeErrors,
    long syncErrors,
    long shortTransfers,
    long noSpace,
    long delayed,
    long reordered,
    long droppedSectors,
    long keptSectors,
    long tornSectors,
    long volumeErrors,
    long cutFiles,
    long droppedNames,
    long keptNames,
    long powerCuts) {}
