package dev.peregrine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a store may come back to after a crash: the newest checkpoint that was acknowledged, or one
 * that was under way; with exactly the operations of each session up to its commit point, which is
 * no earlier than what was said to be durable. One thread at a time uses it.
 */
final class PrefixModel {
  private static final long UNKNOWN = -1;

  private final CrashScenario scenario;
  private final List<SessionHistory> histories = new ArrayList<>();

  /** Checkpoints that can be recovered to and were acknowledged, by their sequence. */
  private final TreeMap<Long, Point> acknowledged = new TreeMap<>();

  /** The one that was started last and is not acknowledged, or null. */
  private Point begun;

  /** From which checkpoint on the newer ones may be gone, because one was asked for by name. */
  private long given = Long.MAX_VALUE;

  private long givenBefore = Long.MAX_VALUE;

  /**
   * Where a checkpoint may have cut the sessions.
   *
   * @param sequence of its token
   * @param token null until it is acknowledged
   * @param least the commit points at the least
   * @param most and at the most; null until it is acknowledged
   * @param exact the commit points as far as they were told; null until then
   */
  private record Point(
      long sequence, CheckpointToken token, long[] least, long[] most, long[] exact) {}

  PrefixModel(CrashScenario scenario) {
    this.scenario = scenario;
    boolean isLong = scenario.config().kind() == StoreKind.LONG_TO_LONG;
    for (int number = 0; number < scenario.sessions(); number++) {
      histories.add(new SessionHistory(number, isLong));
    }
  }

  SessionHistory history(int session) {
    return histories.get(session);
  }

  /** A checkpoint that can be recovered to has been started. */
  void begin(long sequence) {
    begun = new Point(sequence, null, leastSerials(), null, null);
  }

  /**
   * The checkpoint that was begun has been acknowledged.
   *
   * @param clients the sessions, of which those that are open know their durable serials
   */
  void acknowledge(CheckpointToken token, List<CrashClient> clients) {
    CrashViolation.require(
        begun != null && token.sequence() == begun.sequence,
        "checkpoint %s was acknowledged, and %s begun",
        token,
        begun);
    long[] most = histories.stream().mapToLong(SessionHistory::mostSerial).toArray();
    long[] exact = new long[most.length];
    for (int i = 0; i < exact.length; i++) {
      CrashClient client = clients.get(i);
      exact[i] = client.isOpen() ? client.durableSerial() : UNKNOWN;
      CrashViolation.require(
          exact[i] == UNKNOWN || exact[i] >= begun.least[i] && exact[i] <= most[i],
          "%s: checkpoint %s cut it at %d, not from %d to %d",
          client.history(),
          token,
          exact[i],
          begun.least[i],
          most[i]);
    }
    acknowledged.put(
        token.sequence(), new Point(token.sequence(), token, begun.least, most, exact));
    begun = null;
  }

  /** The newest checkpoint is this one, and has cut the sessions exactly there. */
  void acknowledge(CheckpointToken token, long[] serials) {
    acknowledged.put(
        token.sequence(), new Point(token.sequence(), token, serials, serials, serials));
    begun = null;
  }

  /** A checkpoint was deleted, or voided. */
  void forget(CheckpointToken token) {
    acknowledged.remove(token.sequence());
  }

  /** The store is going to be opened as this checkpoint has it, which deletes those after it. */
  void giveUpAfter(CheckpointToken token) {
    givenBefore = given;
    given = Math.min(given, token.sequence());
  }

  /** That has deleted nothing after all. */
  void giveUpNothing() {
    given = givenBefore;
  }

  /** The acknowledged checkpoints, oldest first. */
  List<CheckpointToken> tokens() {
    return acknowledged.values().stream().map(Point::token).toList();
  }

  /** The newest of them; null before the store was opened for the first time. */
  CheckpointToken newest() {
    return acknowledged.isEmpty() ? null : acknowledged.lastEntry().getValue().token();
  }

