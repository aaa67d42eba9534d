package dev.peregrine;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A session for each thread that asks. The harness starts threads all the time: the session of one
 * that has ended goes to the next, so that a store need not have more of them than threads live.
 */
final class ThreadSessions {
  private final Supplier<Session> maker;
  private final Map<Session, Thread> users = new HashMap<>();
  private final ThreadLocal<Session> sessions = ThreadLocal.withInitial(this::take);

  ThreadSessions(Supplier<Session> maker) {
    this.maker = maker;
  }

  /** The calling thread's session. */
  Session get() {
    return sessions.get();
  }

  private synchronized Session take() {
    Session free =
        users.entrySet().stream()
            .filter(use -> !use.getValue().isAlive())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseGet(maker);
    users.put(free, Thread.currentThread());
    return free;
  }
}
