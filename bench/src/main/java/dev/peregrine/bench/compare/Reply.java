package dev.peregrine.bench.compare;

/**
 * What an engine's process answers: a line of JSON. Of the components, those that do not belong to
 * the answer are null.
 *
 * @param failure why it did not do it
 * @param done how many records have been loaded so far; more will follow
 * @param residentBytes what the process takes before it holds any data
 * @param description what was opened
 * @param load what loading took
 * @param run what was measured
 */
record Reply(
    String failure, Long done, Long residentBytes, String description, Load load, Run run) {
  /**
   * What loading took.
   *
   * @param seconds until the last record was in
   * @param settleSeconds until the engine had done what it does in the background
   * @param heapBytes of the heap, after a collection
   * @param nativeBytes resident outside of the heap, pages of mapped files included
   */
  record Load(double seconds, double settleSeconds, long heapBytes, long nativeBytes) {}

  /**
   * What was measured once.
   *
   * @param operations completed
   * @param elapsedNanos from the start of the first worker to the end of the last
   * @param allocatedBytes of heap, by the workers
   * @param gcMillis in which the collector ran
   * @param latencies a compressed histogram, in base 64
   */
  record Run(
      long operations, long elapsedNanos, long allocatedBytes, long gcMillis, String latencies) {}

  static Reply failed(String failure) {
    return new Reply(failure, null, null, null, null, null);
  }

  static Reply progress(long done) {
    return new Reply(null, done, null, null, null, null);
  }

  static Reply prepared(long residentBytes) {
    return new Reply(null, null, residentBytes, null, null, null);
  }

  static Reply opened(String description) {
    return new Reply(null, null, null, description, null, null);
  }

  static Reply loaded(Load load) {
    return new Reply(null, null, null, null, load, null);
  }

  static Reply measured(Run run) {
    return new Reply(null, null, null, null, null, run);
  }
}
