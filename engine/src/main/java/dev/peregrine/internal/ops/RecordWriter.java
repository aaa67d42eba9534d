package dev.peregrine.internal.ops;

import static dev.peregrine.internal.ops.OperationResult.CREATED;
import static dev.peregrine.internal.ops.OperationResult.DELETED;
import static dev.peregrine.internal.ops.OperationResult.FOUND;
import static dev.peregrine.internal.ops.OperationResult.NOT_FOUND;
import static dev.peregrine.internal.ops.OperationResult.RETRY_NOW;
import static dev.peregrine.internal.ops.OperationResult.RETRY_SPACE;
import static dev.peregrine.internal.ops.OperationResult.UPDATED;

import dev.peregrine.UpdateFunction;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.internal.record.BytesRecord;
import dev.peregrine.internal.record.NativeValue;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * Writes records of bytes for one session: new ones above the session's cursor, and old ones in
 * place.
 *
 * <p>A new record is invalid until it is complete; then it becomes valid, and the CAS of its index
 * entry publishes it. If that fails it becomes invalid again, before the epoch is left, so it is
 * never written to the device as a valid one.
 */
final class RecordWriter {
  private final SessionContext session;
  private final HybridLog log;

  /** The new record between {@link #begin} and {@link #publish}. */
  private long newAddress;

  private long newRecord;

  RecordWriter(SessionContext session) {
    this.session = session;
    this.log = session.core.log;
  }

  /** Refuses a record that the store has no room for; returns the value's length. */
  int requireSize(int keyBytes, long valueBytes) {
    int limit = session.core.limits.maxRecordBytes();
    if (valueBytes < 0
        || valueBytes > BytesRecord.MAX_VALUE_BYTES
        || BytesRecord.sizeBytes(keyBytes, (int) valueBytes) > limit) {
      throw new IllegalArgumentException(
          "a key of "
              + keyBytes
              + " bytes with a value of "
              + valueBytes
              + " bytes does not fit a record of at most "
              + limit
              + " bytes: raise maxRecordBytes, or store less");
    }
    return (int) valueBytes;
  }

  /** Whether there can be a record with a key of this length. */
  boolean fits(int keyBytes) {
    return BytesRecord.sizeBytes(keyBytes, 0) <= session.core.limits.maxRecordBytes();
  }

  /** Sets the writer bit, waiting for whoever has it; returns the layout word without it. */
  long lock(long record) {
    for (; ; ) {
      long layout = BytesRecord.layoutAcquire(record);
      if (!BytesRecord.isWriting(layout) && BytesRecord.tryLock(record, layout)) {
        Pauses.at(PausePoint.RECORD_LOCKED);
        return layout;
      }
      session.spin();
    }
  }

  /** Whether a locked record is its key's newest: neither copied nor deleted. */
  static boolean isCurrent(long record) {
    long header = Memory.getLongAcquire(record);
    return !RecordHeader.isSealed(header) && !RecordHeader.isTombstone(header);
  }

  /** Replaces the value of a locked record by one that fits, and unlocks it. */
  void replace(long record, long layout, MemorySegment value, int valueBytes) {
    try {
      Memory.copyIn(value, 0, BytesRecord.valueAddress(record, layout), valueBytes);
    } catch (RuntimeException | Error e) {
      // The segment was refused before a byte was copied.
      BytesRecord.unlockRelease(record, layout);
      throw e;
    }
    BytesRecord.unlockChangedRelease(record, layout, valueBytes);
    session.valueLength = valueBytes;
  }

  /** Appends a record with a given value. */
  int append(
      long longKey,
      MemorySegment key,
      int keyBytes,
      MemorySegment value,
      int valueBytes,
      int result) {
    if (!begin(longKey, key, keyBytes, valueBytes)) {
      return RETRY_SPACE;
    }
    Memory.copyIn(value, 0, newValueAddress(), valueBytes);
    session.valueLength = valueBytes;
    return publish(false) ? result : RETRY_NOW;
  }

  /** Appends a record that says that the key has no value. */
  int appendTombstone(long longKey, MemorySegment key, int keyBytes) {
    if (!begin(longKey, key, keyBytes, 0)) {
      return RETRY_SPACE;
    }
    return publish(true) ? DELETED : RETRY_NOW;
  }

  /** Appends the first value of an absent key, if the function wants one. */
  int appendInitial(
      long longKey, MemorySegment key, int keyBytes, UpdateFunction function, long argument) {
    int wanted = function.initialLength(argument);
    if (wanted == UpdateFunction.NONE) {
      return NOT_FOUND;
    }
    int valueBytes = requireSize(keyBytes, wanted);
    if (!begin(longKey, key, keyBytes, valueBytes)) {
      return RETRY_SPACE;
    }
    long value = newValueAddress();
    Memory.zero(value, valueBytes);
    NativeValue buffer = session.buffer.set(value, valueBytes);
    try {
      function.initialize(buffer, argument);
    } finally {
      buffer.clear();
    }
    session.valueLength = valueBytes;
    return publish(false) ? CREATED : RETRY_NOW;
  }

