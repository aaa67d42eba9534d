package dev.peregrine.bench;

import dev.peregrine.Session;

/** How a worker keeps many operations pending, and waits when there is no room for one more. */
public final class Backlog {
  /** After a full window, go on when this share of it is free, so that submits come in batches. */
  private static final int FREE_SHARE = 8;

  private static final long WAIT_NANOS = 1_000_000;

  private Backlog() {}

  /** Completes operations until at least an eighth of the window is free. */
  public static void makeRoom(Session session, int depth) {
    int enough = depth - Math.max(1, depth / FREE_SHARE);
    do {
      session.completePending(WAIT_NANOS);
    } while (session.pendingCount() > enough);
  }
}
