package dev.peregrine.internal.ops;

import static dev.peregrine.internal.ops.OperationResult.CREATED;
import static dev.peregrine.internal.ops.OperationResult.DELETED;
import static dev.peregrine.internal.ops.OperationResult.FOUND;
import static dev.peregrine.internal.ops.OperationResult.NOT_FOUND;
import static dev.peregrine.internal.ops.OperationResult.ON_DISK;
import static dev.peregrine.internal.ops.OperationResult.RETRY_FROZEN;
import static dev.peregrine.internal.ops.OperationResult.RETRY_NOW;
import static dev.peregrine.internal.ops.OperationResult.RETRY_SPACE;
import static dev.peregrine.internal.ops.OperationResult.UPDATED;

import dev.peregrine.CorruptionException;
import dev.peregrine.LongUpdateFunction;
import dev.peregrine.Status;
import dev.peregrine.internal.hlog.HybridLog;
import dev.peregrine.internal.hlog.LogWindow;
import dev.peregrine.internal.index.HashIndex;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.internal.record.KeyHash;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.internal.record.LongRecord;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Memory;

/**
 * The operations of a store of 8-byte keys and values, for one session.
 *
 * <p>An update in place is one atomic access of the value and cannot see that the record has been
 * copied; so nobody copies a record that may still be updated in place: an update that needs a copy
 * of one in the fuzzy region waits until it is frozen (FASTER, SIGMOD 2018, section 6.2).
 */
public final class LongOperations implements RecordAccess {
  private final SessionContext session;
  private final HashIndex index;
  private final HybridLog log;
  private final LogWindow window;
  private LongBatches batches;

  /** The operations for a session, which must be of a store of this kind. */
  public LongOperations(SessionContext session) {
    this.session = session;
    this.index = session.core.index;
    this.log = session.core.log;
    this.window = log.window();
    session.pending.bind(this, LongRecord.BYTES);
  }

  /*
   * The operations that are done most are split in two: what nearly all calls come to, which calls
   * nothing, and the whole, which ends the operation itself. So the JIT keeps the former in
   * registers: what is needed after a call, even one that is hardly ever made, it stores on the
   * stack, and a core that has its queue of stores full waits for few memory accesses at a time.
   */

  /** Reads a value. */
  public Status read(long key) {
    SessionContext session = this.session;
    if (!session.tryEnterOwned()) {
      return read(key, false);
    }
    long address = index.findInTable(session.hash(KeyHash.ofLong(key)));
    LogWindow window = this.window;
    if (address >= window.headAcquire()) {
      long record = window.physical(address);
      if (LongRecord.isLive(record, key)) {
        Pauses.at(PausePoint.RECORD_FOUND);
        session.longValue = LongRecord.valueAcquire(record);
        session.leave();
        return Status.FOUND;
      }
    }
    return read(key, true);
  }

  private Status read(long key, boolean entered) {
    if (!entered) {
      session.enterRead();
    }
    try {
      return readInside(hash(key), key);
    } finally {
      session.leave();
    }
  }

  /** Sets a value. */
  public Status upsert(long key, long value) {
    SessionContext session = this.session;
    if (!session.tryEnterOwned()) {
      return upsert(key, value, false);
    }
    long address = index.findInTable(session.hash(KeyHash.ofLong(key)));
    if (session.isMutable(address)) {
      long record = window.physical(address);
      if (LongRecord.isLive(record, key)) {
        session.markChanged(address);
        LongRecord.valueRelease(record, value);
        session.longValue = value;
        session.leave();
        return Status.UPDATED;
      }
    }
    return upsert(key, value, true);
  }

  private Status upsert(long key, long value, boolean entered) {
    if (!entered) {
      session.enterChange();
    }
    try {
      return upsertInside(hash(key), key, value);
    } finally {
      session.leave();
    }
  }

