package dev.peregrine;

import dev.peregrine.device.DeviceKind;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One store in memory for all states of a test, and a session for each thread. A state takes a key
 * of its own, so that states don't meet.
 */
final class SharedStore {
  private static final int KEYS = 1 << 16;
  private static final long MEMORY_BYTES = 6L << 30;
  private static final int MAX_SESSIONS = 512;

  private final Store store;
  private final ThreadLocal<Session> sessions;
  private final AtomicLong nextKey = new AtomicLong();

  SharedStore(StoreKind kind) {
    store =
        Store.open(
            StoreConfig.builder(kind)
                .device(DeviceKind.NULL)
                .memoryBytes(MEMORY_BYTES)
                .indexBytes(64L << 20)
                .maxSessions(MAX_SESSIONS)
                .pendingDepth(1)
                .build());
    sessions = ThreadLocal.withInitial(store::newSession);
  }

  /** The calling thread's session. */
  Session session() {
    return sessions.get();
  }

  /** A key that no state has had for long. */
  long takeKey() {
    return nextKey.getAndIncrement() & (KEYS - 1);
  }
}
