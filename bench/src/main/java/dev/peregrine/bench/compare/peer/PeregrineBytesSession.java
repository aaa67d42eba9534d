package dev.peregrine.bench.compare.peer;

import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.UpdateFunction;
import dev.peregrine.ValueBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Operations on a store of byte values; a read copies into a buffer of the session. */
final class PeregrineBytesSession extends PeregrineSession {
  private static final int BUFFERS_PER_PENDING = 4;
  private static final UpdateFunction INCREMENT = new Increment();

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment value;
  private final MemorySegment[] buffers;
  private final int mask;
  private int next;

  PeregrineBytesSession(Store store, int valueBytes, boolean blocking) {
    super(store, valueBytes, blocking);
    value = arena.allocate(valueBytes, Long.BYTES);
    int depth = Integer.highestOneBit(store.config().pendingDepth());
    buffers = new MemorySegment[depth * BUFFERS_PER_PENDING];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = arena.allocate(valueBytes, Long.BYTES);
    }
    mask = buffers.length - 1;
  }

  @Override
  public boolean read(long key) {
    MemorySegment buffer = buffers[next & mask];
    Status status = settled(session.read(key, buffer));
    while (status == Status.BUSY) {
      makeRoom();
      status = settled(session.read(key, buffer));
    }
    if (status != Status.FOUND) {
      next++; // the pending read keeps its buffer
      return later(key, status);
    }
    if (session.valueLength() != buffer.byteSize()) {
      throw Payload.wrongLength(key, session.valueLength());
    }
    word = Payload.check(buffer, key);
    return true;
  }

  @Override
  public boolean write(long key, long counter) {
    Payload.fill(value, key, Payload.word(key, counter));
    Status status = settled(session.upsert(key, value));
    while (status == Status.BUSY) {
      makeRoom();
      status = settled(session.upsert(key, value));
    }
    return isChanged(key, status);
  }

  @Override
  public boolean increment(long key) {
    Status status = settled(session.rmw(key, INCREMENT, key));
    while (status == Status.BUSY) {
      makeRoom();
      status = settled(session.rmw(key, INCREMENT, key));
    }
    return isChanged(key, status);
  }

  @Override
  public void close() {
    super.close();
    arena.close();
  }

  /** Adds 1 to the first word; the argument is the key. */
  private static final class Increment implements UpdateFunction {
    @Override
    public int initialLength(long key) {
      throw Payload.missing(key);
    }

    @Override
    public void initialize(ValueBuffer created, long key) {
      throw Payload.missing(key);
    }

    @Override
    public void update(ValueBuffer changed, long key) {
      changed.putLong(0, changed.getLong(0) + 1);
    }
  }
}