  /** Deletes a key. */
  public Status delete(long key) {
    long hash = hash(key);
    session.enterChange();
    try {
      return deleteInside(hash, key);
    } finally {
      session.leave();
    }
  }

  /** Sets the value of an absent key. */
  public Status insertIfAbsent(long key, long value) {
    return change(PendingOperation.Kind.INSERT, key, value, null);
  }

  /** Adds to a value. */
  public Status add(long key, long delta) {
    return change(PendingOperation.Kind.ADD, key, delta, null);
  }

  /** Updates a value by a function. */
  public Status rmw(long key, LongUpdateFunction function, long argument) {
    return change(PendingOperation.Kind.UPDATE, key, argument, function);
  }

  /** The same operations on many keys. */
  public LongBatches batches() {
    if (batches == null) {
      batches = new LongBatches(session, this);
    }
    return batches;
  }

  /** A read, inside the epoch; the value is then in {@link SessionContext#longValue}. */
  Status readInside(long hash, long key) {
    long head = window.headAcquire();
    long address = index.find(hash);
    // The common case by itself, so that the JIT profiles it apart from the walk.
    if (address >= head) {
      long record = window.physical(address);
      if (LongRecord.key(record) == key) {
        return readInMemory(record);
      }
      address = trace(address, key, head);
      if (address >= head) {
        return readInMemory(window.physical(address));
      }
    }
    if (address < log.beginAcquire()) {
      return Status.NOT_FOUND;
    }
    session.diskAddress = address;
    return suspend(PendingOperation.Kind.READ, hash, key, 0, null);
  }

  /** An upsert, inside the epoch. */
  Status upsertInside(long hash, long key, long value) {
    int result = tryUpsert(hash, key, value);
    while (result < 0) {
      session.backOff(result);
      result = tryUpsert(hash, key, value);
    }
    return OperationResult.statusOf(result);
  }

  /** A deletion, inside the epoch. */
  Status deleteInside(long hash, long key) {
    int result = tryDelete(hash, key);
    while (result < 0) {
      session.backOff(result);
      result = tryDelete(hash, key);
    }
    return OperationResult.statusOf(result);
  }

  /** A change that depends on what is there, inside the epoch. */
  Status changeInside(
      PendingOperation.Kind kind, long hash, long key, long argument, LongUpdateFunction function) {
    int result = tryChange(kind, hash, key, argument, function);
    while (result < 0) {
      if (result == ON_DISK) {
        return suspend(kind, hash, key, argument, function);
      }
      session.backOff(result);
      result = tryChange(kind, hash, key, argument, function);
    }
    return OperationResult.statusOf(result);
  }

  @Override
  public long inspect(PendingOperation op, long record, long available) {
    op.neededBytes = LongRecord.BYTES;
    if (available < LongRecord.BYTES) {
      return MORE;
    }
    long header = Memory.getLong(record);
    long previous = RecordHeader.previousAddress(header);
    if (!RecordHeader.isPresent(header) || previous >= op.address) {
      throw new CorruptionException("there is no record at address " + op.address);
    }
    return LongRecord.key(record) == op.longKey ? MATCH : previous;
  }

  @Override
  public int resume(PendingOperation op, long record) {
    boolean live = record != 0 && !RecordHeader.isTombstone(Memory.getLong(record));
    long value = live ? Memory.getLong(LongRecord.valueAddress(record)) : 0;
    if (op.kind == PendingOperation.Kind.READ) {
      return expose(op, live ? FOUND : NOT_FOUND, value);
    }
    long head = window.headAcquire();
    index.findOrCreate(op.hash, session.cursor);
    long address = trace(session.cursor.address(), op.longKey, head);
    int result;
    if (address != op.searchedFrom) {
      // Something newer: a version of the key, or a part of the chain that has left memory.
      result = tryChange(op.kind, op.hash, op.longKey, op.longArgument, op.longUpdateFunction);
    } else if (op.kind == PendingOperation.Kind.INSERT && live) {
      session.longValue = value;
      result = FOUND;
    } else {
      long changed =
          live
              ? updated(op.kind, value, op.longArgument, op.longUpdateFunction)
              : initial(op.kind, op.longArgument, op.longUpdateFunction);
      result = append(op.longKey, changed, false, live ? UPDATED : CREATED);
    }
    return result < 0 ? result : expose(op, result, session.longValue);
  }

