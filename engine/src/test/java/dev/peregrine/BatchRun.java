package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Random batches of one session, and single operations between them, beside a map that says what
 * each key must come to. A batch may hold a key several times, unless the order of its outcomes
 * would be open because they wait for the device.
 */
final class BatchRun implements CompletionHandler {
  private static final int MOST = 100;
  private static final int MOST_OFFSET = 4;
  private static final long UNUSED_KEY = 1 << 30;

  private final Store store;
  private final int keys;
  private final boolean inMemory;
  private final SplittableRandom random;
  private final Session session;
  private final KindFace single;
  private final BatchFace face;
  private final Map<Long, byte[]> model = new HashMap<>();
  private final Map<Long, Expected> waiting = new HashMap<>();
  private long pendingCount;
  private long busyCount;

  /** What one key of a batch must come to. */
  private record Expected(long key, Status status, byte[] value, boolean isRead) {}

  BatchRun(Store store, int keys, boolean inMemory, long seed) {
    this.store = store;
    this.keys = keys;
    this.inMemory = inMemory;
    this.random = new SplittableRandom(seed);
    this.session = store.newSession(this);
    this.single = new KindFace(store.config().kind(), session);
    this.face = new BatchFace(store.config().kind(), session);
  }

  /** Runs batches, reads everything back both ways, and closes the session. */
  void run(int batches) {
    for (int i = 0; i < batches; i++) {
      batch();
      single();
    }
    long[] all = new long[keys];
    for (int key = 0; key < keys; key++) {
      all[key] = key;
      assertArrayEquals(model.get((long) key), single.get(key), "key " + key + " by itself");
    }
    for (int from = 0; from < keys; from += MOST) {
      read(all, from, Math.min(MOST, keys - from));
    }
    session.close();
  }

  long pendingCount() {
    return pendingCount;
  }

  long busyCount() {
    return busyCount;
  }

  @Override
  public void onCompletion(long serial, Status status, ValueView value) {
    Expected expected = waiting.remove(serial);
    assertNotNull(expected, "an outcome that nobody waits for: " + serial);
    assertEquals(expected.status, status, "of key " + expected.key);
    boolean shown =
        expected.isRead ? status == Status.FOUND : face.isLong() && status != Status.NOT_FOUND;
    assertArrayEquals(shown ? expected.value : new byte[0], value.toByteArray());
  }

  private void batch() {
    int count = random.nextInt(8) == 0 ? random.nextInt(3) : random.nextInt(MOST);
    int from = random.nextInt(MOST_OFFSET);
    int operation = random.nextInt(6);
    boolean distinct = !inMemory && operation >= 3;
    long[] drawn = draw(from, count, distinct);
    switch (operation) {
      case 0 -> read(drawn, from, count);
      case 1 -> upsert(drawn, from, count);
      case 2 -> delete(drawn, from, count);
      case 3 -> insert(drawn, from, count);
      default -> update(drawn, from, count);
    }
  }

  /** Keys from an index on, few or many different ones; what is around them must not be used. */
  private long[] draw(int from, int count, boolean distinct) {
    long[] drawn = new long[from + count + random.nextInt(MOST_OFFSET)];
    Arrays.fill(drawn, UNUSED_KEY);
    int bound = distinct || random.nextBoolean() ? keys : Math.min(keys, 10);
    Set<Long> used = new HashSet<>();
    for (int i = from; i < from + count; i++) {
      long key = random.nextInt(bound);
      while (distinct && used.size() < bound && !used.add(key)) {
        key = random.nextInt(bound);
      }
      drawn[i] = key;
    }
    return drawn;
  }

  private void single() {
    long key = random.nextInt(keys);
    byte[] value = newValue();
    switch (random.nextInt(3)) {
      case 0 -> assertArrayEquals(model.get(key), single.get(key));
      case 1 -> {
        single.upsert(key, value);
        model.put(key, value);
      }
      default -> {
        Status status = single.delete(key);
        assertTrue(model.remove(key) == null || status == Status.DELETED);
      }
    }
  }

