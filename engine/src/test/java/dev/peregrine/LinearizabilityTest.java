package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.HistoryCheck.Action;
import dev.peregrine.HistoryCheck.Event;
import dev.peregrine.HistoryRun.Disturbance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Recorded histories are explained by an order of the operations: while pages are evicted, threads
 * stop between any two steps, and checkpoints are taken.
 */
class LinearizabilityTest {
  private static final int HISTORIES = 150;

  static List<Arguments> all() {
    List<Arguments> all = new ArrayList<>();
    for (StoreKind kind : StoreKind.values()) {
      for (Disturbance disturbance : Disturbance.values()) {
        all.add(Arguments.of(kind, disturbance));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("all")
  void shouldBeLinearizableWhenDisturbed(StoreKind kind, Disturbance disturbance) {
    Seeds.run(
        2,
        seed -> {
          HistoryRun run = new HistoryRun(kind, disturbance, HISTORIES, seed);
          run.record(HistoryClient::new);
          List<Event> wrong = run.counterexample();
          assertNull(wrong, () -> "no order explains" + HistoryShrink.describe(wrong));
        });
  }

  /** Shows what it has read of a key before, at times. */
  private static final class StaleClient extends HistoryClient {
    private final Map<Long, Event> before = new HashMap<>();

    StaleClient(KindFace face, AtomicLong clock, long seed) {
      super(face, clock, seed);
    }

    @Override
    Event told(long key, Event event) {
      if (event.action() != Action.READ) {
        return event;
      }
      Event first = before.putIfAbsent(key, event);
      return first == null ? event : withResult(event, first.status(), first.result());
    }
  }

  /** Forgets an addition, and tells the sum that there was before, at times. */
  private static final class LosingClient extends HistoryClient {
    LosingClient(KindFace face, AtomicLong clock, long seed) {
      super(face, clock, seed);
    }

    @Override
    Event told(long key, Event event) {
      boolean loses = event.action() == Action.ADD && random.nextInt(20) == 0;
      return loses ? withResult(event, event.status(), event.result() + 1) : event;
    }
  }

  private static Event withResult(Event event, Status status, long result) {
    return new Event(
        event.action(),
        event.argument(),
        status,
        result,
        event.known(),
        event.called(),
        event.returned());
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldShowASmallHistoryWhenAStoreReadsStaleValues(StoreKind kind) {
    Seeds.run(
        1,
        seed -> {
          HistoryRun run = new HistoryRun(kind, Disturbance.EVICTION, HISTORIES, seed);
          run.record(StaleClient::new);
          List<Event> wrong = run.counterexample();
          assertNotNull(wrong, "stale reads were not noticed");
          assertTrue(wrong.size() <= 6, () -> HistoryShrink.describe(wrong));
          assertTrue(wrong.stream().anyMatch(event -> event.action() == Action.READ));
        });
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldShowAHistoryWhenAStoreTellsAWrongSum(StoreKind kind) {
    Seeds.run(
        1,
        seed -> {
          HistoryRun run = new HistoryRun(kind, Disturbance.EVICTION, HISTORIES, seed);
          run.record(LosingClient::new);
          assertNotNull(run.counterexample(), "wrong sums were not noticed");
        });
  }

  /** What is left is what contradicts itself. */
  @Test
  void shouldLeaveTheContradictionWhenAHistoryIsMadeSmall() {
    Event unrelated = new Event(Action.INSERT, 9, Status.CREATED, 9, true, 1, 2);
    Event first = new Event(Action.UPSERT, 5, Status.UPDATED, 5, true, 3, 4);
    Event sum = new Event(Action.ADD, 2, Status.UPDATED, 7, true, 5, 6);
    Event read = new Event(Action.READ, 0, Status.FOUND, 7, true, 7, 8);
    Event second = new Event(Action.UPSERT, 6, Status.UPDATED, 6, true, 9, 10);
    Event stale = new Event(Action.READ, 0, Status.FOUND, 7, true, 11, 12);
    List<Event> all = List.of(stale, unrelated, first, sum, read, second);
    assertFalse(HistoryCheck.isLinearizable(all));
    List<Event> minimal = HistoryShrink.minimal(all);
    assertEquals(List.of(first, sum, second, stale), minimal);
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
