package dev.peregrine.bench.compare.peer;

import dev.peregrine.bench.Choices;
import dev.peregrine.bench.Workload;
import org.HdrHistogram.Histogram;

/**
 * One thread's operations on an engine. Each read checks the whole value and throws {@link
 * dev.peregrine.bench.CheckFailedException} if it is not the key's.
 *
 * <p>Operations return false if they complete later, at the latest in {@link #finish}.
 */
public abstract class PeerSession implements AutoCloseable {
  /** The first word of the value that was read last. */
  protected long word;

  /** When the operation that is about to be called begins, if its latency is wanted; else 0. */
  protected long beginNanos;

  /** Takes the latencies of operations that complete later. */
  protected Histogram latencies;

  /** Reads and checks a value. */
  public abstract boolean read(long key);

  /** Writes a value blindly; its counter is the one given. */
  public abstract boolean write(long key, long counter);

  /** Adds 1 to the counter, atomically towards all other writes and increments of the key. */
  public abstract boolean increment(long key);

  /** Completes all that is pending. */
  public void finish() {}

  /** Reads this many keys. An engine that reads in batches overrides it. */
  public void read(Keystream keys, int count) {
    for (int i = 0; i < count; i++) {
      read(keys.next());
    }
  }

  /**
   * Reads and changes keys; an engine that works in batches overrides it.
   *
   * @param choices says which of them are read
   * @param readBound what it says for those is below
   * @param counter of the first blind write, the next ones count on from it; −1 if changes are
   *     increments
   */
  public void mix(Keystream keys, int count, Choices choices, long readBound, long counter) {
    long next = counter;
    for (int i = 0; i < count; i++) {
      if (Workload.isRead(choices.next(), readBound)) {
        read(keys.next());
      } else if (counter < 0) {
        increment(keys.next());
      } else {
        write(keys.next(), next++);
      }
    }
  }

  /** The first word of the value that was read last. */
  public final long word() {
    return word;
  }

  /** Where the latencies of operations that complete later are recorded. */
  public final void recordTo(Histogram histogram) {
    latencies = histogram;
  }

  /**
   * Tells when the next operation begins.
   *
   * @param nanos by {@link System#nanoTime}, or 0 if its latency is not wanted
   */
  public final void beginAt(long nanos) {
    beginNanos = nanos;
  }

  @Override
  public void close() {}
}
