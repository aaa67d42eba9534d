package dev.peregrine.internal.ops;

import static dev.peregrine.internal.ops.OperationResult.RETRY_NOW;

import dev.peregrine.Status;
import dev.peregrine.UpdateFunction;
import dev.peregrine.internal.hlog.LogWindow;
import dev.peregrine.internal.index.HashIndex;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.internal.record.BytesRecord;
import dev.peregrine.internal.record.KeyHash;
import dev.peregrine.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * What most operations on 8-byte keys with values of bytes come to, for one session: the record is
 * the first of its chain, in memory, and nobody is in the way. All else is left to {@link
 * BytesOperations}, from the epoch on. Why it is split: {@link LongOperations}.
 */
public final class LongKeyedOperations {
  private final SessionContext session;
  private final BytesOperations whole;
  private final RecordWriter writer;
  private final HashIndex index;
  private final LogWindow window;

  /**
   * The operations for a session.
   *
   * @param whole of the same session
   */
  public LongKeyedOperations(SessionContext session, BytesOperations whole) {
    this.session = session;
    this.whole = whole;
    this.writer = whole.writer();
    this.index = session.core.index;
    this.window = session.core.log.window();
  }

  /** Reads a value to {@code destination}. */
  public Status read(long key, MemorySegment destination) {
    SessionContext session = this.session;
    if (!session.tryEnterOwned()) {
      return whole.read(KeyHash.ofLong(key), key, null, destination, null, 0, false);
    }
    long address = index.findInTable(session.hash(KeyHash.ofLong(key)));
    LogWindow window = this.window;
    if (address >= window.headAcquire()) {
      long record = window.physical(address);
      if (BytesRecord.isLive(record, key)) {
        Pauses.at(PausePoint.RECORD_FOUND);
        long layout = BytesRecord.layoutAcquire(record);
        int length = BytesRecord.valueBytes(layout);
        try {
          long value = BytesRecord.valueAddressOfLongKey(record);
          Memory.copyOut(value, destination, 0, Math.min(length, destination.byteSize()));
        } catch (RuntimeException | Error e) {
          session.leave();
          throw e;
        }
        Pauses.at(PausePoint.VALUE_COPIED);
        if (!BytesRecord.isWriting(layout) && BytesRecord.isUnchanged(record, layout)) {
          session.valueLength = length;
          session.leave();
          return Status.FOUND;
        }
      }
    }
    return whole.read(KeyHash.ofLong(key), key, null, destination, null, 0, true);
  }

  /** Sets a value. */
  public Status upsert(long key, MemorySegment value) {
    SessionContext session = this.session;
    int valueBytes = writer.requireSize(Long.BYTES, value.byteSize());
    if (!session.tryEnterOwned()) {
      return whole.upsert(KeyHash.ofLong(key), key, null, value, valueBytes, false);
    }
    long address = index.findInTable(session.hash(KeyHash.ofLong(key)));
    if (session.isMutable(address)) {
      long record = window.physical(address);
      if (BytesRecord.isLive(record, key)) {
        long layout = BytesRecord.layoutAcquire(record);
        if (!BytesRecord.isWriting(layout)
            && BytesRecord.canChange(layout, valueBytes)
            && BytesRecord.tryLock(record, layout)) {
          Pauses.at(PausePoint.RECORD_LOCKED);
          if (RecordWriter.isCurrent(record)) {
            session.markChanged(address);
            try {
              writer.replace(record, layout, value, valueBytes);
            } finally {
              session.leave();
            }
            return Status.UPDATED;
          }
          BytesRecord.unlockRelease(record, layout);
        }
      }
    }
    return whole.upsert(KeyHash.ofLong(key), key, null, value, valueBytes, true);
  }

  /** Updates a value by a function. */
  public Status rmw(long key, UpdateFunction function, long argument) {
    SessionContext session = this.session;
    if (!session.tryEnterOwned()) {
      return whole.rmw(KeyHash.ofLong(key), key, null, function, argument, false);
    }
    long address = index.findInTable(session.hash(KeyHash.ofLong(key)));
    if (session.isMutable(address)) {
      long record = window.physical(address);
      if (BytesRecord.isLive(record, key)) {
        session.markChanged(address);
        int result;
        try {
          result = writer.updateInPlace(key, null, Long.BYTES, record, function, argument, false);
        } catch (RuntimeException | Error e) {
          session.leave();
          throw e;
        }
        if (result != RETRY_NOW) {
          session.leave();
          return OperationResult.statusOf(result);
        }
      }
    }
    return whole.rmw(KeyHash.ofLong(key), key, null, function, argument, true);
  }
}
