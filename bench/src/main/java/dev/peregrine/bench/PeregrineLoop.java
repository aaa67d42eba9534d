package dev.peregrine.bench;

import dev.peregrine.CompletionHandler;
import dev.peregrine.Session;
import dev.peregrine.Status;
import dev.peregrine.Store;
import dev.peregrine.ValueView;
import org.HdrHistogram.Histogram;

/**
 * What the loops on both kinds of store share: a session, its window of pending operations, and
 * what is done when they complete.
 */
abstract class PeregrineLoop extends OperationLoop implements CompletionHandler {
  private static final int POLL_EVERY = 32;

  /** This worker's. */
  protected final Session session;

  private final int depth;
  private final PendingOps pending;
  private Histogram timed;
  private int sincePoll;

  PeregrineLoop(Store store, Workload workload, long[] keys, int worker, int workers) {
    super(workload, keys, worker, workers);
    depth = store.config().pendingDepth();
    pending = new PendingOps(depth);
    session = store.newSession(this);
  }

  /** Waits for room after {@link Status#BUSY}. */
  protected final void makeRoom() {
    Backlog.makeRoom(session, depth);
  }

  /** Counts an outcome that must not be. */
  protected final void failed() {
    failures++;
  }

  @Override
  protected final void later(Histogram latencies, long beginNanos) {
    timed = latencies;
    pending.put(session.serial(), beginNanos, 0);
    if (++sincePoll >= POLL_EVERY) {
      sincePoll = 0;
      session.completePending();
    }
  }

  @Override
  public final void onCompletion(long serial, Status status, ValueView value) {
    if (status == Status.FOUND) {
      checksum += value.getLong(0);
    } else if (status != Status.UPDATED && status != Status.CREATED) {
      failures++;
    }
    if (timed != null) {
      int slot = pending.find(serial);
      if (slot >= 0) {
        Measure.record(timed, System.nanoTime() - pending.begin(slot));
        pending.remove(slot);
      }
    }
  }

  @Override
  public final void onFailure(long serial, RuntimeException cause) {
    failures++;
  }

  @Override
  final void poll() {
    if (pending.size() > 0) {
      session.completePending();
    }
  }

  @Override
  final void finish() {
    session.completeAll();
  }

  @Override
  public void close() {
    session.close();
  }
}
