package dev.peregrine.log;

import dev.peregrine.MisuseException;
import dev.peregrine.StoreClosedException;
import dev.peregrine.ValueView;
import dev.peregrine.internal.log.EntryCursor;
import dev.peregrine.internal.log.LogCore;
import dev.peregrine.internal.record.NativeValue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Reads the entries of a log in order, from memory or from the device. It reads what is committed,
 * or, if it was opened so, what has been appended. What it shows is a copy, which stays as it is
 * until the reader moves on, and nothing is allocated for it.
 *
 * <p>While it is open, truncation does not pass its position. One thread at a time uses it; {@link
 * #close} may be called by another.
 */
public sealed class LogReader implements AutoCloseable permits LogConsumer {
  /** How often one who waits for what is not committed looks. */
  private static final long POLL_NANOS = 100_000;

  private final LogCore core;
  private final EntryCursor cursor;
  private final boolean uncommitted;
  private final Runnable onClose;
  private final NativeValue view = new NativeValue();
  private final LongSupplier held = this::position;

  /** Behind the last entry that was shown; read by truncation. */
  private volatile long position;

  /** Up to where the log could be read at the last look. */
  private long limit;

  /** Whether everything below the limit has been shown. */
  private boolean exhausted;

  private volatile boolean closed;

  LogReader(LogCore core, boolean uncommitted, long start, Runnable onClose) {
    this.core = core;
    this.uncommitted = uncommitted;
    this.onClose = onClose;
    this.cursor = core.newCursor();
    try {
      synchronized (core.truncation()) {
        position = core.begin();
        core.truncation().addReader(held);
      }
      seek(Math.max(start, position));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Where it goes on: behind the entry at hand. */
  public long position() {
    return position;
  }

  /**
   * Goes to an address.
   *
   * @param address where an entry begins, or the one before ends
   * @throws IllegalArgumentException if it is neither, or outside of what can be read
   */
  public synchronized void seek(long address) {
    requireOpen();
    // Before the lock: it may wait for somebody who waits for the lock.
    long until = freshLimit();
    synchronized (core.truncation()) {
      cursor.seek(address, until);
      position = address;
    }
    exhausted = false;
    view.clear();
  }

  /**
   * Moves to the next entry, without waiting for one.
   *
   * @return false if there is none yet; then {@link #entry} is empty
   * @throws dev.peregrine.CorruptionException naming the address, if the log is damaged there
   * @throws dev.peregrine.StoreIoException if it can't be read
   */
  public synchronized boolean next() {
    requireOpen();
    // The position stays before the entry until the next call: what is at hand is held.
    position = cursor.position();
    boolean found = cursor.next(limit) || cursor.next(freshLimit());
    exhausted = !found;
    if (found) {
      view.set(cursor.at(), (int) cursor.length());
    } else {
      position = cursor.position();
      view.clear();
    }
    return found;
  }

  /** The address of the entry at hand. */
  public long address() {
    return cursor.address();
  }

  /** The bytes of the entry at hand, until the reader moves on. */
  public ValueView entry() {
    return view;
  }

  /**
   * Goes to an entry, and shows it.
   *
   * @param address of the entry
   * @return its bytes, until the reader moves on
   * @throws IllegalArgumentException if no entry that can be read begins there
   */
  public synchronized ValueView read(long address) {
    seek(address);
    if (!next() || cursor.address() != address) {
      throw new IllegalArgumentException("no entry begins at address " + address);
    }
    return view;
  }

  /**
   * Shows the entries that are there, up to a number, without waiting for more.
   *
   * @param visitor takes them; what it throws reaches the caller, and the reader stands behind the
   *     entry
   * @param most how many at most
   * @return how many it was
   */
  public int poll(EntryVisitor visitor, int most) {
    int count = 0;
    while (count < most && next()) {
      visitor.onEntry(cursor.address(), view);
      count++;
    }
    if (count > 0) {
      settle();
    }
    return count;
  }

  /** Lets go of the entry at hand. */
  private synchronized void settle() {
    position = cursor.position();
    view.clear();
  }

  /**
   * Waits for more to be there.
   *
   * @param timeout how long at most
   * @param unit of the timeout
   * @return whether there may be more
   * @throws dev.peregrine.StoreIoException if there will be no more, because the log has failed
   * @throws StoreClosedException if it was closed meanwhile
   */
  public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
    long deadline = core.nanoTime() + unit.toNanos(timeout);
    for (; ; ) {
      requireOpen();
      if (hasMore()) {
        return true;
      }
      RuntimeException over = core.end();
      if (over != null) {
        throw over;
      }
      long left = deadline - core.nanoTime();
      if (left <= 0) {
        return false;
      }
      core.commits().pause(limit + 1, uncommitted ? Math.min(left, POLL_NANOS) : left);
    }
  }

  private synchronized boolean hasMore() {
    if (!exhausted) {
      return true;
    }
    long before = limit;
    exhausted = freshLimit() <= before;
    return !exhausted;
  }

  /**
   * A future that is completed with the committed address when more is committed than this reader
   * has found at its last look; at once if it has not looked to the end.
   *
   * @throws MisuseException if too many futures wait
   */
  public synchronized CompletableFuture<Long> whenMore() {
    requireOpen();
    return core.commits().whenCommitted(exhausted ? limit + 1 : 0);
  }

  private long freshLimit() {
    limit = uncommitted ? core.completeUntil() : core.commits().committed();
    return limit;
  }

  LogCore core() {
    return core;
  }

  boolean isClosed() {
    return closed;
  }

  /** Behind the entry at hand. */
  long shownUntil() {
    return cursor.position();
  }

  void requireOpen() {
    core.requireOpen();
    if (closed) {
      throw new StoreClosedException("the reader is closed");
    }
  }

  /** Gives its memory back, and lets truncation pass. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      core.truncation().removeReader(held);
      view.clear();
      cursor.close();
      onClose.run();
    }
  }
}
