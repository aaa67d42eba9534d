package dev.peregrine.bench;

import dev.peregrine.CompletionHandler;
import dev.peregrine.Session;
import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.ValueView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/**
 * Reads records back by copying reads, a window at a time, and checks every byte of each. One
 * thread.
 */
final class DemoVerifier implements AutoCloseable, CompletionHandler {

  private final int valueBytes;
  private final int window;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment[] buffers;
  private final long[] windowIndices;
  private final PendingOps pending;
  private final Session session;

  private int filled;
  private long read;
  private long modifications;
  private RuntimeException failure;

  DemoVerifier(Store store, DemoPlan plan) {
    valueBytes = plan.valueBytes();
    window = plan.pendingDepth();
    buffers = new MemorySegment[window];
    for (int i = 0; i < window; i++) {
      buffers[i] = arena.allocate(valueBytes, Long.BYTES);
    }
    windowIndices = new long[window];
    pending = new PendingOps(window);
    session = store.newSession(this);
  }

  /** Asks for a record; it is checked when the window is full, or by {@link #finish}. */
  void verify(long index) {
    long key = Keys.of(index);
    MemorySegment buffer = buffers[filled];
    buffer.fill((byte) 0);
    Status status = session.read(key, buffer);
    if (status == Status.PENDING) {
      pending.put(session.serial(), 0, filled);
    } else {
      requireFound(status, key, session.valueLength());
    }
    windowIndices[filled++] = index;
    if (filled == window) {
      finish();
    }
  }

  /** Waits for what was asked for, and checks it. */
  void finish() {
    session.completeAll();
    if (failure != null) {
      throw failure;
    }
    if (pending.size() != 0) {
      throw new CheckFailedException(pending.size() + " reads never completed");
    }
    for (int i = 0; i < filled; i++) {
      check(windowIndices[i], buffers[i]);
    }
    filled = 0;
  }

  /** The version of a record, read and checked at once. */
  long versionOf(long index) {
    verify(index);
    finish();
    return ValuePattern.version(buffers[0]);
  }

  private void check(long index, MemorySegment value) {
    long key = Keys.of(index);
    if (!ValuePattern.isWhole(value, key)) {
      byte[] bytes = value.toArray(ValueLayout.JAVA_BYTE);
      throw new CheckFailedException(
          "wrong value of key " + StampCheck.name(key) + ": " + HexFormat.of().formatHex(bytes));
    }
    long version = ValuePattern.version(value);
    if (Version.writer(version) == Version.REBORN) {
      throw new CheckFailedException("lost value of key " + StampCheck.name(key));
    }
    read++;
    modifications += Version.modifications(version);
  }

  private void requireFound(Status status, long key, int length) {
    if (status != Status.FOUND || length != valueBytes) {
      throw new CheckFailedException(
          "read of key " + StampCheck.name(key) + " gave " + status + ", " + length + " bytes");
    }
  }

  @Override
  public void onCompletion(long serial, Status status, ValueView value) {
    int slot = pending.find(serial);
    if (slot < 0) {
      onFailure(
          serial, new CheckFailedException("read " + serial + " completed, but was not pending"));
      return;
    }
    long key = Keys.of(windowIndices[(int) pending.tag(slot)]);
    pending.remove(slot);
    try {
      requireFound(status, key, value.length());
    } catch (CheckFailedException failed) {
      onFailure(serial, failed);
    }
  }

  @Override
  public void onFailure(long serial, RuntimeException cause) {
    failure = failure == null ? cause : failure;
  }

  /** How many records have been read back and checked. */
  long read() {
    return read;
  }

  /** The modifications that their versions tell of. */
  long modifications() {
    return modifications;
  }

  @Override
  public void close() {
    session.close();
    arena.close();
  }
}
