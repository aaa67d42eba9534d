package dev.peregrine.bench;

/** A store that the harness loads and measures. One thread; loops belong to their workers. */
interface YcsbTarget extends AutoCloseable {
  /** Its name in reports. */
  String name();

  /** One line about it, for people. */
  String describe();

  /**
   * Puts records in.
   *
   * @param first the first of them
   * @param end the one behind the last
   */
  void load(long first, long end, Progress progress);

  /** Operations for one worker, made on its own thread. */
  OperationLoop newLoop(Workload workload, long[] keys, int worker);

  /** Begins a measurement. */
  Measure begin();

  /** Ends it. */
  Measurement end(Measure measure);

  @Override
  void close();
}