  /** Appends the updated value of a record that nobody changes: frozen, read, or locked. */
  int appendUpdated(
      long longKey,
      MemorySegment key,
      int keyBytes,
      long record,
      UpdateFunction function,
      long argument) {
    long layout = Memory.getLong(BytesRecord.layoutAddress(record));
    int wanted = updatedLength(record, layout, function, argument);
    if (wanted == UpdateFunction.NONE) {
      session.valueLength = BytesRecord.valueBytes(layout);
      return FOUND;
    }
    int valueBytes = requireSize(keyBytes, wanted);
    Pauses.at(PausePoint.COPY_BEGUN);
    if (!begin(longKey, key, keyBytes, valueBytes)) {
      return RETRY_SPACE;
    }
    update(newValueAddress(), record, layout, valueBytes, function, argument);
    session.valueLength = valueBytes;
    return publish(false) ? UPDATED : RETRY_NOW;
  }

  /**
   * Updates a record of the mutable region, in place if the new value fits.
   *
   * @param appends whether to append it otherwise, above the cursor; if not, {@link
   *     OperationResult#RETRY_NOW} says that it does not fit
   */
  int updateInPlace(
      long longKey,
      MemorySegment key,
      int keyBytes,
      long record,
      UpdateFunction function,
      long argument,
      boolean appends) {
    long layout = lock(record);
    boolean changed = false;
    int valueBytes = 0;
    try {
      if (!isCurrent(record)) {
        return RETRY_NOW;
      }
      int wanted = updatedLength(record, layout, function, argument);
      if (wanted == UpdateFunction.NONE) {
        session.valueLength = BytesRecord.valueBytes(layout);
        return FOUND;
      }
      valueBytes = requireSize(keyBytes, wanted);
      if (!BytesRecord.canChange(layout, valueBytes)) {
        if (!appends) {
          return RETRY_NOW;
        }
        int result = appendUpdated(longKey, key, keyBytes, record, function, argument);
        if (result == UPDATED) {
          RecordHeader.setSealed(record);
        }
        return result;
      }
      updateLocked(record, layout, valueBytes, function, argument);
      session.valueLength = valueBytes;
      changed = true;
      return UPDATED;
    } finally {
      if (changed) {
        BytesRecord.unlockChangedRelease(record, layout, valueBytes);
      } else {
        BytesRecord.unlockRelease(record, layout);
      }
    }
  }

  /** With what was there kept aside: a function that throws leaves the value as it was. */
  private void updateLocked(
      long record, long layout, int valueBytes, UpdateFunction function, long argument) {
    long value = BytesRecord.valueAddress(record, layout);
    int before = BytesRecord.valueBytes(layout);
    long scratch = session.memory.scratch();
    Memory.copy(value, scratch, before);
    try {
      apply(value, before, valueBytes, function, argument);
    } catch (RuntimeException | Error e) {
      Memory.copy(scratch, value, before);
      throw e;
    }
  }

  private int updatedLength(long record, long layout, UpdateFunction function, long argument) {
    NativeValue view =
        session.view.set(BytesRecord.valueAddress(record, layout), BytesRecord.valueBytes(layout));
    try {
      return function.updatedLength(view, argument);
    } finally {
      view.clear();
    }
  }

  private void update(
      long target,
      long record,
      long layout,
      int valueBytes,
      UpdateFunction function,
      long argument) {
    int kept = Math.min(valueBytes, BytesRecord.valueBytes(layout));
    Memory.copy(BytesRecord.valueAddress(record, layout), target, kept);
    apply(target, kept, valueBytes, function, argument);
  }

  /** Lets the function change a value of which {@code kept} bytes are there; more are zeros. */
  private void apply(long value, int kept, int valueBytes, UpdateFunction function, long argument) {
    if (valueBytes > kept) {
      Memory.zero(value + kept, valueBytes - kept);
    }
    NativeValue buffer = session.buffer.set(value, valueBytes);
    try {
      function.update(buffer, argument);
    } finally {
      buffer.clear();
    }
  }

  /** Takes space for a record, and writes all of it but the value. */
  private boolean begin(long longKey, MemorySegment key, int keyBytes, int valueBytes) {
    long address = session.allocate((int) BytesRecord.sizeBytes(keyBytes, valueBytes));
    if (address == HybridLog.WAIT) {
      return false;
    }
    newAddress = address;
    newRecord = log.physical(address);
    Memory.putLong(
        BytesRecord.layoutAddress(newRecord),
        BytesRecord.layout(keyBytes, valueBytes, session.allocatedBytes()));
    Memory.putLongRelease(newRecord, RecordHeader.invalid());
    long keyAddress = BytesRecord.keyAddress(newRecord);
    if (key == null) {
      Memory.putLong(keyAddress, longKey);
    } else {
      Memory.copyIn(key, 0, keyAddress, keyBytes);
    }
    return true;
  }

  private long newValueAddress() {
    long layout = Memory.getLong(BytesRecord.layoutAddress(newRecord));
    return BytesRecord.valueAddress(newRecord, layout);
  }

  private boolean publish(boolean tombstone) {
    long previous = session.cursor.address();
    Memory.putLongRelease(
        newRecord,
        tombstone
            ? RecordHeader.tombstone(previous, session.version())
            : RecordHeader.live(previous, session.version()));
    Pauses.at(PausePoint.RECORD_VALID);
    if (session.core.index.casAddress(session.cursor, newAddress)) {
      Pauses.at(PausePoint.RECORD_LINKED);
      return true;
    }
    Pauses.at(PausePoint.LINK_LOST);
    Memory.putLongRelease(newRecord, RecordHeader.invalid());
    session.keepSpare(newAddress);
    return false;
  }
}
