package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.HistoryCheck.Action;
import dev.peregrine.HistoryCheck.Event;
import dev.peregrine.device.Device;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small concurrent histories on few keys, while pages are evicted. */
class LinearizabilityTest {
  private static final int HISTORIES = 300;
  private static final int THREADS = 3;
  private static final int KEYS = 2;
  private static final int OPERATIONS = 10;
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

  /** One thread's part of the histories. */
  private static final class Client {
    private final KindFace face;
    private final AtomicLong clock;
    private final SplittableRandom random;
    private final Adder adder = new Adder();
    private final Map<Long, List<Event>> events = new HashMap<>();

    Client(KindFace face, AtomicLong clock, long seed) {
      this.face = face;
      this.clock = clock;
      this.random = new SplittableRandom(seed);
    }

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
      events.computeIfAbsent(key, unused -> new ArrayList<>()).add(event);
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

  private static void check(StoreKind kind, long seed) throws InterruptedException {
    Device device = TestDevice.MEMORY.open(null, seed);
    AtomicLong clock = new AtomicLong();
    List<Client> clients = new ArrayList<>();
    CyclicBarrier round = new CyclicBarrier(THREADS);
    try (Store store = TestStores.tinyOn(device, kind, THREADS, 4, 6)) {
      for (int i = 0; i < THREADS; i++) {
        KindFace face = new KindFace(kind, store.newSession());
        clients.add(new Client(face, clock, seed * 31 + i));
      }
      Threads.run(
          THREADS,
          thread -> {
            Client client = clients.get(thread);
            for (int history = 0; history < HISTORIES; history++) {
              round.await();
              for (int i = 0; i < OPERATIONS; i++) {
                client.operate((long) history * KEYS + client.random.nextInt(KEYS));
                client.makeNoise();
              }
            }
          });
      assertTrue(device.stats().reads() > 0, "nothing came from the device");
    }
    for (long key = 0; key < (long) HISTORIES * KEYS; key++) {
      List<Event> events = new ArrayList<>();
      for (Client client : clients) {
        events.addAll(client.events.getOrDefault(key, List.of()));
      }
      assertTrue(HistoryCheck.isLinearizable(events), () -> "no order explains this: " + events);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldBeLinearizableWhenPagesAreEvicted(StoreKind kind) {
    Seeds.run(2, seed -> check(kind, seed));
  }

  /** The checker itself must be able to say no. */
  @Test
  void shouldRefuseAHistoryWhenNoOrderExplainsIt() {
    Event write = new Event(Action.UPSERT, 5, Status.CREATED, 5, true, 1, 2);
    Event stale = new Event(Action.READ, 0, Status.NOT_FOUND, 0, true, 3, 4);
    Event fresh = new Event(Action.READ, 0, Status.FOUND, 5, true, 3, 4);
    Event overlapping = new Event(Action.READ, 0, Status.NOT_FOUND, 0, true, 1, 4);
    assertTrue(HistoryCheck.isLinearizable(List.of(write, fresh, overlapping)));
    assertFalse(HistoryCheck.isLinearizable(List.of(write, stale)));
    Event lost = new Event(Action.ADD, 1, Status.UPDATED, 6, true, 5, 8);
    Event update = new Event(Action.ADD, 1, Status.UPDATED, 6, true, 6, 7);
    Event next = new Event(Action.ADD, 1, Status.UPDATED, 7, true, 6, 7);
    assertFalse(HistoryCheck.isLinearizable(List.of(write, lost, update)));
    assertTrue(HistoryCheck.isLinearizable(List.of(write, lost, next)));
    Event one = new Event(Action.INSERT, 1, Status.CREATED, 1, true, 1, 9);
    Event two = new Event(Action.INSERT, 2, Status.CREATED, 2, true, 2, 8);
    assertFalse(HistoryCheck.isLinearizable(List.of(one, two)));
  }
}
