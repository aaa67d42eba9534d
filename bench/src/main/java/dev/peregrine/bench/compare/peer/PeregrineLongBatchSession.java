package dev.peregrine.bench.compare.peer;

import dev.peregrine.Store;
import dev.peregrine.bench.Choices;
import java.util.Arrays;

/** Batches on a store of longs that is in memory as a whole. */
final class PeregrineLongBatchSession extends PeregrineLongSession {
  private final PeerBatch batch = new PeerBatch();
  private final long[] values = new long[PeerBatch.SIZE];
  private final long[] ones = new long[PeerBatch.SIZE];

  PeregrineLongBatchSession(Store store) {
    super(store, false);
    Arrays.fill(ones, 1);
  }

  @Override
  public void read(Keystream keys, int count) {
    for (int done = 0; done < count; done += PeerBatch.SIZE) {
      batch.draw(keys, Math.min(PeerBatch.SIZE, count - done));
      readBatch();
    }
  }

  @Override
  public void mix(Keystream keys, int count, Choices choices, long readBound, long counter) {
    long next = counter;
    for (int done = 0; done < count; done += PeerBatch.SIZE) {
      batch.draw(keys, Math.min(PeerBatch.SIZE, count - done), choices, readBound);
      readBatch();
      int changed = batch.changeCount();
      if (counter < 0) {
        session.addBatch(batch.changes, ones, 0, changed, null, batch.statuses);
      } else {
        for (int i = 0; i < changed; i++) {
          values[i] = Payload.word(batch.changes[i], next++);
        }
        session.upsertBatch(batch.changes, values, 0, changed, batch.statuses);
      }
      batch.requireUpdated();
    }
  }

  private void readBatch() {
    int count = batch.readCount();
    session.readBatch(batch.reads, 0, count, values, batch.statuses);
    batch.requireFound();
    for (int i = 0; i < count; i++) {
      word = Payload.check(values[i], batch.reads[i]);
    }
  }
}
