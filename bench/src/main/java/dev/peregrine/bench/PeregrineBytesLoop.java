package dev.peregrine.bench;

import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.UpdateFunction;
import dev.peregrine.ValueBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Operations on a store of byte values; a read copies into the caller's buffer. */
class PeregrineBytesLoop extends PeregrineLoop {
  /** The beginning of a value. */
  protected static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment value;
  private final MemorySegment[] buffers;
  private final int bufferMask;
  private final int valueBytes;

  /** Adds to the beginning of a value. */
  protected final UpdateFunction increment;

  private int nextBuffer;
  private long written;

  /**
   * Makes a loop.
   *
   * @param readBuffers how many reads in a row get buffers of their own: a power of two, more than
   *     can be pending, or 1 if none ever is
   */
  PeregrineBytesLoop(
      Store store,
      Workload workload,
      long[] keys,
      int valueBytes,
      int readBuffers,
      int worker,
      int workers) {
    super(store, workload, keys, worker, workers);
    this.valueBytes = valueBytes;
    value = arena.allocate(valueBytes, Long.BYTES);
    buffers = newBuffers(readBuffers);
    bufferMask = readBuffers - 1;
    increment = new Increment(valueBytes);
  }

  /** Buffers for a value each, freed with this loop. */
  protected final MemorySegment[] newBuffers(int count) {
    MemorySegment[] made = new MemorySegment[count];
    for (int i = 0; i < count; i++) {
      made[i] = arena.allocate(valueBytes, Long.BYTES);
    }
    return made;
  }

  /** Puts away a buffer that is left to a pending read, for one that no read has any more. */
  protected final MemorySegment exchange(MemorySegment used) {
    MemorySegment free = buffers[nextBuffer & bufferMask];
    buffers[nextBuffer++ & bufferMask] = used;
    return free;
  }

  @Override
  protected void reads() {
    long sum = 0;
    for (int i = 0; i < CHUNK; i++) {
      long key = keys[position++ & mask];
      MemorySegment buffer = buffers[nextBuffer & bufferMask];
      Status status = session.read(key, buffer);
      if (status == Status.FOUND) {
        sum += buffer.get(LONG, 0);
      } else {
        readAgain(status, key, buffer);
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
        MemorySegment buffer = buffers[nextBuffer & bufferMask];
        Status status = session.read(key, buffer);
        if (status == Status.FOUND) {
          sum += buffer.get(LONG, 0);
        } else {
          readAgain(status, key, buffer);
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
        MemorySegment buffer = buffers[nextBuffer & bufferMask];
        Status status = session.read(key, buffer);
        if (status == Status.FOUND) {
          sum += buffer.get(LONG, 0);
        } else {
          readAgain(status, key, buffer);
        }
      } else {
        modify(key);
      }
    }
    checksum += sum;
  }

  @Override
  protected boolean read(long key) {
    MemorySegment buffer = buffers[nextBuffer & bufferMask];
    Status status = session.read(key, buffer);
    if (status == Status.FOUND) {
      checksum += buffer.get(LONG, 0);
      return true;
    }
    return readAgain(status, key, buffer);
  }

  /** A buffer is left to its read only when that is pending. */
  private boolean readAgain(Status outcome, long key, MemorySegment buffer) {
    Status status = outcome;
    while (status == Status.BUSY) {
      makeRoom();
      status = session.read(key, buffer);
    }
    if (status == Status.FOUND) {
      checksum += buffer.get(LONG, 0);
    } else if (status == Status.PENDING) {
      nextBuffer++;
    } else {
      failed();
    }
    return status != Status.PENDING;
  }

  @Override
  protected boolean write(long key) {
    value.set(LONG, 0, ++written);
    Status status = session.upsert(key, value);
    while (status == Status.BUSY) {
      makeRoom();
      status = session.upsert(key, value);
    }
    if (status == Status.NOT_FOUND) {
      failed();
    }
    return status != Status.PENDING;
  }

  @Override
  protected boolean modify(long key) {
    Status status = session.rmw(key, increment, 1);
    while (status == Status.BUSY) {
      makeRoom();
      status = session.rmw(key, increment, 1);
    }
    if (status == Status.NOT_FOUND) {
      failed();
    }
    return status != Status.PENDING;
  }

  @Override
  public void close() {
    super.close();
    arena.close();
  }

  /** Adds the argument to the first 8 bytes. */
  private record Increment(int valueBytes) implements UpdateFunction {
    @Override
    public int initialLength(long argument) {
      return valueBytes;
    }

    @Override
    public void initialize(ValueBuffer created, long argument) {
      created.putLong(0, argument);
    }

    @Override
    public void update(ValueBuffer changed, long argument) {
      changed.putLong(0, changed.getLong(0) + argument);
    }
  }
}
