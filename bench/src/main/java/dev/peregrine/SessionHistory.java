package dev.peregrine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one session has done, in the order of its serial numbers, and what the store must hold of it
 * after any prefix. Its own keys nobody else changes; to shared ones everybody adds. One thread at
 * a time uses it.
 */
final class SessionHistory {
  private static final int HOT_SHIFT = 24;
  private static final int UNIQUE_SHIFT = 40;

  /** What can be done to a key. */
  enum Type {
    UPSERT,
    INSERT,
    MIX,
    COUNT,
    DELETE
  }

  /** What is known of a change. */
  enum Fate {
    DONE,
    PENDING,
    /** It was pending when its session was closed: it has taken effect, or its serial is lost. */
    UNSURE,
    LOST
  }

  /** A change. */
  static final class Change {
    final long serial;
    final Type type;
    final long key;
    final byte[] value;
    final long argument;
    Fate fate;

    Change(long serial, Type type, long key, byte[] value, long argument, Fate fate) {
      this.serial = serial;
      this.type = type;
      this.key = key;
      this.value = value;
      this.argument = argument;
      this.fate = fate;
    }
  }

  private final int number;
  private final boolean isLong;
  private final List<Change> changes = new ArrayList<>();

  /** Own keys that a change was ever tried on, also one that a crash has undone. */
  private final Set<Long> touchedKeys = new TreeSet<>();

  private final Map<Long, byte[]> live = new HashMap<>();
  private long id;
  private long lastSerial;
  private long skippedTo;

  /**
   * @param number of the session, from 0 on
   * @param isLong whether values are {@code long}s
   */
  SessionHistory(int number, boolean isLong) {
    this.number = number;
    this.isLong = isLong;
  }

  /** The name of the session in the store; 0 before it has one. */
  long id() {
    return id;
  }

  void id(long value) {
    id = value;
  }

  /** The serial of the latest operation that returned. */
  long lastSerial() {
    return lastSerial;
  }

  /** The greatest serial that can be a commit point: there may be no operation of this number. */
  long mostSerial() {
    return Math.max(lastSerial, skippedTo);
  }

  /** The next operation will have the serial after this one. */
  void skipTo(long serial) {
    skippedTo = serial;
  }

  /** A key of its own that is changed often. */
  long hotKey(int key) {
    return (number + 1L << HOT_SHIFT) + key;
  }

  /** The key that the operation of this serial alone writes. */
  long uniqueKey(long serial) {
    return (number + 1L << UNIQUE_SHIFT) + serial;
  }

  /** What a key of its own holds now, as far as is known; null for nothing. */
  byte[] live(long key) {
    return live.get(key);
  }

  /** Notes that an operation which changed nothing has returned. */
  void returned(long serial) {
    lastSerial = serial;
  }

  /** Notes a change that has returned. */
  Change add(Type type, long serial, long key, byte[] value, long argument, boolean pending) {
    Change change =
        new Change(serial, type, key, value, argument, pending ? Fate.PENDING : Fate.DONE);
    changes.add(change);
    lastSerial = serial;
    if (type != Type.COUNT) {
      touchedKeys.add(key);
    }
    apply(live, change);
    return change;
  }

  /** Notes a key whose change may be under way, whatever becomes of it. */
  void touch(long key) {
    touchedKeys.add(key);
  }

  /** The session has been closed, or is gone: nobody is told what became of pending changes. */
  void closed() {
    for (Change change : changes) {
      if (change.fate == Fate.PENDING) {
        change.fate = Fate.UNSURE;
      }
    }
  }

  /**
   * The session goes on at a serial: what came later is undone, and of what was pending the lost
   * serials tell.
   *
   * @throws CrashViolation if something is said to be lost that was not pending
   */
  void resumed(long serial, long[] lostSerials) {
    changes.removeIf(change -> change.serial > serial);
    lastSerial = serial;
    skippedTo = serial;
    Set<Long> lost = setOf(lostSerials);
    for (Change change : changes) {
      boolean isLost = lost.remove(change.serial);
      CrashViolation.require(
          isLost == (change.fate == Fate.LOST) || change.fate == Fate.UNSURE,
          "%s: serial %d is %s, and lost serials are %s",
          this,
          change.serial,
          change.fate,
          Arrays.toString(lostSerials));
      change.fate = isLost ? Fate.LOST : Fate.DONE;
    }
    CrashViolation.require(
        lost.isEmpty(), "%s: no changes of serials %s were ever pending", this, lost);
    live.clear();
    live.putAll(stateAt(serial));
  }

  /** What its own keys hold when it has done exactly what it did up to a serial. */
  Map<Long, byte[]> stateAt(long serial) {
    Map<Long, byte[]> state = new HashMap<>();
    changes.stream()
        .filter(change -> change.serial <= serial)
        .forEach(change -> apply(state, change));
    return state;
  }

  /** Adds what it has added to shared keys up to a serial. */
  void sumUpTo(long serial, Map<Long, Long> sums) {
    for (Change change : changes) {
      if (change.type == Type.COUNT && change.fate != Fate.LOST && change.serial <= serial) {
        sums.merge(change.key, change.argument, Long::sum);
      }
    }
  }

  /** Own keys that can't be absent without reason. */
  Set<Long> touchedKeys() {
    return touchedKeys;
  }

  @Override
  public String toString() {
    return "session " + number;
  }

  private void apply(Map<Long, byte[]> state, Change change) {
    if (change.fate == Fate.LOST) {
      return;
    }
    byte[] before = state.get(change.key);
    byte[] after =
        switch (change.type) {
          case UPSERT -> change.value;
          case INSERT -> before == null ? change.value : before;
          case MIX -> CrashUpdates.mixed(isLong, before, change.argument);
          case COUNT, DELETE -> null;
        };
    if (after == null) {
      state.remove(change.key);
    } else {
      state.put(change.key, after);
    }
  }

  private static Set<Long> setOf(long[] serials) {
    Set<Long> set = new HashSet<>();
    for (long serial : serials) {
      set.add(serial);
    }
    return set;
  }
}
