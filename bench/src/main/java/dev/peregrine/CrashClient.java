package dev.peregrine;

import dev.peregrine.SessionHistory.Change;
import dev.peregrine.SessionHistory.Fate;
import dev.peregrine.SessionHistory.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A user of a store: random operations on keys of its own and on shared counters, each outcome
 * checked against its history. Pending operations are left outstanding, on distinct keys. One
 * thread at a time.
 */
final class CrashClient implements CompletionHandler {
  private static final int LONG_VALUE_ONE_IN = 40;
  private static final int SERIAL_GAP_ONE_IN = 50;
  private static final int MOST_ADDED = 1000;

  private final CrashScenario scenario;
  private final SessionHistory history;
  private final SplittableRandom random;
  private final Map<Long, Outstanding> outstanding = new HashMap<>();
  private final Set<Long> busyKeys = new HashSet<>();
  private Session session;
  private CrashFace face;
  private long durable;
  private long pendingCount;
  private long trace = 17;

  /** What a pending operation must come to; a status that is null may be any. */
  private record Outstanding(long key, Status status, byte[] value, byte[][] seen, Change change) {}

  CrashClient(CrashScenario scenario, SessionHistory history, SplittableRandom random) {
    this.scenario = scenario;
    this.history = history;
    this.random = random;
  }

  SessionHistory history() {
    return history;
  }

  boolean isOpen() {
    return session != null;
  }

  /** How many operations had to wait for the device. */
  long pendingCount() {
    return pendingCount;
  }

  /** A hash of all that was observed. */
  long trace() {
    return trace;
  }

  /** Opens its session in a store, the one that it had if it is known there. */
  void open(Store store, boolean isKnown) {
    outstanding.clear();
    busyKeys.clear();
    session = isKnown ? store.resumeSession(history.id(), this) : store.newSession(this);
    history.id(session.id());
    history.resumed(session.serial(), session.lostSerials());
    face = new CrashFace(scenario.config().kind(), session);
    durable = session.durableSerial();
    session.onDurable(this::onDurable);
  }

  /** What the session says is durable. */
  long durableSerial() {
    return session.durableSerial();
  }

  /** Closes the session, with whatever is pending. */
  void close() {
    history.closed();
    session.close();
    session = null;
  }

  /** The store is gone, and the session with it. */
  void abandon() {
    session = null;
  }

  /** Takes what has arrived. */
  void poll() {
    session.completePending();
  }

  /** Waits for everything that is pending. */
  void completeAll() {
    session.completeAll();
    CrashViolation.require(
        outstanding.isEmpty(), "%s: outcomes were not delivered: %s", history, outstanding);
  }

