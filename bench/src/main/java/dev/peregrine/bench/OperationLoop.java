package dev.peregrine.bench;

import org.HdrHistogram.Histogram;

/**
 * One worker's operations on one store, a chunk at a time. Each store has a class of its own, so
 * that what the JIT learns of one loop can't harm another; only chunks are called virtually. One
 * thread.
 */
abstract class OperationLoop implements AutoCloseable {
  /** Operations between two looks at the stop flag. */
  static final int CHUNK = 1024;

  /** Keys to ask for, a power of two of them. */
  protected final long[] keys;

  /** To wrap a position around. */
  protected final int mask;

  /** What kind of operation comes next. */
  protected final Choices choices;

  /** Numbers at or above are no reads; see {@link Workload#isRead}. */
  protected final long readBound;

  /** The next key. */
  protected int position;

  /** Of all that was read, so that nothing is read in vain. */
  protected long checksum;

  /** Operations that did not come out as they must. */
  protected long failures;

  private final Workload workload;

  /**
   * Makes a loop.
   *
   * @param keys shared with other workers
   * @param worker which worker it is, of {@code workers}
   */
  protected OperationLoop(Workload workload, long[] keys, int worker, int workers) {
    this.workload = workload;
    this.keys = keys;
    this.mask = keys.length - 1;
    this.position = KeySequence.offset(keys.length, worker, workers);
    this.choices = new Choices(worker);
    this.readBound = workload.readBound();
  }

  /** Does {@link #CHUNK} operations. */
  final void chunk() {
    if (workload.isReadOnly()) {
      reads();
    } else if (workload.modifies()) {
      readsAndModifications();
    } else {
      readsAndWrites();
    }
  }

  /** Does {@link #CHUNK} operations, and records how long each took. */
  final void timedChunk(Histogram latencies) {
    for (int i = 0; i < CHUNK; i++) {
      timed(latencies, System.nanoTime());
    }
  }

  /** Does an operation, and records how long after a time it was completed. */
  final void timed(Histogram latencies, long sinceNanos) {
    long key = keys[position++ & mask];
    boolean isRead = Workload.isRead(choices.next(), readBound);
    if (isRead ? read(key) : workload.modifies() ? modify(key) : write(key)) {
      Measure.record(latencies, System.nanoTime() - sinceNanos);
    } else {
      later(latencies, sinceNanos);
    }
  }

  /** A chunk of reads. */
  protected abstract void reads();

  /** A chunk of reads and blind writes. */
  protected abstract void readsAndWrites();

  /** A chunk of reads and read-modify-writes. */
  protected abstract void readsAndModifications();

  /** One read; false if it completes later. */
  protected abstract boolean read(long key);

  /** One blind write; false if it completes later. */
  protected abstract boolean write(long key);

  /** One read-modify-write; false if it completes later. */
  protected abstract boolean modify(long key);

  /** Sees to it that the latency of the latest operation is recorded when it completes. */
  protected abstract void later(Histogram latencies, long beginNanos);

  /** Completes what is pending and has come. */
  void poll() {}

  /** Completes all that is pending. */
  abstract void finish();

  /** Of all that was read. */
  final long checksum() {
    return checksum;
  }

  /** Operations that did not come out as they must; none is right. */
  final long failures() {
    return failures;
  }

  @Override
  public abstract void close();
}