  private int expose(PendingOperation op, int result, long value) {
    op.longValue = value;
    if (result != NOT_FOUND) {
      op.valueLength = Long.BYTES;
      op.valueAddress = session.memory.ioBuffer(op.slot);
      Memory.putLong(op.valueAddress, value);
    }
    return result;
  }

  private Status change(
      PendingOperation.Kind kind, long key, long argument, LongUpdateFunction function) {
    SessionContext session = this.session;
    if (!session.tryEnterOwned()) {
      return change(kind, key, argument, function, false);
    }
    long address = index.findInTable(session.hash(KeyHash.ofLong(key)));
    if (kind != PendingOperation.Kind.INSERT && session.isMutable(address)) {
      long record = window.physical(address);
      if (LongRecord.isLive(record, key)) {
        session.markChanged(address);
        try {
          updateInPlace(kind, record, argument, function);
        } finally {
          session.leave();
        }
        return Status.UPDATED;
      }
    }
    return change(kind, key, argument, function, true);
  }

  private Status change(
      PendingOperation.Kind kind,
      long key,
      long argument,
      LongUpdateFunction function,
      boolean entered) {
    if (!entered) {
      session.enterChange();
    }
    try {
      return changeInside(kind, hash(key), key, argument, function);
    } finally {
      session.leave();
    }
  }

  private long hash(long key) {
    return session.hash(KeyHash.ofLong(key));
  }

  private int tryUpsert(long hash, long key, long value) {
    long head = window.headAcquire();
    index.findOrCreate(hash, session.cursor);
    long address = trace(session.cursor.address(), key, head);
    if (address < head) {
      return append(key, value, false, CREATED);
    }
    long record = window.physical(address);
    if (RecordHeader.isTombstone(LongRecord.headerAcquire(record))) {
      return append(key, value, false, CREATED);
    }
    if (session.isMutable(address)) {
      session.markChanged(address);
      LongRecord.valueRelease(record, value);
      session.longValue = value;
      return UPDATED;
    }
    return append(key, value, false, UPDATED);
  }

  private int tryDelete(long hash, long key) {
    if (index.find(hash) == LogAddress.NONE) {
      return NOT_FOUND;
    }
    long head = window.headAcquire();
    index.findOrCreate(hash, session.cursor);
    long address = trace(session.cursor.address(), key, head);
    if (address < head) {
      boolean mayExist = address >= log.beginAcquire();
      return mayExist ? append(key, 0, true, DELETED) : NOT_FOUND;
    }
    long record = window.physical(address);
    if (RecordHeader.isTombstone(LongRecord.headerAcquire(record))) {
      return NOT_FOUND;
    }
    if (session.isMutable(address)) {
      session.markChanged(address);
      boolean before = RecordHeader.isTombstone(RecordHeader.setTombstone(record));
      return before ? NOT_FOUND : DELETED;
    }
    if (!session.isFrozen(address)) {
      // Somebody may still delete it in place: only one of the two may say so.
      return RETRY_FROZEN;
    }
    return append(key, 0, true, DELETED);
  }

