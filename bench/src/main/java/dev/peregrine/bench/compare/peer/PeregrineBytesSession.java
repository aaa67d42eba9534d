package dev.peregrine.bench.compare.peer;

import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.UpdateFunction;
import dev.peregrine.ValueBuffer;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Operations on a store of byte values; a read copies into a buffer of the session. */
class PeregrineBytesSession extends PeregrineSession {
  private static final int BUFFERS_PER_PENDING = 4;

  /** Adds 1 to the first word. */
  static final UpdateFunction INCREMENT = new Increment();

  private final byte[] value;
  private final MemorySegment valueSegment;
  private final byte[][] buffers;
  private final MemorySegment[] bufferSegments;
  private final int mask;
  private int next;

  PeregrineBytesSession(Store store, int valueBytes, boolean blocking) {
    super(store, valueBytes, blocking);
    value = new byte[valueBytes];
    valueSegment = MemorySegment.ofArray(value);
    int depth = Integer.highestOneBit(store.config().pendingDepth());
    buffers = new byte[depth * BUFFERS_PER_PENDING][valueBytes];
    bufferSegments =
        Arrays.stream(buffers).map(MemorySegment::ofArray).toArray(MemorySegment[]::new);
    mask = buffers.length - 1;
  }

  @Override
  public boolean read(long key) {
    byte[] buffer = buffers[next & mask];
    MemorySegment segment = bufferSegments[next & mask];
    Status status = settled(session.read(key, segment));
    while (status == Status.BUSY) {
      makeRoom();
      status = settled(session.read(key, segment));
    }
    if (status != Status.FOUND) {
      next++; // the pending read keeps its buffer
      return later(key, status);
    }
    if (session.valueLength() != buffer.length) {
      throw Payload.wrongLength(key, session.valueLength());
    }
    word = Payload.check(buffer, buffer.length, key);
    return true;
  }

  @Override
  public boolean write(long key, long counter) {
    Payload.fill(value, key, Payload.word(key, counter));
    Status status = settled(session.upsert(key, valueSegment));
    while (status == Status.BUSY) {
      makeRoom();
      status = settled(session.upsert(key, valueSegment));
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
