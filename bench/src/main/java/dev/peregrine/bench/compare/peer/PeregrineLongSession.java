package dev.peregrine.bench.compare.peer;

import dev.peregrine.Status;
import dev.peregrine.Store;

/** Operations on a store of longs. */
class PeregrineLongSession extends PeregrineSession {
  PeregrineLongSession(Store store, boolean blocking) {
    super(store, Long.BYTES, blocking);
  }

  @Override
  public boolean read(long key) {
    Status status = settled(session.read(key));
    while (status == Status.BUSY) {
      makeRoom();
      status = settled(session.read(key));
    }
    if (status != Status.FOUND) {
      return later(key, status);
    }
    word = Payload.check(session.longValue(), key);
    return true;
  }

  @Override
  public boolean write(long key, long counter) {
    Status status = settled(session.upsert(key, Payload.word(key, counter)));
    while (status == Status.BUSY) {
      makeRoom();
      status = settled(session.upsert(key, Payload.word(key, counter)));
    }
    return isChanged(key, status);
  }

  @Override
  public boolean increment(long key) {
    Status status = settled(session.add(key, 1));
    while (status == Status.BUSY) {
      makeRoom();
      status = settled(session.add(key, 1));
    }
    return isChanged(key, status);
  }
}
