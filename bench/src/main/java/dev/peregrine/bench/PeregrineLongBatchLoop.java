package dev.peregrine.bench;

import dev.peregrine.Status;
import dev.peregrine.Store;
import java.util.Arrays;

/**
 * As {@link PeregrineLongLoop}, but chunks are done in batches. What a batch has no room for is
 * done by itself, after some of the rest has completed.
 */
final class PeregrineLongBatchLoop extends PeregrineLongLoop {
  private final int batch;
  private final BatchSplit split;
  private final long[] values;
  private final long[] ones;
  private final Status[] statuses;
  private long version;

  PeregrineLongBatchLoop(
      Store store, Workload workload, long[] keys, int batch, int worker, int workers) {
    super(store, workload, keys, worker, workers);
    this.batch = batch;
    split = new BatchSplit(batch);
    values = new long[batch];
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
        values[i] = ++version;
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
      if (session.addBatch(split.changes, ones, 0, count, null, statuses) > 0) {
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
    session.readBatch(from, first, count, values, statuses);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      if (statuses[i] == Status.FOUND) {
        sum += values[i];
      } else {
        notFound(statuses[i], from[first + i]);
      }
    }
    checksum += sum;
  }

  private void notFound(Status status, long key) {
    if (status == Status.BUSY) {
      read(key);
    } else if (status != Status.PENDING) {
      failed();
    }
  }
}
