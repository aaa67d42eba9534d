package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Random operations of one session beside a map that says what each must come to. Pending
 * operations are left outstanding, on distinct keys, and come back by all three ways. Everything
 * observed goes into a trace.
 */
final class ModelRun implements CompletionHandler {
  private static final byte UNTOUCHED = 0x5A;
  private static final int TRACE_STATS_EVERY = 128;
  private static final int CLEARING_EVERY = 500;

  private final Store store;
  private final int keys;
  private final SplittableRandom random;
  private final KindFace face;
  private final Session session;
  private final Map<Long, byte[]> model = new HashMap<>();
  private final Map<Long, Expected> outstanding = new HashMap<>();
  private final Map<Long, Long> busyKeys = new HashMap<>();
  private final Map<Status, Integer> counts = new EnumMap<>(Status.class);
  private long trace = 17;
  private long pendingCount;

  /** What an operation must come to, and where its value arrives. */
  private final class Expected {
    private final long key;
    private final Status status;
    private final byte[] value;
    private final boolean isRead;
    private MemorySegment destination;
    private byte[] seen;
    private int calls;
    private CompletableFuture<Outcome> future;

    Expected(long key, Status status, byte[] value, boolean isRead) {
      this.key = key;
      this.status = status;
      this.value = value;
      this.isRead = isRead;
    }

    void see(ValueView view, long argument) {
      assertEquals(key, argument);
      seen = view.toByteArray();
      calls++;
    }

    /** Checks a read's bytes, once it has come to {@code FOUND}. */
    void checkValue() {
      if (!isRead || status != Status.FOUND || face.isLong()) {
        return;
      }
      if (destination == null) {
        assertEquals(1, calls, "calls of the read function");
        assertArrayEquals(value, seen);
        return;
      }
      byte[] read = destination.toArray(ValueLayout.JAVA_BYTE);
      int copied = Math.min(value.length, read.length);
      assertArrayEquals(Arrays.copyOf(value, copied), Arrays.copyOf(read, copied));
      for (int i = copied; i < read.length; i++) {
        assertEquals(UNTOUCHED, read[i], "a byte behind the value was written");
      }
    }
  }

  ModelRun(Store store, int keys, long seed) {
    this.store = store;
    this.keys = keys;
    this.random = new SplittableRandom(seed);
    this.session = store.newSession(this);
    this.face = new KindFace(store.config().kind(), session);
  }

  /** Runs operations, reads everything back, and closes the session; returns the trace's hash. */
  long run(int operations) {
    for (int i = 0; i < operations; i++) {
      one();
      if (i % TRACE_STATS_EVERY == 0) {
        trace(store.stats().toString().hashCode());
      }
      if (random.nextInt(CLEARING_EVERY) == 0) {
        session.completeAll();
        assertEquals(0, session.pendingCount());
        settleFutures();
        assertTrue(outstanding.isEmpty(), "an outcome was not delivered");
      }
    }
    session.completeAll();
    settleFutures();
    assertTrue(outstanding.isEmpty(), "an outcome was not delivered");
    for (long key = 0; key < keys; key++) {
      assertArrayEquals(model.get(key), face.get(key), "key " + key + " at the end");
    }
    session.close();
    return trace;
  }

  /** How many operations came to a status at once. */
  int count(Status status) {
    return counts.getOrDefault(status, 0);
  }

  /** Operations that had to wait for the device. */
  long pendingCount() {
    return pendingCount;
  }

  @Override
  public void onCompletion(long serial, Status status, ValueView value) {
    Expected expected = outstanding.remove(serial);
    assertNotNull(expected, "an outcome that nobody waits for");
    assertEquals(expected.status, status, "of key " + expected.key);
    expected.checkValue();
    boolean shown = expected.isRead && status == Status.FOUND || face.isLong() && hasValue(status);
    assertArrayEquals(shown ? expected.value : new byte[0], value.toByteArray());
    settle(expected, serial, status);
  }

  private static boolean hasValue(Status status) {
    return status != Status.NOT_FOUND && status != Status.DELETED;
  }

