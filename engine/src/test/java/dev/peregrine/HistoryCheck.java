package dev.peregrine;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a history of one key can be put in an order that a plain cell would have, between each
 * operation's call and its return (Wing and Gong's search with Lowe's memory of states).
 */
final class HistoryCheck {
  private static final int MOST = 62;

  private HistoryCheck() {}

  /** What an operation did. */
  enum Action {
    READ,
    UPSERT,
    INSERT,
    ADD,
    DELETE
  }

  /**
   * One operation.
   *
   * @param argument what was written or added
   * @param status what it came to
   * @param result the value that it found or left, where the status says that there is one
   * @param known whether the result was told
   */
  record Event(
      Action action,
      long argument,
      Status status,
      long result,
      boolean known,
      long called,
      long returned) {
    /** The state afterwards, or {@link #IMPOSSIBLE}. */
    State apply(State before) {
      return switch (action) {
        case READ ->
            status == Status.FOUND
                ? before.present() && before.value() == result ? before : IMPOSSIBLE
                : before.present() ? IMPOSSIBLE : before;
        case UPSERT -> status == Status.UPDATED || status == Status.CREATED ? of() : IMPOSSIBLE;
        case INSERT ->
            status == Status.CREATED
                ? before.present() ? IMPOSSIBLE : of()
                : before.present() && (!known || before.value() == result) ? before : IMPOSSIBLE;
        case ADD -> {
          long sum = before.value() + argument;
          boolean fits = sum == result && before.present() == (status == Status.UPDATED);
          yield fits ? new State(true, sum) : IMPOSSIBLE;
        }
        // "Deleted" may be said of a key whose older version was on the device only.
        case DELETE -> status == Status.DELETED ? ABSENT : before.present() ? IMPOSSIBLE : before;
      };
    }

    private State of() {
      return new State(true, argument);
    }
  }

  /** What the key holds; an absent one counts as 0 to an addition. */
  record State(boolean present, long value) {}

  private record Seen(long done, State state) {}

  static final State ABSENT = new State(false, 0);
  static final State IMPOSSIBLE = new State(false, -1);

  /** Whether there is such an order, from an absent key on. */
  static boolean isLinearizable(List<Event> history) {
    if (history.size() > MOST) {
      throw new IllegalArgumentException(history.size() + " operations are too many");
    }
    List<Event> events = history.stream().sorted(Comparator.comparingLong(Event::called)).toList();
    return search(events, 0, ABSENT, new HashSet<>());
  }

  private static boolean search(List<Event> events, long done, State state, Set<Seen> seen) {
    if (done == (1L << events.size()) - 1) {
      return true;
    }
    if (!seen.add(new Seen(done, state))) {
      return false;
    }
    long firstReturn = Long.MAX_VALUE;
    for (int i = 0; i < events.size(); i++) {
      if ((done & 1L << i) == 0) {
        firstReturn = Math.min(firstReturn, events.get(i).returned());
      }
    }
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      if ((done & 1L << i) != 0 || event.called() > firstReturn) {
        continue;
      }
      State after = event.apply(state);
      if (after != IMPOSSIBLE && search(events, done | 1L << i, after, seen)) {
        return true;
      }
    }
    return false;
  }
}