  /** One random operation. */
  void operate() {
    if (random.nextInt(SERIAL_GAP_ONE_IN) == 0) {
      long next = session.serial() + 1 + random.nextInt(5);
      session.nextSerial(next);
      history.skipTo(next - 1);
    }
    long hotKey = history.hotKey(random.nextInt(scenario.hotKeys()));
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> unique();
      case 3, 4, 5, 6 -> upsert(hotKey);
      case 7, 8 -> delete(hotKey);
      case 9, 10 -> insert(hotKey);
      case 11, 12, 13 -> mix(hotKey);
      case 14, 15, 16 -> count(random.nextInt(scenario.sharedKeys()));
      default -> read(random.nextInt(3) == 0 ? anyKey() : hotKey);
    }
  }

  /** So many random operations of one kind, in one batch. */
  void operateBatch(int count) {
    CrashBatch batch = new CrashBatch(count);
    long first = session.serial() + 1;
    switch (random.nextInt(3)) {
      case 0 -> upsertBatch(batch, first);
      case 1 -> countBatch(batch, first);
      default -> readBatch(batch, first);
    }
  }

  private void upsertBatch(CrashBatch batch, long first) {
    for (int i = 0; i < batch.count(); i++) {
      batch.set(i, history.uniqueKey(first + i), value(), 0);
      history.touch(batch.key(i));
    }
    batch.upsert(face);
    for (int i = 0; i < batch.count(); i++) {
      Change change = history.add(Type.UPSERT, first + i, batch.key(i), batch.value(i), 0, false);
      check(
          new Outstanding(batch.key(i), Status.CREATED, null, null, change),
          first + i,
          batch.status(i));
    }
  }

  private void countBatch(CrashBatch batch, long first) {
    for (int i = 0; i < batch.count(); i++) {
      int key = random.nextInt(scenario.sharedKeys());
      batch.set(i, key, null, 1 + random.nextInt(MOST_ADDED));
    }
    batch.count(face);
    for (int i = 0; i < batch.count(); i++) {
      long serial = first + i;
      if (batch.status(i) == Status.BUSY) {
        // It was not done, and has its number.
        history.returned(serial);
        continue;
      }
      boolean pending = batch.status(i) == Status.PENDING;
      Change change =
          history.add(Type.COUNT, serial, batch.key(i), null, batch.argument(i), pending);
      if (pending) {
        wait(serial, new Outstanding(batch.key(i), null, null, null, change));
      }
    }
  }

  /** Reads keys that are not being changed, each once. */
  private void readBatch(CrashBatch batch, long first) {
    int count = Math.min(batch.count(), scenario.hotKeys());
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!busyKeys.contains(history.hotKey(i))) {
        batch.set(kept++, history.hotKey(i), null, 0);
      }
    }
    batch.limit(kept);
    batch.read(face);
    for (int i = 0; i < kept; i++) {
      long serial = first + i;
      byte[] value = history.live(batch.key(i));
      Status wanted = value == null ? Status.NOT_FOUND : Status.FOUND;
      Outstanding expected = new Outstanding(batch.key(i), wanted, value, batch.seen(i), null);
      history.returned(serial);
      if (batch.status(i) == Status.PENDING) {
        wait(serial, expected);
      } else if (batch.status(i) != Status.BUSY) {
        check(expected, serial, batch.status(i));
      }
    }
  }

  @Override
  public void onCompletion(long serial, Status status, ValueView value) {
    Outstanding expected = outstanding.remove(serial);
    CrashViolation.require(
        expected != null, "%s: serial %d was not pending: %s", history, serial, status);
    busyKeys.remove(expected.key);
    if (expected.change != null) {
      expected.change.fate = Fate.DONE;
    }
    if (face.isLong() && expected.seen != null && status == Status.FOUND) {
      expected.seen[0] = value.toByteArray();
    }
    check(expected, serial, status);
  }

  @Override
  public void onFailure(long serial, RuntimeException cause) {
    throw cause;
  }

  private void onDurable(long serial) {
    CrashViolation.require(
        serial >= durable && serial <= session.serial(),
        "%s: the listener is told that %d is durable, after %d, at %d",
        history,
        serial,
        durable,
        session.serial());
    durable = serial;
  }

  private void unique() {
    long serial = session.serial() + 1;
    long key = history.uniqueKey(serial);
    byte[] value = value();
    changed(Type.UPSERT, key, value, 0, null, () -> face.upsert(key, value));
  }

  private void upsert(long key) {
    if (!busyKeys.contains(key)) {
      byte[] value = value();
      changed(Type.UPSERT, key, value, 0, null, () -> face.upsert(key, value));
    }
  }

  private void delete(long key) {
    if (!busyKeys.contains(key)) {
      changed(Type.DELETE, key, null, 0, null, () -> face.delete(key));
    }
  }

  private void insert(long key) {
    if (!busyKeys.contains(key)) {
      byte[] value = value();
      Status expected = history.live(key) == null ? Status.CREATED : Status.FOUND;
      changed(Type.INSERT, key, value, 0, expected, () -> face.insertIfAbsent(key, value));
    }
  }

  private void mix(long key) {
    if (busyKeys.contains(key)) {
      return;
    }
    long argument = random.nextLong() >>> 1;
    boolean isThere = history.live(key) != null;
    Status expected = isThere ? Status.UPDATED : Status.CREATED;
    if (!face.isLong() && CrashUpdates.keeps(argument)) {
      expected = isThere ? Status.FOUND : Status.NOT_FOUND;
    }
    changed(Type.MIX, key, null, argument, expected, () -> face.mix(key, argument));
  }

  private void count(long key) {
    long added = 1 + random.nextInt(MOST_ADDED);
    changed(Type.COUNT, key, null, added, null, () -> face.count(key, added));
  }

  private void read(long key) {
    if (busyKeys.contains(key)) {
      return;
    }
    byte[][] seen = new byte[1][];
    byte[] value = history.live(key);
    Status wanted = value == null ? Status.NOT_FOUND : Status.FOUND;
    ReadFunction function = (view, argument) -> seen[0] = view.toByteArray();
    Status status = submit(() -> face.read(key, function));
    long serial = session.serial();
    history.returned(serial);
    Outstanding expected = new Outstanding(key, wanted, value, seen, null);
    if (status == Status.PENDING) {
      wait(serial, expected);
      return;
    }
    if (face.isLong() && status == Status.FOUND) {
      seen[0] = CrashFace.ofLong(session.longValue());
    }
    check(expected, serial, status);
  }

  private void changed(
      Type type,
      long key,
      byte[] value,
      long argument,
      Status expected,
      Supplier<Status> operation) {
    if (type != Type.COUNT) {
      history.touch(key);
    }
    Status status = submit(operation);
    long serial = session.serial();
    boolean pending = status == Status.PENDING;
    Change change = history.add(type, serial, key, value, argument, pending);
    Outstanding wanted = new Outstanding(key, expected, null, null, change);
    if (pending) {
      wait(serial, wanted);
    } else {
      check(wanted, serial, status);
    }
  }

  private Status submit(Supplier<Status> operation) {
    Status status = operation.get();
    while (status == Status.BUSY) {
      session.completePending();
      status = operation.get();
    }
    return status;
  }

  private void wait(long serial, Outstanding expected) {
    pendingCount++;
    outstanding.put(serial, expected);
    busyKeys.add(expected.key);
  }

  private void check(Outstanding expected, long serial, Status status) {
    trace = (trace ^ serial ^ (long) status.ordinal() << 56) * 0x9E3779B97F4A7C15L;
    CrashViolation.require(
        expected.status == null || expected.status == status,
        "%s: serial %d on key %x came to %s, not to %s",
        history,
        serial,
        expected.key,
        status,
        expected.status);
    CrashViolation.require(
        expected.seen == null || Arrays.equals(expected.value, expected.seen[0]),
        "%s: serial %d read of key %x %s, not %s",
        history,
        serial,
        expected.key,
        Arrays.toString(expected.seen == null ? null : expected.seen[0]),
        Arrays.toString(expected.value));
  }

  /** One that was written before, or another's: a key that is evicted with the time. */
  private long anyKey() {
    long serial = session.serial();
    return history.uniqueKey(serial == 0 ? 1 : 1 + random.nextLong(serial));
  }

  private byte[] value() {
    if (face.isLong()) {
      return CrashFace.ofLong(random.nextLong());
    }
    int most =
        random.nextInt(LONG_VALUE_ONE_IN) == 0
            ? scenario.config().maxRecordBytes() - 128
            : scenario.valueBytes();
    byte[] value = new byte[1 + random.nextInt(most)];
    random.nextBytes(value);
    return value;
  }
}