  /**
   * Checks what a store has been recovered to, and takes it as the state to go on from.
   *
   * @param store just opened
   * @param asked the checkpoint that was asked for, null for the newest
   * @param clients are opened
   */
  void recovered(Store store, CheckpointToken asked, List<CrashClient> clients) {
    RecoveryReport report = store.recovery();
    Point point = expected(report.token(), asked);
    long[] serials = new long[histories.size()];
    for (int i = 0; i < serials.length; i++) {
      SessionHistory history = histories.get(i);
      Long serial = history.id() == 0 ? null : report.serials().get(history.id());
      serials[i] = serial == null ? 0 : serial;
      requireCut(point, history, i, serials[i]);
      CrashClient client = clients.get(i);
      client.open(store, serial != null);
      CrashViolation.require(
          serial == null || history.lastSerial() == serial,
          "%s is resumed at %d, but its commit point is %s",
          history,
          history.lastSerial(),
          serial);
    }
    acknowledged.tailMap(point.sequence, true).clear();
    acknowledged.put(
        point.sequence, new Point(point.sequence, report.token(), serials, serials, serials));
    begun = null;
    given = Long.MAX_VALUE;
    requireState(store, serials);
  }

  /**
   * Checks every key that was ever touched, and every counter.
   *
   * @param serials the commit points
   * @throws CrashViolation with the first that is wrong
   */
  void requireState(Store store, long[] serials) {
    try (StateCheck check = new StateCheck(store)) {
      Map<Long, Long> sums = new HashMap<>();
      for (int i = 0; i < serials.length; i++) {
        SessionHistory history = histories.get(i);
        Map<Long, byte[]> state = history.stateAt(serials[i]);
        String who = history + " up to " + serials[i];
        for (long key : history.touchedKeys()) {
          check.require(key, state.get(key), who);
        }
        history.sumUpTo(serials[i], sums);
      }
      String all = "all up to " + Arrays.toString(serials);
      for (long key = 0; key < scenario.sharedKeys(); key++) {
        Long sum = sums.get(key);
        check.require(key, sum == null ? null : counter(check.isLong(), sum), all);
      }
      check.finish();
    }
  }

  private static byte[] counter(boolean isLong, long sum) {
    return isLong ? CrashFace.ofLong(sum) : CrashUpdates.counter(sum);
  }

  private Point expected(CheckpointToken token, CheckpointToken asked) {
    CheckpointToken newest = newest();
    CrashViolation.require(
        asked == null || token.equals(asked), "recovered to %s instead of %s", token, asked);
    Point point = acknowledged.get(token.sequence());
    if (asked == null && newest != null) {
      CrashViolation.require(
          token.sequence() >= Math.min(given, newest.sequence()),
          "recovered to %s, but %s was acknowledged",
          token,
          newest);
    }
    if (point != null) {
      CrashViolation.require(
          point.token.equals(token), "recovered to %s instead of %s", token, point.token);
      return point;
    }
    if (newest == null) {
      long[] none = new long[histories.size()];
      return new Point(token.sequence(), token, none, none, none);
    }
    CrashViolation.require(
        begun != null && begun.sequence == token.sequence(),
        "recovered to %s, which was never begun; the last one is %s",
        token,
        begun == null ? null : begun.sequence);
    return begun;
  }

  private static void requireCut(Point point, SessionHistory history, int session, long serial) {
    long most = point.most == null ? history.mostSerial() : point.most[session];
    boolean isExact =
        point.exact == null || point.exact[session] == UNKNOWN || point.exact[session] == serial;
    CrashViolation.require(
        serial >= point.least[session] && serial <= most && isExact,
        "%s: its commit point is %d, not from %d to %d, and said to be %s",
        history,
        serial,
        point.least[session],
        most,
        point.exact == null ? "unknown" : point.exact[session]);
  }

  private long[] leastSerials() {
    return histories.stream().mapToLong(SessionHistory::lastSerial).toArray();
  }
}
