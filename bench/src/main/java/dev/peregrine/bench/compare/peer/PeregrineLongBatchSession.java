package dev.peregrine.bench.compare.peer;

import dev.peregrine.Store;
import dev.peregrine.bench.Choices;
import java.util.Arrays;

/** Batches on a store of longs that is in memory as a whole. */
final class PeregrineLongBatchSession extends PeregrineLongSession implements PeerBatch.Work {
  private final PeerBatch batch = new PeerBatch();
  private final long[] values = new long[PeerBatch.SIZE];
  private final long[] ones = new long[PeerBatch.SIZE];

  PeregrineLongBatchSession(Store store) {
    super(store, false);
    Arrays.fill(ones, 1);
  }

  @Override
  public void read(Keystream keys, int count) {
    batch.read(keys, count, this);
  }

  @Override
  public void mix(Keystream keys, int count, Choices choices, long readBound, long counter) {
    batch.mix(keys, count, choices, readBound, counter, this);
  }

  @Override
  public void changeBatch(long counter) {
    int changed = batch.changeCount();
    if (counter < 0) {
      session.addBatch(batch.changes, ones, 0, changed, null, batch.statuses);
    } else {
      for (int i = 0; i < changed; i++) {
        values[i] = Payload.word(batch.changes[i], counter + i);
      }
      session.upsertBatch(batch.changes, values, 0, changed, batch.statuses);
    }
  }

  @Override
  public void readBatch() {
    int count = batch.readCount();
    session.readBatch(batch.reads, 0, count, values, batch.statuses);
    batch.requireFound();
    for (int i = 0; i < count; i++) {
      word = Payload.check(values[i], batch.reads[i]);
    }
  }
}