  private void one() {
    long key = random.nextInt(keys);
    if (busyKeys.containsKey(key)) {
      session.completePending();
      settleFutures();
      return;
    }
    byte[] before = model.get(key);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> read(key, before);
      case 3 -> upsert(key, before);
      case 4 -> delete(key, before);
      case 5 -> insert(key, before);
      default -> update(key, before);
    }
  }

  private void read(long key, byte[] before) {
    Status status = before == null ? Status.NOT_FOUND : Status.FOUND;
    Expected expected = new Expected(key, status, before, true);
    if (random.nextBoolean()) {
      expected.destination = destination(before == null ? 10 : before.length);
      submit(expected, () -> face.read(key, expected.destination));
    } else {
      submit(expected, () -> face.read(key, expected::see, key));
    }
  }

  private MemorySegment destination(int valueBytes) {
    int bytes = random.nextInt(4) == 0 ? valueBytes / 2 : valueBytes + random.nextInt(20);
    MemorySegment segment =
        random.nextBoolean()
            ? Arena.ofAuto().allocate(bytes)
            : MemorySegment.ofArray(new byte[bytes]);
    return segment.fill(UNTOUCHED);
  }

  private void upsert(long key, byte[] before) {
    byte[] value = newValue();
    Status status = face.upsert(key, value);
    boolean evicted = store.stats().headAddress() > store.stats().beginAddress();
    if (before == null) {
      assertEquals(Status.CREATED, status);
    } else if (!evicted) {
      assertEquals(Status.UPDATED, status);
    } else {
      assertTrue(status == Status.UPDATED || status == Status.CREATED, () -> "upsert: " + status);
    }
    model.put(key, value);
    checkLatest(value);
    trace(status.ordinal());
  }

  private void delete(long key, byte[] before) {
    Status status = face.delete(key);
    boolean evicted = store.stats().headAddress() > store.stats().beginAddress();
    if (before != null) {
      assertEquals(Status.DELETED, status);
    } else if (!evicted) {
      assertEquals(Status.NOT_FOUND, status);
    } else {
      assertTrue(status == Status.DELETED || status == Status.NOT_FOUND, () -> "del: " + status);
    }
    model.remove(key);
    trace(status.ordinal());
  }

  private void insert(long key, byte[] before) {
    byte[] value = newValue();
    Status status = before == null ? Status.CREATED : Status.FOUND;
    byte[] after = before == null ? value : before;
    submit(new Expected(key, status, after, false), () -> face.insertIfAbsent(key, value));
  }

  private void update(long key, byte[] before) {
    long argument = random.nextLong() >>> 1;
    Status changed = before == null ? Status.CREATED : Status.UPDATED;
    if (!face.isLong()) {
      Status kept = before == null ? Status.NOT_FOUND : Status.FOUND;
      Status status = ModelUpdates.keeps(before, argument) ? kept : changed;
      Expected expected = new Expected(key, status, ModelUpdates.expected(before, argument), false);
      submit(expected, () -> face.rmw(key, ModelUpdates.BYTES, argument));
      return;
    }
    long value = before == null ? 0 : KindFace.toLong(before);
    if (random.nextBoolean()) {
      byte[] sum = KindFace.ofLong(value + argument);
      submit(new Expected(key, changed, sum, false), () -> session.add(key, argument));
    } else {
      LongUpdateFunction function = ModelUpdates.LONG;
      byte[] after =
          KindFace.ofLong(
              before == null ? function.initial(argument) : function.update(value, argument));
      submit(new Expected(key, changed, after, false), () -> session.rmw(key, function, argument));
    }
  }

  private byte[] newValue() {
    byte[] value = new byte[face.isLong() ? Long.BYTES : ModelUpdates.lengthOf(random.nextLong())];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) random.nextInt();
    }
    return value;
  }

  private void submit(Expected expected, Supplier<Status> operation) {
    Status status = operation.get();
    while (status == Status.BUSY) {
      assertEquals(store.config().pendingDepth(), session.pendingCount(), "BUSY with room left");
      session.completePending();
      settleFutures();
      status = operation.get();
    }
    long serial = session.serial();
    counts.merge(status, 1, Integer::sum);
    if (expected.value == null) {
      model.remove(expected.key);
    } else {
      model.put(expected.key, expected.value);
    }
    if (status != Status.PENDING) {
      assertEquals(expected.status, status, "of key " + expected.key);
      assertEquals(status, session.await(status));
      finish(expected, serial);
      return;
    }
    pendingCount++;
    switch (random.nextInt(4)) {
      case 0 -> {
        assertEquals(expected.status, session.await(status), "of key " + expected.key);
        finish(expected, serial);
      }
      case 1 -> {
        expected.future = session.future(status);
        outstanding.put(serial, expected);
        busyKeys.put(expected.key, serial);
      }
      default -> {
        outstanding.put(serial, expected);
        busyKeys.put(expected.key, serial);
      }
    }
  }

  /** The end of an operation whose outcome the session holds. */
  private void finish(Expected expected, long serial) {
    expected.checkValue();
    if (hasValue(expected.status)) {
      checkLatest(expected.value);
    }
    settle(expected, serial, expected.status);
  }

  private void checkLatest(byte[] value) {
    if (face.isLong()) {
      assertEquals(KindFace.toLong(value), session.longValue());
    } else {
      assertEquals(value.length, session.valueLength());
    }
  }

  private void settle(Expected expected, long serial, Status status) {
    busyKeys.remove(expected.key);
    trace(serial);
    trace(expected.key * 31 + status.ordinal());
    trace(Arrays.hashCode(expected.value));
  }

  private void settleFutures() {
    outstanding
        .entrySet()
        .removeIf(
            entry -> {
              Expected expected = entry.getValue();
              if (expected.future == null || !expected.future.isDone()) {
                return false;
              }
              Outcome outcome = expected.future.join();
              assertEquals(expected.status, outcome.status(), "of key " + expected.key);
              expected.checkValue();
              if (hasValue(outcome.status()) && face.isLong()) {
                assertEquals(KindFace.toLong(expected.value), outcome.longValue());
              } else if (hasValue(outcome.status())) {
                assertEquals(expected.value.length, outcome.valueLength());
              }
              settle(expected, entry.getKey(), outcome.status());
              return true;
            });
  }

  private void trace(long observed) {
    trace = (trace ^ observed) * 0x9E3779B97F4A7C15L;
    trace ^= trace >>> 29;
  }
}
