package dev.peregrine.internal.ops;

import dev.peregrine.MisuseException;
import dev.peregrine.internal.cpr.Participants;
import dev.peregrine.internal.cpr.SessionCut;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The sessions of a store: those that are open, and those that are known by name because they were
 * closed or recovered, of which the {@link #MOST_KNOWN} latest are kept. Any thread may call any
 * method.
 */
final class SessionTable implements Participants {
  private static final int MOST_KNOWN = 65_536;
  private static final long NO_VERSION = 0;

  private final Map<Long, SessionContext> open = new LinkedHashMap<>();

  /** Sessions that are not open; they are not asked again, so their commit points are copies. */
  private final Map<Long, ClosedSession> known = new LinkedHashMap<>();

  private final LongSupplier random;

  /**
   * What a closed session has left.
   *
   * @param all all that it did
   * @param cutSerial what it had done when it adopted its last version
   * @param cutVersion that version
   * @param durable up to where it is durable, which may be before what it did last
   */
  private record ClosedSession(SessionCut all, long cutSerial, long cutVersion, long durable) {
    ClosedSession committed(long serial) {
      return new ClosedSession(all, cutSerial, cutVersion, serial);
    }

    SessionCut cutBefore(long version) {
      return cutVersion == version ? all.upTo(cutSerial) : all;
    }
  }

  SessionTable(List<SessionCut> recovered, LongSupplier random) {
    this.random = random;
    for (SessionCut cut : recovered) {
      known.put(cut.id(), new ClosedSession(cut, cut.serial(), 0, cut.serial()));
    }
  }

  /** A name that no session has. */
  synchronized SessionCut create() {
    long id;
    do {
      id = random.getAsLong();
    } while (id == 0 || open.containsKey(id) || known.containsKey(id));
    return new SessionCut(id, 0, new long[0]);
  }

  /**
   * The session of a name, to go on with.
   *
   * @throws MisuseException if it is open
   * @throws IllegalArgumentException if there is none
   */
  synchronized SessionCut find(long id) {
    if (open.containsKey(id)) {
      throw new MisuseException(open.get(id) + " is open: close it before it is resumed");
    }
    ClosedSession session = known.get(id);
    if (session == null) {
      throw new IllegalArgumentException(
          "no session of id " + id + " is known: it was not in the checkpoint, or was forgotten");
    }
    return session.all();
  }

  synchronized void add(SessionContext session) {
    if (open.putIfAbsent(session.id(), session) != null) {
      throw new MisuseException(session + " is open: close it before it is resumed");
    }
    ClosedSession before = known.remove(session.id());
    session.committed(before == null ? 0 : before.durable());
  }

  /** The session has been closed; nobody changes its commit point any more. */
  synchronized void remove(SessionContext session) {
    if (open.remove(session.id(), session)) {
      SessionCut all = session.cutBefore(NO_VERSION);
      long version = session.adoptedVersion();
      long cutSerial = session.cutBefore(version).serial();
      long durable = session.durableSerial();
      known.put(session.id(), new ClosedSession(all, cutSerial, version, durable));
      if (known.size() > MOST_KNOWN) {
        known.remove(known.keySet().iterator().next());
      }
    }
  }

  @Override
  public synchronized List<SessionContext> open() {
    return List.copyOf(open.values());
  }

  synchronized int openCount() {
    return open.size();
  }

  synchronized long nativeBytes() {
    return open.values().stream().mapToLong(SessionContext::nativeBytes).sum();
  }

  @Override
  public synchronized List<SessionCut> cutsBefore(long version) {
    List<SessionCut> cuts = new ArrayList<>();
    open.values().forEach(session -> cuts.add(session.cutBefore(version)));
    known.values().forEach(session -> cuts.add(session.cutBefore(version)));
    cuts.sort(Comparator.comparingLong(SessionCut::id));
    return List.copyOf(cuts);
  }

  @Override
  public synchronized void committed(List<SessionCut> cuts) {
    for (SessionCut cut : cuts) {
      SessionContext session = open.get(cut.id());
      if (session != null) {
        session.committed(cut.serial());
      } else {
        known.computeIfPresent(cut.id(), (id, closed) -> closed.committed(cut.serial()));
      }
    }
  }

  @Override
  public synchronized String namesOfLaggards(long epochLimit) {
    return open.values().stream()
        .filter(session -> session.announced() != 0 && session.announced() <= epochLimit)
        .map(SessionContext::toString)
        .collect(Collectors.joining(", "));
  }
}
