package dev.peregrine.bench.compare.peer;

import dev.peregrine.CompletionHandler;
import dev.peregrine.Session;
import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.ValueView;
import dev.peregrine.bench.Backlog;
import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.Measure;
import dev.peregrine.bench.PendingOps;

/** What the sessions on both kinds of store share: the window of pending operations. */
abstract class PeregrineSession extends PeerSession implements CompletionHandler {
  private static final int POLL_EVERY = 32;

  /** This worker's. */
  protected final Session session;

  private final int valueBytes;
  private final int depth;
  private final boolean blocking;
  private final PendingOps pending;
  private int sincePoll;

  @SuppressWarnings("this-escape") // the store calls the handler only when the session is used
  PeregrineSession(Store store, int valueBytes, boolean blocking) {
    this.valueBytes = valueBytes;
    this.blocking = blocking;
    depth = store.config().pendingDepth();
    pending = new PendingOps(depth);
    session = store.newSession(this);
  }

  /** Waits for room after {@link Status#BUSY}. */
  protected final void makeRoom() {
    Backlog.makeRoom(session, depth);
  }

  /** The outcome, of a pending operation only if each is waited for. */
  protected final Status settled(Status status) {
    return blocking && status == Status.PENDING ? session.await(status) : status;
  }

  /** Keeps in mind a read that is pending; returns false. */
  protected final boolean later(long key, Status status) {
    if (status != Status.PENDING) {
      throw Payload.missing(key);
    }
    pending.put(session.serial(), beginNanos, key);
    if (++sincePoll >= POLL_EVERY) {
      sincePoll = 0;
      session.completePending();
    }
    return false;
  }

  /** Whether a change is done; else it is kept in mind. */
  protected final boolean isChanged(long key, Status status) {
    return status == Status.UPDATED || status == Status.CREATED || later(key, status);
  }

  @Override
  public final void onCompletion(long serial, Status status, ValueView value) {
    int slot = pending.find(serial);
    long key = pending.tag(slot);
    if (status == Status.FOUND) {
      word = Payload.check(value, valueBytes, key);
    } else if (status != Status.UPDATED && status != Status.CREATED) {
      throw Payload.missing(key);
    }
    if (pending.begin(slot) != 0) {
      Measure.record(latencies, System.nanoTime() - pending.begin(slot));
    }
    pending.remove(slot);
  }

  @Override
  public final void onFailure(long serial, RuntimeException cause) {
    throw new CheckFailedException("an operation failed: " + cause.getMessage());
  }

  @Override
  public final void finish() {
    session.completeAll();
  }

  @Override
  public void close() {
    session.close();
  }
}
