package dev.peregrine.bench.compare.peer;

import dev.peregrine.Store;
import dev.peregrine.bench.Choices;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Batches on a store of byte values that is in memory as a whole. */
final class PeregrineBytesBatchSession extends PeregrineBytesSession implements PeerBatch.Work {
  private final PeerBatch batch = new PeerBatch();
  private final byte[][] values;
  private final MemorySegment[] segments;
  private final int[] lengths = new int[PeerBatch.SIZE];

  PeregrineBytesBatchSession(Store store, int valueBytes) {
    super(store, valueBytes, false);
    values = new byte[PeerBatch.SIZE][valueBytes];
    segments = Arrays.stream(values).map(MemorySegment::ofArray).toArray(MemorySegment[]::new);
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
      // The function's argument is the key.
      session.rmwBatch(batch.changes, INCREMENT, batch.changes, 0, changed, batch.statuses);
    } else {
      for (int i = 0; i < changed; i++) {
        Payload.fill(values[i], batch.changes[i], Payload.word(batch.changes[i], counter + i));
      }
      session.upsertBatch(batch.changes, segments, 0, changed, batch.statuses);
    }
  }

  @Override
  public void readBatch() {
    int count = batch.readCount();
    session.readBatch(batch.reads, 0, count, segments, lengths, batch.statuses);
    batch.requireFound();
    for (int i = 0; i < count; i++) {
      long key = batch.reads[i];
      if (lengths[i] != values[i].length) {
        throw Payload.wrongLength(key, lengths[i]);
      }
      word = Payload.check(values[i], lengths[i], key);
    }
  }
}
