package dev.peregrine.bench;

import dev.peregrine.Store;

/**
 * The state that a kill loop's store must have: of each session exactly the operations up to a
 * serial. One thread.
 */
final class KillModel {
  private final KillPlan plan;
  private final KillOps ops;

  /** The stamps of each session's keys, 0 for none. */
  private final long[][] stamps;

  private final long[] counters;
  private final long[] serials;

  KillModel(KillPlan plan) {
    this.plan = plan;
    this.ops = new KillOps(plan);
    this.stamps = new long[plan.sessions()][plan.keys()];
    this.counters = new long[plan.counters()];
    this.serials = new long[plan.sessions()];
  }

  /** Up to where a session's operations are in. */
  long serial(int session) {
    return serials[session];
  }

  /** Does a session's operations up to a serial. */
  void advance(int session, long serial) {
    long[] own = stamps[session];
    for (long at = serials[session] + 1; at <= serial; at++) {
      long draw = ops.draw(session, at);
      int target = ops.target(draw);
      switch (KillOps.type(draw)) {
        case SET -> own[target] = KillOps.stamp(session, at);
        case DELETE -> own[target] = 0;
        case ADD -> own[target] += at;
        case COUNT -> counters[target] += at;
      }
    }
    serials[session] = serial;
  }

  /**
   * Compares with all that is in a store.
   *
   * @return how many values there are
   * @throws CheckFailedException at the first that is missing, too much or another
   */
  long requireExact(Store store) {
    try (KillReader reader = new KillReader(store)) {
      for (int session = 0; session < plan.sessions(); session++) {
        for (int number = 0; number < plan.keys(); number++) {
          reader.ask(KillOps.key(session, number), stamps[session][number]);
        }
      }
      for (int number = 0; number < plan.counters(); number++) {
        reader.ask(KillOps.counter(number), counters[number]);
      }
      return reader.finish();
    }
  }
}
