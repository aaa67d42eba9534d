package dev.peregrine.internal.ops;

import dev.peregrine.ReadFunction;
import dev.peregrine.Status;
import dev.peregrine.UpdateFunction;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.index.HashIndex;
import dev.peregrine.internal.record.BytesRecord;
import dev.peregrine.internal.record.KeyHash;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Operations on many keys of a store of values of bytes, for one session; see {@link LongBatches}
 * for how. Keys are {@code longKeys}, or {@code keys} if that is null. Ranges and nulls of arrays
 * have been checked; what is in them is checked here, before anything is done.
 */
public final class BytesBatches {
  private final SessionContext session;
  private final BytesOperations operations;
  private final HashIndex index;
  private final HybridLog log;
  private final BatchGroup group = new BatchGroup();

  BytesBatches(SessionContext session, BytesOperations operations) {
    this.session = session;
    this.operations = operations;
    this.index = session.core.index;
    this.log = session.core.log;
  }

  /**
   * Reads values, to {@code destinations} or by {@code function}, which is given the key's number
   * in the batch; returns how many keys are unfinished.
   */
  public int read(
      long[] longKeys,
      MemorySegment[] keys,
      int from,
      int count,
      MemorySegment[] destinations,
      int[] lengths,
      ReadFunction function,
      Status[] statuses) {
    requireKeys(keys, from, count);
    requireDestinations(destinations, count);
    int unfinished = 0;
    for (int done = 0; done < count; done += BatchGroup.SIZE) {
      int size = Math.min(BatchGroup.SIZE, count - done);
      session.enterRead();
      try {
        touch(longKeys, keys, from + done, size);
        for (int i = 0; i < size; i++) {
          group.begin(session, i);
          int at = from + done + i;
          MemorySegment destination = destinations == null ? null : destinations[done + i];
          Status status =
              operations.readInside(
                  group.hashes[i],
                  longKey(longKeys, at),
                  key(keys, at),
                  destination,
                  function,
                  done + i);
          if (lengths != null && status == Status.FOUND) {
            lengths[done + i] = session.valueLength;
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
  public int upsert(
      long[] longKeys,
      MemorySegment[] keys,
      MemorySegment[] values,
      int from,
      int count,
      Status[] statuses) {
    return store(false, longKeys, keys, values, from, count, statuses);
  }

  /** Sets the values of absent keys; returns how many keys are unfinished. */
  public int insertIfAbsent(
      long[] longKeys,
      MemorySegment[] keys,
      MemorySegment[] values,
      int from,
      int count,
      Status[] statuses) {
    return store(true, longKeys, keys, values, from, count, statuses);
  }

  /** Updates values by a function; returns how many keys are unfinished. */
  public int rmw(
      long[] longKeys,
      MemorySegment[] keys,
      UpdateFunction function,
      long[] arguments,
      int from,
      int count,
      Status[] statuses) {
    requireKeys(keys, from, count);
    int unfinished = 0;
    for (int done = 0; done < count; done += BatchGroup.SIZE) {
      int size = Math.min(BatchGroup.SIZE, count - done);
      session.enterChange();
      try {
        touch(longKeys, keys, from + done, size);
        for (int i = 0; i < size; i++) {
          group.begin(session, i);
          int at = from + done + i;
          Status status =
              operations.updateInside(
                  group.hashes[i], longKey(longKeys, at), key(keys, at), function, arguments[at]);
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
  public int delete(long[] longKeys, MemorySegment[] keys, int from, int count, Status[] statuses) {
    requireKeys(keys, from, count);
    int unfinished = 0;
    for (int done = 0; done < count; done += BatchGroup.SIZE) {
      int size = Math.min(BatchGroup.SIZE, count - done);
      session.enterChange();
      try {
        touch(longKeys, keys, from + done, size);
        for (int i = 0; i < size; i++) {
          group.begin(session, i);
          int at = from + done + i;
          Status status =
              operations.deleteInside(group.hashes[i], longKey(longKeys, at), key(keys, at));
          unfinished += BatchGroup.put(statuses, done + i, status);
        }
        group.end(session, done + size == count);
      } finally {
        session.leaveBatch();
      }
    }
    return unfinished;
  }

  private int store(
      boolean ifAbsent,
      long[] longKeys,
      MemorySegment[] keys,
      MemorySegment[] values,
      int from,
      int count,
      Status[] statuses) {
    requireKeys(keys, from, count);
    requireValues(keys, values, from, count);
    int unfinished = 0;
    for (int done = 0; done < count; done += BatchGroup.SIZE) {
      int size = Math.min(BatchGroup.SIZE, count - done);
      session.enterChange();
      try {
        touch(longKeys, keys, from + done, size);
        for (int i = 0; i < size; i++) {
          group.begin(session, i);
          int at = from + done + i;
          long hash = group.hashes[i];
          MemorySegment key = key(keys, at);
          MemorySegment value = values[at];
          int valueBytes = operations.requireSize(key, value.byteSize());
          Status status =
              ifAbsent
                  ? operations.insertInside(hash, longKey(longKeys, at), key, value, valueBytes)
                  : operations.upsertInside(hash, longKey(longKeys, at), key, value, valueBytes);
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
  private void touch(long[] longKeys, MemorySegment[] keys, int from, int size) {
    long[] hashes = group.hashes;
    long[] addresses = group.addresses;
    long seen = 0;
    for (int i = 0; i < size; i++) {
      int at = from + i;
      long fullHash = keys == null ? KeyHash.ofLong(longKeys[at]) : KeyHash.ofBytes(key(keys, at));
      hashes[i] = session.hash(fullHash);
      seen ^= index.touch(hashes[i]);
    }
    long head = log.headAcquire();
    for (int i = 0; i < size; i++) {
      addresses[i] = index.find(hashes[i]);
    }
    for (int i = 0; i < size; i++) {
      if (addresses[i] >= head) {
        seen ^= BytesRecord.touch(log.physical(addresses[i]));
      }
    }
    for (int i = 0; i < size; i++) {
      if (addresses[i] >= head) {
        seen ^= BytesRecord.touchRest(log.physical(addresses[i]));
      }
    }
    group.seen = seen;
  }

  private static long longKey(long[] longKeys, int at) {
    return longKeys == null ? 0 : longKeys[at];
  }

  /** A key of bytes, checked each time, since the caller's array may change meanwhile. */
  private static MemorySegment key(MemorySegment[] keys, int at) {
    return keys == null ? null : BytesOperations.requireKey(keys[at]);
  }

  private static void requireKeys(MemorySegment[] keys, int from, int count) {
    for (int i = 0; i < count; i++) {
      key(keys, from + i);
    }
  }

  private void requireValues(MemorySegment[] keys, MemorySegment[] values, int from, int count) {
    for (int at = from; at < from + count; at++) {
      operations.requireSize(key(keys, at), Objects.requireNonNull(values[at], "value").byteSize());
    }
  }

  private static void requireDestinations(MemorySegment[] destinations, int count) {
    if (destinations != null) {
      for (int i = 0; i < count; i++) {
        BytesOperations.requireDestination(destinations[i]);
      }
    }
  }
}
