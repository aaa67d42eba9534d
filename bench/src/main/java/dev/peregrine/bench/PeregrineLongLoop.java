package dev.peregrine.bench;

import dev.peregrine.Status;
import dev.peregrine.Store;

/** Operations on a store of longs. */
class PeregrineLongLoop extends PeregrineLoop {
  private long written;

  PeregrineLongLoop(Store store, Workload workload, long[] keys, int worker, int workers) {
    super(store, workload, keys, worker, workers);
  }

  @Override
  protected void reads() {
    long sum = 0;
    for (int i = 0; i < CHUNK; i++) {
      long key = keys[position++ & mask];
      Status status = session.read(key);
      if (status == Status.FOUND) {
        sum += session.longValue();
      } else {
        readAgain(status, key);
      }
    }
    checksum += sum;
  }

  @Override
  protected void readsAndWrites() {
    long sum = 0;
    for (int i = 0; i < CHUNK; i++) {
      long key = keys[position++ & mask];
      if (Workload.isRead(choices.next(), readBound)) {
        Status status = session.read(key);
        if (status == Status.FOUND) {
          sum += session.longValue();
        } else {
          readAgain(status, key);
        }
      } else {
        write(key);
      }
    }
    checksum += sum;
  }

  @Override
  protected void readsAndModifications() {
    long sum = 0;
    for (int i = 0; i < CHUNK; i++) {
      long key = keys[position++ & mask];
      if (Workload.isRead(choices.next(), readBound)) {
        Status status = session.read(key);
        if (status == Status.FOUND) {
          sum += session.longValue();
        } else {
          readAgain(status, key);
        }
      } else {
        modify(key);
      }
    }
    checksum += sum;
  }

  @Override
  protected boolean read(long key) {
    Status status = session.read(key);
    if (status == Status.FOUND) {
      checksum += session.longValue();
      return true;
    }
    return readAgain(status, key);
  }

  private boolean readAgain(Status outcome, long key) {
    Status status = outcome;
    while (status == Status.BUSY) {
      makeRoom();
      status = session.read(key);
    }
    if (status == Status.FOUND) {
      checksum += session.longValue();
    } else if (status != Status.PENDING) {
      failed();
    }
    return status != Status.PENDING;
  }

  @Override
  protected boolean write(long key) {
    Status status = session.upsert(key, ++written);
    while (status == Status.BUSY) {
      makeRoom();
      status = session.upsert(key, written);
    }
    if (status == Status.NOT_FOUND) {
      failed();
    }
    return status != Status.PENDING;
  }

  @Override
  protected boolean modify(long key) {
    Status status = session.add(key, 1);
    while (status == Status.BUSY) {
      makeRoom();
      status = session.add(key, 1);
    }
    if (status == Status.NOT_FOUND) {
      failed();
    }
    return status != Status.PENDING;
  }
}
