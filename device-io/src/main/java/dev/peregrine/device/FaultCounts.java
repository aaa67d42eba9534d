package dev.peregrine.device;

/**
 * What a {@link SimulatedDevice} has done wrong so far, so that a test can show that it met a
 * fault.
 *
 * @param readErrors reads that failed
 * @param writeErrors writes that failed
 * @param syncErrors syncs of a segment that failed
 * @param shortTransfers transfers that stopped half-way and were continued
 * @param noSpace segments that did not fit
 * @param delayed requests that took more than one poll
 * @param reordered requests that were overtaken by a later one
 */
public record FaultCounts(
    long readErrors,
    long writeErrors,
    long syncErrors,
    long shortTransfers,
    long noSpace,
    long delayed,
    long reordered) {}
