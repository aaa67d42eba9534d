package dev.peregrine;

import dev.peregrine.HistoryCheck.Action;
import dev.peregrine.HistoryCheck.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Makes a history that no order explains as small as it can be: drops operations, alone and in
 * pairs, as long as it stays inexplicable, and as long as what could be the reason of what an
 * operation says that it found, or did not find, is still there. Without the second condition, a
 * read alone would be left of each history.
 */
final class HistoryShrink {
  private HistoryShrink() {}

  /** The smallest part of a history, in the order of calls. */
  static List<Event> minimal(List<Event> history) {
    List<Event> events = new ArrayList<>(history);
    events.sort(Comparator.comparingLong(Event::called));
    boolean smaller = true;
    while (smaller) {
      smaller = dropOne(events) || dropTwo(events);
    }
    return events;
  }

  /** A line an operation. */
  static String describe(List<Event> events) {
    return events.stream().map(HistoryShrink::line).collect(Collectors.joining("\n", "\n", "\n"));
  }

  private static String line(Event event) {
    return String.format(
        "  from %d to %d: %s(%d) -> %s%s",
        event.called(),
        event.returned(),
        event.action(),
        event.argument(),
        event.status(),
        event.known() ? " " + event.result() : "");
  }

  private static boolean dropOne(List<Event> events) {
    for (Event event : List.copyOf(events)) {
      if (dropped(events, List.of(event))) {
        return true;
      }
    }
    return false;
  }

  private static boolean dropTwo(List<Event> events) {
    for (Event one : List.copyOf(events)) {
      for (Event two : List.copyOf(events)) {
        if (one != two && dropped(events, List.of(one, two))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean dropped(List<Event> events, List<Event> some) {
    List<Event> rest = new ArrayList<>(events);
    rest.removeAll(some);
    boolean keeps =
        rest.stream()
            .allMatch(
                event ->
                    isFounded(event, rest)
                        && some.stream().noneMatch(gone -> mayFound(gone, event)));
    if (!keeps || HistoryCheck.isLinearizable(rest)) {
      return false;
    }
    events.removeAll(some);
    return true;
  }

  /** Whether an operation may be why another one found nothing, or something unknown. */
  private static boolean mayFound(Event cause, Event event) {
    if (cause.called() > event.returned()) {
      return false;
    }
    if (cause.action() == Action.DELETE) {
      return cause.status() == Status.DELETED && saysAbsent(event);
    }
    boolean writes = cause.action() != Action.READ && cause.status() != Status.FOUND;
    return writes && !event.known() && event.status() == Status.FOUND;
  }

  private static boolean saysAbsent(Event event) {
    return event.status() == Status.NOT_FOUND
        || event.status() == Status.CREATED && event.action() != Action.UPSERT;
  }

  /** Whether what it says that it found was written by another one. */
  private static boolean isFounded(Event event, List<Event> events) {
    return switch (event.action()) {
      case READ -> event.status() != Status.FOUND || isWritten(event.result(), event, events);
      case INSERT ->
          event.status() != Status.FOUND
              || !event.known()
              || isWritten(event.result(), event, events);
      case ADD ->
          event.status() != Status.UPDATED
              || isWritten(event.result() - event.argument(), event, events);
      case UPSERT, DELETE -> true;
    };
  }

  private static boolean isWritten(long value, Event reader, List<Event> events) {
    return events.stream()
        .anyMatch(
            event ->
                event != reader
                    && switch (event.action()) {
                      case UPSERT -> event.argument() == value;
                      case INSERT -> event.status() == Status.CREATED && event.argument() == value;
                      case ADD -> event.result() == value;
                      case READ, DELETE -> false;
                    });
  }
}
