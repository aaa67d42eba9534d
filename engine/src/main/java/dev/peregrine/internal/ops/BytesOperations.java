package dev.peregrine.internal.ops;

import static dev.peregrine.internal.ops.OperationResult.CREATED;
import static dev.peregrine.internal.ops.OperationResult.DELETED;
import static dev.peregrine.internal.ops.OperationResult.FOUND;
import static dev.peregrine.internal.ops.OperationResult.NOT_FOUND;
import static dev.peregrine.internal.ops.OperationResult.ON_DISK;
import static dev.peregrine.internal.ops.OperationResult.RETRY_NOW;
import static dev.peregrine.internal.ops.OperationResult.UPDATED;

import dev.peregrine.CorruptionException;
import dev.peregrine.ReadFunction;
import dev.peregrine.Status;
import dev.peregrine.UpdateFunction;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.internal.index.HashIndex;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.internal.record.BytesRecord;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The operations of a store of values of any length, for one session. Keys are 8 bytes (then {@code
 * key} is null and {@code longKey} counts) or of any length.
 *
 * <p>Who changes a record in place holds its writer bit, and so does who copies one that may be
 * changed in place; a record that has been copied is sealed before the bit is cleared. Deleting
 * takes the bit, too, so that a copy cannot bring the key back.
 */
public final class BytesOperations implements RecordAccess {
  private static final int FIRST_READ_BYTES = 256;

  private final SessionContext session;
  private final HashIndex index;
  private final HybridLog log;
  private final RecordWriter writer;
  private BytesBatches batches;

  /** The operations for a session, which must be of a store of values of bytes. */
  public BytesOperations(SessionContext session) {
    this.session = session;
    this.index = session.core.index;
    this.log = session.core.log;
    this.writer = new RecordWriter(session);
    session.pending.bind(this, Math.min(FIRST_READ_BYTES, session.core.limits.maxRecordBytes()));
  }

  /** Reads a value: to {@code destination}, or by {@code function}. */
  public Status read(
      long fullHash,
      long longKey,
      MemorySegment key,
      MemorySegment destination,
      ReadFunction function,
      long argument) {
    return read(fullHash, longKey, key, destination, function, argument, false);
  }

  /** As {@link #read}, from the epoch on if it has been entered. */
  Status read(
      long fullHash,
      long longKey,
      MemorySegment key,
      MemorySegment destination,
      ReadFunction function,
      long argument,
      boolean entered) {
    if (!entered) {
      session.enterRead();
    }
    try {
      long hash = session.hash(fullHash);
      return readInside(hash, longKey, key, destination, function, argument);
    } finally {
      session.leave();
    }
  }

  /** Sets a value. */
  public Status upsert(long fullHash, long longKey, MemorySegment key, MemorySegment value) {
    int valueBytes = writer.requireSize(keyBytes(key), value.byteSize());
    return upsert(fullHash, longKey, key, value, valueBytes, false);
  }

  /** As {@link #upsert}, from the epoch on if it has been entered. */
  Status upsert(
      long fullHash,
      long longKey,
      MemorySegment key,
      MemorySegment value,
      int valueBytes,
      boolean entered) {
    if (!entered) {
      session.enterChange();
    }
    try {
      long hash = session.hash(fullHash);
      return upsertInside(hash, longKey, key, value, valueBytes);
    } finally {
      session.leave();
    }
  }

  /** Deletes a key. */
  public Status delete(long fullHash, long longKey, MemorySegment key) {
    long hash = session.hash(fullHash);
    session.enterChange();
    try {
      return deleteInside(hash, longKey, key);
    } finally {
      session.leave();
    }
  }

  /** Sets the value of an absent key. */
  public Status insertIfAbsent(
      long fullHash, long longKey, MemorySegment key, MemorySegment value) {
    long hash = session.hash(fullHash);
    int valueBytes = writer.requireSize(keyBytes(key), value.byteSize());
    session.enterChange();
    try {
      return insertInside(hash, longKey, key, value, valueBytes);
    } finally {
      session.leave();
    }
  }

