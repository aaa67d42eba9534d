package dev.peregrine.bench;

import dev.peregrine.Status;
import dev.peregrine.Store;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * As {@link PeregrineBytesLoop}, but chunks are done in batches. What a batch has no room for is
 * done by itself, after some of the rest has completed.
 */
final class PeregrineBytesBatchLoop extends PeregrineBytesLoop {
  private final int batch;
  private final BatchSplit split;
  private final MemorySegment[] destinations;
  private final MemorySegment[] values;
  private final long[] ones;
  private final Status[] statuses;
  private long version;

  /**
   * Makes a loop.
   *
   * @param readBuffers as for {@link PeregrineBytesLoop}
   * @param batch keys of a batch
   */
  PeregrineBytesBatchLoop(
      Store store,
      Workload workload,
      long[] keys,
      int valueBytes,
      int readBuffers,
      int batch,
      int worker,
      int workers) {
    super(store, workload, keys, valueBytes, readBuffers, worker, workers);
    this.batch = batch;
    split = new BatchSplit(batch);
    destinations = newBuffers(batch);
    values = newBuffers(batch);
    ones = new long[batch];
    Arrays.fill(ones, 1);
    statuses = new Status[batch];
  }

  @Override
  protected void reads() {
    for (int done = 0; done < CHUNK; done += batch) {
      int count = Math.min(batch, CHUNK - done);
      int from = position & mask;
      if (from + count <= keys.length) {
        readAll(keys, from, count);
      } else {
        readAll(keys, from, keys.length - from);
        readAll(keys, 0, count - (keys.length - from));
      }
      position += count;
    }
  }

  @Override
  protected void readsAndWrites() {
    for (int done = 0; done < CHUNK; done += batch) {
      draw(Math.min(batch, CHUNK - done));
      readAll(split.reads, 0, split.readCount());
      int count = split.changeCount();
      for (int i = 0; i < count; i++) {
        values[i].set(LONG, 0, ++version);
      }
      session.upsertBatch(split.changes, values, 0, count, statuses);
    }
  }

  @Override
  protected void readsAndModifications() {
    for (int done = 0; done < CHUNK; done += batch) {
      draw(Math.min(batch, CHUNK - done));
      readAll(split.reads, 0, split.readCount());
      int count = split.changeCount();
      if (session.rmwBatch(split.changes, increment, ones, 0, count, statuses) > 0) {
        for (int i = 0; i < count; i++) {
          if (statuses[i] == Status.BUSY) {
            modify(split.changes[i]);
          }
        }
      }
    }
  }

  private void draw(int count) {
    split.draw(keys, position, mask, count, choices, readBound);
    position += count;
  }

  private void readAll(long[] from, int first, int count) {
    session.readBatch(from, first, count, destinations, null, statuses);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      if (statuses[i] == Status.FOUND) {
        sum += destinations[i].get(LONG, 0);
      } else {
        notFound(i, from[first + i]);
      }
    }
    checksum += sum;
  }

  private void notFound(int i, long key) {
    switch (statuses[i]) {
      case BUSY -> read(key);
      case PENDING -> destinations[i] = exchange(destinations[i]);
      default -> failed();
    }
  }
}
