package dev.peregrine.bench.logbench;

/**
 * What an engine's process answers.
 *
 * @param failure why it did not do it; null if it did
 * @param entries appended, or read
 * @param elapsedNanos from the start of the first producer until all was as the cell asks for
 * @param allocatedBytes of heap, by the threads that appended or read
 * @param diskBytes that the files take
 * @param latencies of commits, a compressed histogram in base 64; null where none are timed
 */
record LogReply(
    String failure,
    long entries,
    long elapsedNanos,
    long allocatedBytes,
    long diskBytes,
    String latencies) {
  static LogReply failed(String failure) {
    return new LogReply(failure, 0, 0, 0, 0, null);
  }
}