  private void read(long[] drawn, int from, int count) {
    List<Expected> expected = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      byte[] value = model.get(drawn[i]);
      Status status = value == null ? Status.NOT_FOUND : Status.FOUND;
      expected.add(new Expected(drawn[i], status, value, true));
    }
    long serial = session.serial();
    check(face.read(drawn, from, count, random.nextBoolean()), serial, expected);
  }

  private void upsert(long[] drawn, int from, int count) {
    byte[][] values = newValues(drawn.length);
    long serial = session.serial();
    assertEquals(0, face.upsert(drawn, values, from, count));
    assertEquals(serial + count, session.serial());
    boolean evicted = evicted();
    for (int i = 0; i < count; i++) {
      byte[] before = model.put(drawn[from + i], values[from + i]);
      Status status = face.status(i);
      if (before == null || !evicted) {
        assertEquals(before == null ? Status.CREATED : Status.UPDATED, status);
      } else {
        assertTrue(status == Status.UPDATED || status == Status.CREATED, () -> "upsert: " + status);
      }
    }
    face.requireSpareUntouched(count);
  }

  private void delete(long[] drawn, int from, int count) {
    long serial = session.serial();
    assertEquals(0, face.delete(drawn, from, count));
    assertEquals(serial + count, session.serial());
    boolean evicted = evicted();
    for (int i = 0; i < count; i++) {
      byte[] before = model.remove(drawn[from + i]);
      Status status = face.status(i);
      if (before != null || !evicted) {
        assertEquals(before == null ? Status.NOT_FOUND : Status.DELETED, status);
      } else {
        assertTrue(status == Status.DELETED || status == Status.NOT_FOUND, () -> "del: " + status);
      }
    }
    face.requireSpareUntouched(count);
  }

  private void insert(long[] drawn, int from, int count) {
    byte[][] values = newValues(drawn.length);
    List<Expected> expected = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      byte[] before = model.putIfAbsent(drawn[i], values[i]);
      Status status = before == null ? Status.CREATED : Status.FOUND;
      expected.add(new Expected(drawn[i], status, model.get(drawn[i]), false));
    }
    long serial = session.serial();
    check(face.insertIfAbsent(drawn, values, from, count), serial, expected);
    redo(count, expected, i -> single.insertIfAbsent(drawn[from + i], values[from + i]));
  }

  private void update(long[] drawn, int from, int count) {
    long[] arguments = new long[drawn.length];
    Arrays.setAll(arguments, i -> random.nextLong() >>> 1);
    boolean adds = face.isLong() && random.nextBoolean();
    List<Expected> expected = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      expected.add(updated(drawn[i], arguments[i], adds));
    }
    long serial = session.serial();
    if (!face.isLong()) {
      check(face.rmw(drawn, ModelUpdates.BYTES, arguments, from, count), serial, expected);
      redo(
          count,
          expected,
          i -> single.rmw(drawn[from + i], ModelUpdates.BYTES, arguments[from + i]));
    } else if (adds) {
      check(face.add(drawn, arguments, from, count), serial, expected);
      redo(count, expected, i -> session.add(drawn[from + i], arguments[from + i]));
    } else {
      check(face.rmw(drawn, ModelUpdates.LONG, arguments, from, count), serial, expected);
      redo(
          count,
          expected,
          i -> session.rmw(drawn[from + i], ModelUpdates.LONG, arguments[from + i]));
    }
  }

  /** Updates the model. */
  private Expected updated(long key, long argument, boolean adds) {
    byte[] before = model.get(key);
    Status status = before == null ? Status.CREATED : Status.UPDATED;
    byte[] after;
    if (!face.isLong()) {
      if (ModelUpdates.keeps(before, argument)) {
        status = before == null ? Status.NOT_FOUND : Status.FOUND;
      }
      after = ModelUpdates.expected(before, argument);
    } else {
      long value = before == null ? 0 : KindFace.toLong(before);
      LongUpdateFunction function = ModelUpdates.LONG;
      long changed = before == null ? function.initial(argument) : function.update(value, argument);
      after = KindFace.ofLong(adds ? value + argument : changed);
    }
    if (after != null) {
      model.put(key, after);
    }
    return new Expected(key, status, after, false);
  }

  /** Checks what the batch returned, and what comes of what is pending. */
  private void check(int unfinished, long serial, List<Expected> expected) {
    int count = expected.size();
    assertEquals(serial + count, session.serial(), "a serial number for each key");
    int pending = 0;
    int busy = 0;
    for (int i = 0; i < count; i++) {
      Expected one = expected.get(i);
      if (face.status(i) == Status.PENDING) {
        pending++;
        waiting.put(serial + 1 + i, one);
      } else if (face.status(i) == Status.BUSY) {
        busy++;
      } else {
        assertEquals(one.status, face.status(i), "key " + one.key + ", number " + i);
        boolean shown = one.isRead ? one.status == Status.FOUND : face.isLong();
        if (shown) {
          assertArrayEquals(one.value, face.value(i), "value of key " + one.key);
        }
      }
    }
    assertEquals(pending + busy, unfinished);
    assertEquals(pending, session.pendingCount());
    assertTrue(busy == 0 || pending == store.config().pendingDepth(), "BUSY with room left");
    session.completeAll();
    assertTrue(waiting.isEmpty(), "an outcome was not delivered");
    face.requireSpareUntouched(count);
    pendingCount += pending;
    busyCount += busy;
    if (expected.stream().allMatch(Expected::isRead)) {
      redo(count, expected, i -> single.read(expected.get(i).key, (view, argument) -> {}, 0));
    }
  }

  @FunctionalInterface
  private interface Redo {
    Status of(int i);
  }

  /** Does by itself what the batch had no room for. */
  private void redo(int count, List<Expected> expected, Redo operation) {
    for (int i = 0; i < count; i++) {
      if (face.status(i) == Status.BUSY) {
        assertEquals(expected.get(i).status, session.await(operation.of(i)));
      }
    }
  }

  private boolean evicted() {
    StoreStats stats = store.stats();
    return stats.headAddress() > stats.beginAddress();
  }

  private byte[][] newValues(int count) {
    byte[][] values = new byte[count][];
    Arrays.setAll(values, i -> newValue());
    return values;
  }

  private byte[] newValue() {
    byte[] value = new byte[face.isLong() ? Long.BYTES : ModelUpdates.lengthOf(random.nextLong())];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) random.nextInt();
    }
    return value;
  }
}