  /** Updates a value by a function. */
  public Status rmw(
      long fullHash, long longKey, MemorySegment key, UpdateFunction function, long argument) {
    return rmw(fullHash, longKey, key, function, argument, false);
  }

  /** As {@link #rmw}, from the epoch on if it has been entered. */
  Status rmw(
      long fullHash,
      long longKey,
      MemorySegment key,
      UpdateFunction function,
      long argument,
      boolean entered) {
    if (!entered) {
      session.enterChange();
    }
    try {
      return updateInside(session.hash(fullHash), longKey, key, function, argument);
    } finally {
      session.leave();
    }
  }

  /** What writes records. */
  RecordWriter writer() {
    return writer;
  }

  /** The same operations on many keys. */
  public BytesBatches batches() {
    if (batches == null) {
      batches = new BytesBatches(session, this);
    }
    return batches;
  }

  /** Refuses a key that no record can have; returns it. */
  public static MemorySegment requireKey(MemorySegment key) {
    Objects.requireNonNull(key, "key");
    if (key.byteSize() > BytesRecord.MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "a key of " + key.byteSize() + " bytes is longer than " + BytesRecord.MAX_KEY_BYTES);
    }
    return key;
  }

  /** Refuses a segment that no value can be copied to. */
  public static void requireDestination(MemorySegment destination) {
    Objects.requireNonNull(destination, "destination");
    if (destination.isReadOnly()) {
      throw new IllegalArgumentException("destination is read-only");
    }
  }

  /** Refuses a record that the store has no room for; returns the value's length. */
  int requireSize(MemorySegment key, long valueBytes) {
    return writer.requireSize(keyBytes(key), valueBytes);
  }

  /** A read, inside the epoch; the length is then in {@link SessionContext#valueLength}. */
  Status readInside(
      long hash,
      long longKey,
      MemorySegment key,
      MemorySegment destination,
      ReadFunction function,
      long argument) {
    long head = log.headAcquire();
    long address = trace(index.find(hash), longKey, key, keyBytes(key), head);
    if (address >= head) {
      return OperationResult.statusOf(readInMemory(address, destination, function, argument));
    }
    if (address < log.beginAcquire()) {
      return Status.NOT_FOUND;
    }
    session.diskAddress = address;
    PendingOperation op = take(PendingOperation.Kind.READ, hash, longKey, key);
    if (op == null) {
      return Status.BUSY;
    }
    op.destination = destination;
    op.readFunction = function;
    op.longArgument = argument;
    return OperationResult.statusOf(session.pending.start(op));
  }

  /** An upsert, inside the epoch. */
  Status upsertInside(
      long hash, long longKey, MemorySegment key, MemorySegment value, int valueBytes) {
    int result = tryUpsert(hash, longKey, key, value, valueBytes);
    while (result < 0) {
      session.backOff(result);
      result = tryUpsert(hash, longKey, key, value, valueBytes);
    }
    return OperationResult.statusOf(result);
  }

  /** A deletion, inside the epoch. */
  Status deleteInside(long hash, long longKey, MemorySegment key) {
    int result = tryDelete(hash, longKey, key);
    while (result < 0) {
      session.backOff(result);
      result = tryDelete(hash, longKey, key);
    }
    return OperationResult.statusOf(result);
  }

  /** A conditional insert, inside the epoch. */
  Status insertInside(
      long hash, long longKey, MemorySegment key, MemorySegment value, int valueBytes) {
    int keyBytes = keyBytes(key);
    int result = tryInsert(hash, longKey, key, keyBytes, value, valueBytes);
    while (result < 0) {
      if (result == ON_DISK) {
        PendingOperation op = take(PendingOperation.Kind.INSERT, hash, longKey, key);
        if (op == null) {
          return Status.BUSY;
        }
        try {
          op.copyValue(value, valueBytes);
        } catch (RuntimeException e) {
          session.pending.abandon(op);
          throw e;
        }
        return OperationResult.statusOf(session.pending.start(op));
      }
      session.backOff(result);
      result = tryInsert(hash, longKey, key, keyBytes, value, valueBytes);
    }
    return OperationResult.statusOf(result);
  }

  /** An update by a function, inside the epoch. */
  Status updateInside(
      long hash, long longKey, MemorySegment key, UpdateFunction function, long argument) {
    int keyBytes = keyBytes(key);
    int result = tryUpdate(hash, longKey, key, keyBytes, function, argument);
    while (result < 0) {
      if (result == ON_DISK) {
        PendingOperation op = take(PendingOperation.Kind.UPDATE, hash, longKey, key);
        if (op == null) {
          return Status.BUSY;
        }
        op.updateFunction = function;
        op.longArgument = argument;
        return OperationResult.statusOf(session.pending.start(op));
      }
      session.backOff(result);
      result = tryUpdate(hash, longKey, key, keyBytes, function, argument);
    }
    return OperationResult.statusOf(result);
  }

  @Override
  public long inspect(PendingOperation op, long record, long available) {
    op.neededBytes = BytesRecord.KEY_OFFSET;
    if (available < BytesRecord.KEY_OFFSET) {
      return MORE;
    }
    long header = Memory.getLong(record);
    long layout = Memory.getLong(BytesRecord.layoutAddress(record));
    long previous = RecordHeader.previousAddress(header);
    int pageBytes = 1 << session.core.limits.log().pageBits();
    long size = BytesRecord.allocatedBytes(layout);
    if (!RecordHeader.isPresent(header)
        || previous >= op.address
        || BytesRecord.isWriting(layout)
        || (op.address & (pageBytes - 1)) + size > PageImage.usableBytes(pageBytes)) {
      throw new CorruptionException("there is no record at address " + op.address);
    }
    MemorySegment key = op.keyBytes < 0 ? null : op.key;
    int keyBytes = key == null ? Long.BYTES : op.keyBytes;
    if (BytesRecord.keyBytes(layout) != keyBytes) {
      return previous;
    }
    long keyEnd = BytesRecord.valueOffset(layout);
    if (available < keyEnd) {
      op.neededBytes = (int) keyEnd;
      return MORE;
    }
    if (!hasKey(record, op.longKey, key, keyBytes)) {
      return previous;
    }
    op.neededBytes = (int) size;
    return available < size ? MORE : MATCH;
  }

  @Override
  public int resume(PendingOperation op, long record) {
    boolean live = record != 0 && !RecordHeader.isTombstone(Memory.getLong(record));
    if (op.kind == PendingOperation.Kind.READ) {
      return live ? readFromBuffer(op, record) : NOT_FOUND;
    }
    MemorySegment key = op.keyBytes < 0 ? null : op.key;
    int keyBytes = key == null ? Long.BYTES : op.keyBytes;
    long head = log.headAcquire();
    index.findOrCreate(op.hash, session.cursor);
    long address = trace(session.cursor.address(), op.longKey, key, keyBytes, head);
    // Any other address is something newer: the key, or a part of the chain that has left memory.
    boolean unchanged = address == op.searchedFrom;
    int result;
    if (op.kind == PendingOperation.Kind.INSERT) {
      if (!unchanged) {
        result = tryInsert(op.hash, op.longKey, key, keyBytes, op.value, op.valueBytes);
      } else if (live) {
        session.valueLength =
            BytesRecord.valueBytes(Memory.getLong(BytesRecord.layoutAddress(record)));
        result = FOUND;
      } else {
        result = writer.append(op.longKey, key, keyBytes, op.value, op.valueBytes, CREATED);
      }
    } else if (!unchanged) {
      result = tryUpdate(op.hash, op.longKey, key, keyBytes, op.updateFunction, op.longArgument);
    } else if (live) {
      result =
          writer.appendUpdated(
              op.longKey, key, keyBytes, record, op.updateFunction, op.longArgument);
    } else {
      result = writer.appendInitial(op.longKey, key, keyBytes, op.updateFunction, op.longArgument);
    }
    op.valueLength = session.valueLength;
    return result;
  }

  private int readFromBuffer(PendingOperation op, long record) {
    long layout = Memory.getLong(BytesRecord.layoutAddress(record));
    int length = BytesRecord.valueBytes(layout);
    long value = BytesRecord.valueAddress(record, layout);
    op.valueLength = length;
    op.valueAddress = value;
    if (op.destination != null) {
      Memory.copyOut(value, op.destination, 0, Math.min(length, op.destination.byteSize()));
    } else {
      call(op.readFunction, value, length, op.longArgument);
    }
    return FOUND;
  }

  private int readInMemory(
      long address, MemorySegment destination, ReadFunction function, long argument) {
    long record = log.physical(address);
    Pauses.at(PausePoint.RECORD_FOUND);
    if (RecordHeader.isTombstone(Memory.getLongAcquire(record))) {
      return NOT_FOUND;
    }
    boolean frozen = address < log.safeReadOnlyAcquire();
    long value;
    int length;
    for (; ; ) {
      long layout = BytesRecord.layoutAcquire(record);
      value = BytesRecord.valueAddress(record, layout);
      length = BytesRecord.valueBytes(layout);
      if (!BytesRecord.isWriting(layout)) {
        if (destination != null) {
          Memory.copyOut(value, destination, 0, Math.min(length, destination.byteSize()));
        } else if (!frozen) {
          Memory.copy(value, session.memory.scratch(), length);
        }
        Pauses.at(PausePoint.VALUE_COPIED);
        if (BytesRecord.isUnchanged(record, layout)) {
          break;
        }
      }
      session.spin();
    }
    session.valueLength = length;
    if (destination == null) {
      call(function, frozen ? value : session.memory.scratch(), length, argument);
    }
    return FOUND;
  }

  private void call(ReadFunction function, long value, int length, long argument) {
    try {
      function.read(session.view.set(value, length), argument);
    } finally {
      session.view.clear();
    }
  }

  private int tryUpsert(
      long hash, long longKey, MemorySegment key, MemorySegment value, int valueBytes) {
    int keyBytes = keyBytes(key);
    long head = log.headAcquire();
    index.findOrCreate(hash, session.cursor);
    long address = trace(session.cursor.address(), longKey, key, keyBytes, head);
    if (address < head) {
      return writer.append(longKey, key, keyBytes, value, valueBytes, CREATED);
    }
    long record = log.physical(address);
    if (RecordHeader.isTombstone(Memory.getLongAcquire(record))) {
      return writer.append(longKey, key, keyBytes, value, valueBytes, CREATED);
    }
    if (session.isMutable(address)) {
      long layout = writer.lock(record);
      if (!RecordWriter.isCurrent(record)) {
        BytesRecord.unlockRelease(record, layout);
        return RETRY_NOW;
      }
      if (BytesRecord.canChange(layout, valueBytes)) {
        session.markChanged(address);
        writer.replace(record, layout, value, valueBytes);
        return UPDATED;
      }
      BytesRecord.unlockRelease(record, layout);
    }
    return writer.append(longKey, key, keyBytes, value, valueBytes, UPDATED);
  }

  private int tryDelete(long hash, long longKey, MemorySegment key) {
    if (index.find(hash) == LogAddress.NONE) {
      return NOT_FOUND;
    }
    int keyBytes = keyBytes(key);
    long head = log.headAcquire();
    index.findOrCreate(hash, session.cursor);
    long address = trace(session.cursor.address(), longKey, key, keyBytes, head);
    if (address < head) {
      boolean mayExist = address >= log.beginAcquire() && writer.fits(keyBytes);
      return mayExist ? writer.appendTombstone(longKey, key, keyBytes) : NOT_FOUND;
    }
    long record = log.physical(address);
    if (RecordHeader.isTombstone(Memory.getLongAcquire(record))) {
      return NOT_FOUND;
    }
    if (!session.isMutable(address)) {
      // Somebody may still delete it in place: only one of the two may say so.
      return session.isFrozen(address)
          ? writer.appendTombstone(longKey, key, keyBytes)
          : OperationResult.RETRY_FROZEN;
    }
    long layout = writer.lock(record);
    long header = Memory.getLongAcquire(record);
    int result = RETRY_NOW;
    if (RecordHeader.isTombstone(header)) {
      result = NOT_FOUND;
    } else if (!RecordHeader.isSealed(header)) {
      session.markChanged(address);
      RecordHeader.setTombstone(record);
      result = DELETED;
    }
    BytesRecord.unlockRelease(record, layout);
    return result;
  }

  private int tryInsert(
      long hash,
      long longKey,
      MemorySegment key,
      int keyBytes,
      MemorySegment value,
      int valueBytes) {
    long head = log.headAcquire();
    index.findOrCreate(hash, session.cursor);
    long address = trace(session.cursor.address(), longKey, key, keyBytes, head);
    if (address >= head) {
      long record = log.physical(address);
      if (!RecordHeader.isTombstone(Memory.getLongAcquire(record))) {
        session.valueLength = BytesRecord.valueBytes(BytesRecord.layoutAcquire(record));
        return FOUND;
      }
    } else if (address >= log.beginAcquire()) {
      session.diskAddress = address;
      return ON_DISK;
    }
    return writer.append(longKey, key, keyBytes, value, valueBytes, CREATED);
  }

  private int tryUpdate(
      long hash,
      long longKey,
      MemorySegment key,
      int keyBytes,
      UpdateFunction function,
      long argument) {
    long head = log.headAcquire();
    index.findOrCreate(hash, session.cursor);
    long address = trace(session.cursor.address(), longKey, key, keyBytes, head);
    if (address < head) {
      if (address >= log.beginAcquire()) {
        session.diskAddress = address;
        return ON_DISK;
      }
      return writer.appendInitial(longKey, key, keyBytes, function, argument);
    }
    long record = log.physical(address);
    if (RecordHeader.isTombstone(Memory.getLongAcquire(record))) {
      return writer.appendInitial(longKey, key, keyBytes, function, argument);
    }
    if (session.isMutable(address)) {
      session.markChanged(address);
      return writer.updateInPlace(longKey, key, keyBytes, record, function, argument, true);
    }
    if (!session.isFrozen(address)) {
      return OperationResult.RETRY_FROZEN;
    }
    return writer.appendUpdated(longKey, key, keyBytes, record, function, argument);
  }

  /**
   * The key's record from {@code from} down, or the first address of the chain below {@code floor}.
   */
  private long trace(long from, long longKey, MemorySegment key, int keyBytes, long floor) {
    long address = from;
    while (address >= floor) {
      long record = log.physical(address);
      if (hasKey(record, longKey, key, keyBytes)) {
        return address;
      }
      address = RecordHeader.previousAddress(Memory.getLong(record));
    }
    return address;
  }

  private static boolean hasKey(long record, long longKey, MemorySegment key, int keyBytes) {
    long address = BytesRecord.keyAddress(record);
    if (key == null) {
      return Memory.getLong(address) == longKey;
    }
    long layout = Memory.getLongOpaque(BytesRecord.layoutAddress(record));
    return BytesRecord.keyBytes(layout) == keyBytes
        && Memory.contentEquals(address, key, 0, keyBytes);
  }

  private static int keyBytes(MemorySegment key) {
    return key == null ? Long.BYTES : (int) key.byteSize();
  }

  private PendingOperation take(
      PendingOperation.Kind kind, long hash, long longKey, MemorySegment key) {
    PendingOperation op = session.pending.take(kind, hash);
    if (op != null) {
      op.longKey = longKey;
      if (key == null) {
        op.keyBytes = -1;
      } else {
        op.copyKey(key, (int) key.byteSize());
      }
    }
    return op;
  }
}
