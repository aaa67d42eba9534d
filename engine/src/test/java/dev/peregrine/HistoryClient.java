package dev.peregrine;

import dev.peregrine.HistoryCheck.Action;
import dev.peregrine.HistoryCheck.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** One thread's part of the histories: random operations, and what each came to. */
class HistoryClient {
  private static final int NOISE_BYTES = 1500;

  /** Adds to the first word; remembers the sum that it computed last. */
  private static final class Adder implements UpdateFunction {
    private long sum;

    @Override
    public int initialLength(long argument) {
      return Long.BYTES;
    }

    @Override
    public void initialize(ValueBuffer value, long argument) {
      sum = argument;
      value.putLong(0, sum);
    }

    @Override
    public int updatedLength(ValueView value, long argument) {
      // At times longer than what was there, so that a copy is made.
      return Math.max(value.length(), Long.BYTES * (1 + (int) (argument & 3)));
    }

    @Override
    public void update(ValueBuffer value, long argument) {
      sum = value.getLong(0) + argument;
      value.putLong(0, sum);
    }
  }

  final SplittableRandom random;
  final KindFace face;
  private final AtomicLong clock;
  private final Adder adder = new Adder();
  private final Map<Long, List<Event>> events = new HashMap<>();

  HistoryClient(KindFace face, AtomicLong clock, long seed) {
    this.face = face;
    this.clock = clock;
    this.random = new SplittableRandom(seed);
  }

  /** What it did with a key. */
  List<Event> events(long key) {
    return events.getOrDefault(key, List.of());
  }

  /** What it says that an operation came to; a broken store says something else. */
  Event told(long key, Event event) {
    return event;
  }

  /** One random operation. */
  void operate(long key) {
    Action action = Action.values()[random.nextInt(Action.values().length)];
    long argument = 1 + random.nextInt(1_000_000);
    long[] read = new long[1];
    ReadFunction reader = (view, unused) -> read[0] = view.getLong(0);
    Session session = face.session();
    long called = clock.incrementAndGet();
    Status status =
        session.await(
            switch (action) {
              case READ -> face.read(key, reader, 0);
              case UPSERT -> face.upsert(key, KindFace.ofLong(argument));
              case INSERT -> face.insertIfAbsent(key, KindFace.ofLong(argument));
              case ADD ->
                  face.isLong() ? session.add(key, argument) : face.rmw(key, adder, argument);
              case DELETE -> face.delete(key);
            });
    long returned = clock.incrementAndGet();
    long told = action == Action.READ ? read[0] : adder.sum;
    long result = face.isLong() ? session.longValue() : told;
    boolean known = face.isLong() || action != Action.INSERT;
    Event event = new Event(action, argument, status, result, known, called, returned);
    events.computeIfAbsent(key, unused -> new ArrayList<>()).add(told(key, event));
  }

  /** Writes elsewhere, so that pages move on. */
  void makeNoise() {
    int count = random.nextInt(4);
    for (int i = 0; i < count * (face.isLong() ? 60 : 1); i++) {
      long key = 1L << 20 | random.nextInt(1 << 16);
      face.upsert(key, new byte[face.isLong() ? Long.BYTES : NOISE_BYTES]);
    }
  }
}