  private int tryChange(
      PendingOperation.Kind kind, long hash, long key, long argument, LongUpdateFunction function) {
    long head = window.headAcquire();
    index.findOrCreate(hash, session.cursor);
    long address = trace(session.cursor.address(), key, head);
    if (address < head) {
      if (address >= log.beginAcquire()) {
        session.diskAddress = address;
        return ON_DISK;
      }
      return append(key, initial(kind, argument, function), false, CREATED);
    }
    long record = window.physical(address);
    if (RecordHeader.isTombstone(LongRecord.headerAcquire(record))) {
      return append(key, initial(kind, argument, function), false, CREATED);
    }
    if (kind == PendingOperation.Kind.INSERT) {
      session.longValue = LongRecord.valueAcquire(record);
      return FOUND;
    }
    if (session.isMutable(address)) {
      session.markChanged(address);
      updateInPlace(kind, record, argument, function);
      return UPDATED;
    }
    if (!session.isFrozen(address)) {
      return RETRY_FROZEN;
    }
    long value = LongRecord.valueAcquire(record);
    Pauses.at(PausePoint.COPY_BEGUN);
    return append(key, updated(kind, value, argument, function), false, UPDATED);
  }

  private void updateInPlace(
      PendingOperation.Kind kind, long record, long argument, LongUpdateFunction function) {
    long valueAddress = LongRecord.valueAddress(record);
    if (kind == PendingOperation.Kind.ADD) {
      session.longValue = Memory.getAndAddLong(valueAddress, argument) + argument;
      return;
    }
    for (; ; ) {
      long value = Memory.getLongAcquire(valueAddress);
      long changed = function.update(value, argument);
      if (Memory.casLong(valueAddress, value, changed)) {
        session.longValue = changed;
        return;
      }
    }
  }

  private static long initial(
      PendingOperation.Kind kind, long argument, LongUpdateFunction function) {
    return kind == PendingOperation.Kind.UPDATE ? function.initial(argument) : argument;
  }

  private static long updated(
      PendingOperation.Kind kind, long value, long argument, LongUpdateFunction function) {
    return switch (kind) {
      case ADD -> value + argument;
      case UPDATE -> function.update(value, argument);
      case INSERT, READ -> argument;
    };
  }

  /** Appends a record above the cursor's chain; it counts once the entry leads to it. */
  private int append(long key, long value, boolean tombstone, int result) {
    long address = session.allocate(LongRecord.BYTES);
    if (address == HybridLog.WAIT) {
      return RETRY_SPACE;
    }
    long record = window.physical(address);
    long previous = session.cursor.address();
    Memory.putLong(LongRecord.keyAddress(record), key);
    Memory.putLong(LongRecord.valueAddress(record), value);
    Memory.putLongRelease(
        record,
        tombstone
            ? RecordHeader.tombstone(previous, session.version())
            : RecordHeader.live(previous, session.version()));
    Pauses.at(PausePoint.RECORD_VALID);
    if (index.casAddress(session.cursor, address)) {
      Pauses.at(PausePoint.RECORD_LINKED);
      session.longValue = value;
      return result;
    }
    Pauses.at(PausePoint.LINK_LOST);
    Memory.putLongRelease(record, RecordHeader.invalid());
    session.keepSpare(address);
    return RETRY_NOW;
  }

  private Status readInMemory(long record) {
    Pauses.at(PausePoint.RECORD_FOUND);
    if (RecordHeader.isTombstone(LongRecord.headerAcquire(record))) {
      return Status.NOT_FOUND;
    }
    session.longValue = LongRecord.valueAcquire(record);
    return Status.FOUND;
  }

  /**
   * The key's record from {@code from} down, or the first address of the chain below {@code floor}.
   */
  private long trace(long from, long key, long floor) {
    long address = from;
    while (address >= floor) {
      long record = window.physical(address);
      if (LongRecord.key(record) == key) {
        return address;
      }
      address = RecordHeader.previousAddress(Memory.getLong(record));
    }
    return address;
  }

  private Status suspend(
      PendingOperation.Kind kind, long hash, long key, long argument, LongUpdateFunction function) {
    PendingOperation op = session.pending.take(kind, hash);
    if (op == null) {
      return Status.BUSY;
    }
    op.longKey = key;
    op.longArgument = argument;
    op.longUpdateFunction = function;
    session.pending.start(op);
    return Status.PENDING;
  }
}
