package dev.peregrine.bench;

/**
 * What each operation of each session is: it follows from the seed, the session and the serial
 * number alone, so that who knows a session's last serial knows its state. Any thread.
 *
 * <p>A session sets, deletes and adds to keys of its own; and adds to counters that all share,
 * which may stay pending, since the order of additions does not matter.
 */
final class KillOps {
  /** What an operation does. */
  enum Type {
    /** Gives an own key the {@linkplain #stamp stamp}. */
    SET,
    /** Deletes an own key. */
    DELETE,
    /** Adds the serial to an own key. */
    ADD,
    /** Adds the serial to a counter. */
    COUNT
  }

  private static final Type[] TYPES = {
    Type.SET, Type.SET, Type.SET, Type.SET, Type.DELETE, Type.ADD, Type.COUNT, Type.COUNT
  };
  private static final int TYPE_MASK = TYPES.length - 1;
  private static final int TYPE_BITS = 3;
  private static final int SESSION_SHIFT = 32;
  private static final long COUNTERS = 1L << 48;
  private static final int STAMP_SHIFT = 8;

  private final KillPlan plan;

  KillOps(KillPlan plan) {
    this.plan = plan;
  }

  /** The random bits that an operation is made of. */
  long draw(int session, long serial) {
    return Keys.of(Keys.of(plan.seed() + session) + serial);
  }

  /** What it does. */
  static Type type(long draw) {
    return TYPES[(int) draw & TYPE_MASK];
  }

  /** Which of the session's keys, or of the counters, it is about. */
  int target(long draw) {
    int bound = type(draw) == Type.COUNT ? plan.counters() : plan.keys();
    return (int) Math.unsignedMultiplyHigh(draw << TYPE_BITS, bound);
  }

  /** The value that a set gives: never 0, and of no other operation. */
  static long stamp(int session, long serial) {
    return serial << STAMP_SHIFT | session + 1;
  }

  /** A key of a session. */
  static long key(int session, int number) {
    return Keys.of((long) session << SESSION_SHIFT | number);
  }

  /** A counter's key. */
  static long counter(int number) {
    return Keys.of(COUNTERS | number);
  }
}
