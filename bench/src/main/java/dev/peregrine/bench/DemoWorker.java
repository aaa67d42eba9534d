package dev.peregrine.bench;

import dev.peregrine.CompletionHandler;
import dev.peregrine.Session;
import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.ValueView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.HdrHistogram.Histogram;

/**
 * One worker of a demo in one workload: operations by a sequence, each timed from its call to its
 * completion and each checked. One thread.
 */
final class DemoWorker implements CompletionHandler, Gang.Task<Measure.WorkerResult> {
  private static final int CHUNK = 256;
  private static final int POLL_EVERY = 32;
  private static final int READ = 0;
  private static final int MODIFY = 1;
  private static final int KIND_BITS = 1;

  private final Store store;
  private final Workload workload;
  private final DemoPlan plan;
  private final long[] sequence;
  private final Accounts accounts;
  private final int worker;
  private final Histogram latencies = Measure.latencies();
  private final StampCheck check;
  private final StampUpdate update;
  private final PendingOps pending;
  private final Choices choices;

  private Session session;
  private int position;
  private long writes;
  private long found;
  private long modified;
  private RuntimeException failure;

  DemoWorker(
      Store store,
      Workload workload,
      DemoPlan plan,
      long[] sequence,
      Accounts accounts,
      int worker,
      long firstWrite) {
    this.store = store;
    this.workload = workload;
    this.plan = plan;
    this.sequence = sequence;
    this.accounts = accounts;
    this.worker = worker;
    this.writes = firstWrite;
    this.check = new StampCheck(plan.valueBytes());
    this.update = new StampUpdate(plan.valueBytes());
    this.pending = new PendingOps(plan.pendingDepth());
    this.choices = new Choices((long) workload.ordinal() * Version.MAX_WORKERS + worker);
    this.position = KeySequence.offset(sequence.length, worker, plan.threads());
  }

  @Override
  public Measure.WorkerResult run(int number, Gang<?> gang) throws InterruptedException {
    try (Arena arena = Arena.ofConfined();
        Session opened = store.newSession(this)) {
      session = opened;
      MemorySegment value = arena.allocate(plan.valueBytes(), Long.BYTES);
      gang.awaitStart();
      long operations = 0;
      long allocated = Allocation.bytes();
      long begin = System.nanoTime();
      while (!gang.isStopped()) {
        chunk(value);
        operations += CHUNK;
      }
      session.completeAll();
      long end = System.nanoTime();
      allocated = Allocation.bytes() - allocated;
      requireAllDone();
      return new Measure.WorkerResult(operations, begin, end, allocated);
    }
  }

  private void chunk(MemorySegment value) {
    long readBound = workload.readBound();
    boolean modifies = workload.modifies();
    int mask = sequence.length - 1;
    for (int i = 1; i <= CHUNK; i++) {
      long index = sequence[position++ & mask];
      long key = Keys.of(index);
      if (Workload.isRead(choices.next(), readBound)) {
        read(key);
      } else if (modifies) {
        modify(index, key);
      } else {
        write(index, key, value);
      }
      if (i % POLL_EVERY == 0 && session.pendingCount() > 0) {
        session.completePending();
        throwFailure();
      }
    }
  }

  private void read(long key) {
    long begin = System.nanoTime();
    Status status = session.read(key, check, key);
    while (status == Status.BUSY) {
      makeRoom();
      status = session.read(key, check, key);
    }
    if (status == Status.PENDING) {
      pending.put(session.serial(), begin, tag(READ, key));
    } else {
      completed(status, READ, key, begin);
    }
  }

  private void modify(long index, long key) {
    long begin = System.nanoTime();
    Status status = session.rmw(key, update, key);
    while (status == Status.BUSY) {
      makeRoom();
      status = session.rmw(key, update, key);
    }
    if (status == Status.PENDING) {
      pending.put(session.serial(), begin, tag(MODIFY, key));
    } else {
      completed(status, MODIFY, key, begin);
    }
  }

  private void write(long index, long key, MemorySegment value) {
    long version = Version.of(worker + 1, ++writes);
    ValuePattern.fill(value, key, version);
    long begin = System.nanoTime();
    Status status = session.upsert(key, value);
    while (status == Status.BUSY) {
      makeRoom();
      status = session.upsert(key, value);
    }
    if (status != Status.CREATED && status != Status.UPDATED) {
      throw new CheckFailedException("upsert of key " + StampCheck.name(key) + " gave " + status);
    }
    Measure.record(latencies, System.nanoTime() - begin);
    int slot = accounts.slotOf(index);
    if (slot != Accounts.NONE) {
      accounts.written(worker, slot, version);
    }
  }

  /** The index of a record fits in 62 bits, so it shares a word with the kind. */
  private static long tag(int kind, long key) {
    return Keys.indexOf(key) << KIND_BITS | kind;
  }

  @Override
  public void onCompletion(long serial, Status status, ValueView value) {
    int slot = pending.find(serial);
    if (slot < 0) {
      onFailure(
          serial,
          new CheckFailedException("operation " + serial + " completed, but was not pending"));
      return;
    }
    long tag = pending.tag(slot);
    long begin = pending.begin(slot);
    pending.remove(slot);
    int kind = (int) (tag & ((1 << KIND_BITS) - 1));
    try {
      completed(status, kind, Keys.of(tag >>> KIND_BITS), begin);
    } catch (CheckFailedException failed) {
      onFailure(serial, failed);
    }
  }

  @Override
  public void onFailure(long serial, RuntimeException cause) {
    failure = failure == null ? cause : failure;
  }

  private void completed(Status status, int kind, long key, long begin) {
    Measure.record(latencies, System.nanoTime() - begin);
    if (kind == READ) {
      if (status != Status.FOUND) {
        throw new CheckFailedException("read of key " + StampCheck.name(key) + " gave " + status);
      }
      found++;
    } else {
      if (status != Status.UPDATED && status != Status.CREATED) {
        throw new CheckFailedException("update of key " + StampCheck.name(key) + " gave " + status);
      }
      modified++;
      int slot = accounts.slotOf(Keys.indexOf(key));
      if (slot != Accounts.NONE) {
        accounts.modified(worker, slot);
      }
    }
  }

  private void makeRoom() {
    Backlog.makeRoom(session, plan.pendingDepth());
    throwFailure();
  }

  private void throwFailure() {
    if (failure != null) {
      throw failure;
    }
  }

  private void requireAllDone() {
    throwFailure();
    if (pending.size() != 0) {
      throw new CheckFailedException(pending.size() + " operations never completed");
    }
    if (check.verified() != found) {
      throw new CheckFailedException(
          found + " reads found a value, but " + check.verified() + " values were seen");
    }
  }

  /** Latencies of all operations. */
  Histogram latencies() {
    return latencies;
  }

  /** Modifications acknowledged. */
  long modified() {
    return modified;
  }

  /** The number of the last blind write. */
  long writes() {
    return writes;
  }
}
