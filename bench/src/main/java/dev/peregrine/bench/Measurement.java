package dev.peregrine.bench;

/**
 * What came out of one run, in base units; the names are those of the JSON report and stay.
 *
 * @param operations operations completed
 * @param elapsedNanos from the start of the first worker to the end of the last
 * @param opsPerSecond the quotient of both
 * @param p50Nanos the median latency, from the call to the completion; 0 where not measured
 * @param p99Nanos the 99th percentile
 * @param p999Nanos the 99.9th percentile
 * @param allocatedBytesPerOp heap bytes that the workers allocated, per operation
 * @param deviceReads read requests that the device completed
 * @param deviceBytesRead bytes they transferred
 * @param deviceBytesWritten bytes of the write requests completed
 * @param memoryBytes native memory in use at the end
 * @param memoryBudgetBytes native memory allowed
 */
public record Measurement(
    long operations,
    long elapsedNanos,
    double opsPerSecond,
    long p50Nanos,
    long p99Nanos,
    long p999Nanos,
    double allocatedBytesPerOp,
    long deviceReads,
    long deviceBytesRead,
    long deviceBytesWritten,
    long memoryBytes,
    long memoryBudgetBytes) {}
