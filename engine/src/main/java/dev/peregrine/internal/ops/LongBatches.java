package dev.peregrine.internal.ops;

import dev.peregrine.LongUpdateFunction;
import dev.peregrine.Status;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.index.HashIndex;
import dev.peregrine.internal.record.KeyHash;
import dev.peregrine.internal.record.LongRecord;

/**
 * Operations on many keys of a store of 8-byte keys and values, for one session. Arguments have
 * been checked.
 *
 * <p>Keys are taken in groups of {@link BatchGroup#SIZE}, each inside one epoch entry. First the
 * index's line of every key is loaded; then every chain is looked up; then the first record of
 * every chain is loaded; then the operations are done one by one in the keys' order, each by the
 * very steps of the single operation. Only the passes before that are new, and nothing that they
 * see is used for an outcome: they bring cache lines, so that a core waits for ten misses at once
 * and not for one after the other. They are loops of their own because a mispredicted branch of a
 * look-up would hold up the loads behind it. An operation that waits gives up the epoch; no address
 * is kept across it.
 */
public final class LongBatches {
  private final SessionContext session;
  private final LongOperations operations;
  private final HashIndex index;
  private final HybridLog log;
  private final BatchGroup group = new BatchGroup();

  LongBatches(SessionContext session, LongOperations operations) {
    this.session = session;
    this.operations = operations;
    this.index = session.core.index;
    this.log = session.core.log;
  }

  /** Reads values; returns how many keys are unfinished. */
  public int read(long[] keys, int from, int count, long[] values, Status[] statuses) {
    int unfinished = 0;
    for (int done = 0; done < count; done += BatchGroup.SIZE) {
      int size = Math.min(BatchGroup.SIZE, count - done);
      session.enterRead();
      try {
        touch(keys, from + done, size);
        for (int i = 0; i < size; i++) {
          group.begin(session, i);
          Status status = operations.readInside(group.hashes[i], keys[from + done + i]);
          if (status == Status.FOUND) {
            values[done + i] = session.longValue;
          }
          unfinished += BatchGroup.put(statuses, done + i, status);
        }
        group.end(session, done + size == count);
      } finally {
        session.leaveBatch();
      }
    }
    return unfinished;
  }

  /** Sets values; returns how many keys are unfinished, which is none. */
  public int upsert(long[] keys, long[] values, int from, int count, Status[] statuses) {
    int unfinished = 0;
    for (int done = 0; done < count; done += BatchGroup.SIZE) {
      int size = Math.min(BatchGroup.SIZE, count - done);
      session.enterChange();
      try {
        touch(keys, from + done, size);
        for (int i = 0; i < size; i++) {
          group.begin(session, i);
          int at = from + done + i;
          Status status = operations.upsertInside(group.hashes[i], keys[at], values[at]);
          unfinished += BatchGroup.put(statuses, done + i, status);
        }
        group.end(session, done + size == count);
      } finally {
        session.leaveBatch();
      }
    }
    return unfinished;
  }

  /** Deletes keys; returns how many are unfinished, which is none. */
  public int delete(long[] keys, int from, int count, Status[] statuses) {
    int unfinished = 0;
    for (int done = 0; done < count; done += BatchGroup.SIZE) {
      int size = Math.min(BatchGroup.SIZE, count - done);
      session.enterChange();
      try {
        touch(keys, from + done, size);
        for (int i = 0; i < size; i++) {
          group.begin(session, i);
          Status status = operations.deleteInside(group.hashes[i], keys[from + done + i]);
          unfinished += BatchGroup.put(statuses, done + i, status);
        }
        group.end(session, done + size == count);
      } finally {
        session.leaveBatch();
      }
    }
    return unfinished;
  }

  /** Sets the values of absent keys; returns how many keys are unfinished. */
  public int insertIfAbsent(
      long[] keys, long[] values, int from, int count, long[] results, Status[] statuses) {
    return change(PendingOperation.Kind.INSERT, keys, null, values, from, count, results, statuses);
  }

  /** Adds to values; returns how many keys are unfinished. */
  public int add(
      long[] keys, long[] deltas, int from, int count, long[] results, Status[] statuses) {
    return change(PendingOperation.Kind.ADD, keys, null, deltas, from, count, results, statuses);
  }

  /** Updates values by a function; returns how many keys are unfinished. */
  public int rmw(
      long[] keys,
      LongUpdateFunction function,
      long[] arguments,
      int from,
      int count,
      long[] results,
      Status[] statuses) {
    return change(
        PendingOperation.Kind.UPDATE, keys, function, arguments, from, count, results, statuses);
  }

  private int change(
      PendingOperation.Kind kind,
      long[] keys,
      LongUpdateFunction function,
      long[] arguments,
      int from,
      int count,
      long[] results,
      Status[] statuses) {
    int unfinished = 0;
    for (int done = 0; done < count; done += BatchGroup.SIZE) {
      int size = Math.min(BatchGroup.SIZE, count - done);
      session.enterChange();
      try {
        touch(keys, from + done, size);
        for (int i = 0; i < size; i++) {
          group.begin(session, i);
          int at = from + done + i;
          Status status =
              operations.changeInside(kind, group.hashes[i], keys[at], arguments[at], function);
          if (results != null && !OperationResult.isUnfinished(status)) {
            results[done + i] = session.longValue;
          }
          unfinished += BatchGroup.put(statuses, done + i, status);
        }
        group.end(session, done + size == count);
      } finally {
        session.leaveBatch();
      }
    }
    return unfinished;
  }

  /** Hashes a group's keys and brings the cache lines that their operations will need. */
  private void touch(long[] keys, int from, int size) {
    long[] hashes = group.hashes;
    long[] addresses = group.addresses;
    long seen = 0;
    for (int i = 0; i < size; i++) {
      long hash = session.hash(KeyHash.ofLong(keys[from + i]));
      hashes[i] = hash;
      seen ^= index.touch(hash);
    }
    long head = log.headAcquire();
    for (int i = 0; i < size; i++) {
      addresses[i] = index.find(hashes[i]);
    }
    for (int i = 0; i < size; i++) {
      if (addresses[i] >= head) {
        seen ^= LongRecord.touch(log.physical(addresses[i]));
      }
    }
    group.seen = seen;
  }
}
