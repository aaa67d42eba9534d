package dev.peregrine.bench;

import dev.peregrine.LongUpdateFunction;
import dev.peregrine.Session;
import dev.peregrine.Status;
import dev.peregrine.StoreKind;
import dev.peregrine.UpdateFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/** One session of a child that is going to be killed. One thread. */
final class KillWorker {
  private static final int POLL_EVERY = 32;
  private static final int REST_MASK = (1 << 14) - 1;
  private static final long REST_NANOS = 3_000_000;

  private final KillOps ops;
  private final LongUpdateFunction longUpdate = new KillValue();
  private final UpdateFunction update = new KillValue();
  private final Session session;
  private final int number;
  private final boolean longs;

  /**
   * @param number which of the sessions it is
   * @param session where it goes on behind its last serial
   */
  KillWorker(KillPlan plan, int number, Session session) {
    this.ops = new KillOps(plan);
    this.number = number;
    this.session = session;
    this.longs = plan.kind() == StoreKind.LONG_TO_LONG;
  }

  /** Works until the process ends. */
  void run() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(KillValue.MOST_BYTES, Long.BYTES);
      for (; ; ) {
        long serial = session.serial() + 1;
        operation(serial, value);
        if (session.serial() != serial) {
          throw new CheckFailedException(
              "operation " + serial + " got the serial " + session.serial());
        }
        if (serial % POLL_EVERY == 0) {
          session.completePending();
        }
        if ((ops.draw(number, ~serial) & REST_MASK) == 0) {
          // A session that does nothing for a while, with operations pending.
          LockSupport.parkNanos(REST_NANOS);
        }
      }
    }
  }

  private void operation(long serial, MemorySegment value) {
    long draw = ops.draw(number, serial);
    int target = ops.target(draw);
    Status status = once(KillOps.type(draw), target, serial, value);
    while (status == Status.BUSY) {
      session.completePending(1_000_000);
      status = once(KillOps.type(draw), target, serial, value);
    }
    if (KillOps.type(draw) != KillOps.Type.COUNT) {
      // The next one may be about the same key, and would not wait for it.
      session.await(status);
    }
  }

  private Status once(KillOps.Type type, int target, long serial, MemorySegment value) {
    long key = KillOps.key(number, target);
    return switch (type) {
      case SET -> {
        long stamp = KillOps.stamp(number, serial);
        yield longs
            ? session.upsert(key, stamp)
            : session.upsert(key, KillValue.fill(value, stamp));
      }
      case DELETE -> session.delete(key);
      case ADD -> add(key, serial);
      case COUNT -> add(KillOps.counter(target), serial);
    };
  }

  private Status add(long key, long delta) {
    return longs ? session.rmw(key, longUpdate, delta) : session.rmw(key, update, delta);
  }
}
