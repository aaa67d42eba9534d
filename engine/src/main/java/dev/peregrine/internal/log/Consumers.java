package dev.peregrine.internal.log;

import dev.peregrine.MisuseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The named consumers of a log and up to where they have consumed. Any thread; all under this
 * object's monitor.
 */
public final class Consumers {
  private final Map<String, ConsumerPosition> positions = new TreeMap<>();
  private final List<String> open = new ArrayList<>();

  /** How many changes there were, how many were taken to be written, and how many the log has. */
  private long changes;

  private long taken;
  private long written;

  /**
   * @param kept what was kept of them
   */
  Consumers(List<ConsumerPosition> kept) {
    kept.forEach(position -> positions.put(position.name(), position));
  }

  /**
   * Opens a consumer, a new one at an address.
   *
   * @return where it is
   * @throws MisuseException if it is open, or there are too many
   */
  public synchronized long open(String name, long newAddress, boolean holds, long begin) {
    if (open.contains(name)) {
      throw new MisuseException("consumer " + name + " is open already");
    }
    ConsumerPosition kept = positions.get(name);
    if (kept == null && positions.size() == ConsumerPosition.MOST) {
      throw new MisuseException(
          "the log has " + positions.size() + " consumers, the most: drop one before");
    }
    long address = kept == null ? newAddress : Math.max(kept.address(), begin);
    put(new ConsumerPosition(name, address, holds));
    open.add(name);
    return address;
  }

  /** Notes that a consumer is not open any more. */
  public synchronized void close(String name) {
    open.remove(name);
  }

  /** Forgets a consumer that is not open; false if there is none. */
  public synchronized boolean drop(String name) {
    if (open.contains(name)) {
      throw new MisuseException("consumer " + name + " is open");
    }
    boolean dropped = positions.remove(name) != null;
    if (dropped) {
      changes++;
    }
    return dropped;
  }

  /** Notes that a consumer has consumed up to an address. */
  public synchronized void move(String name, long address) {
    ConsumerPosition position = positions.get(name);
    if (position != null && position.address() != address) {
      put(new ConsumerPosition(name, address, position.holds()));
    }
  }

  private void put(ConsumerPosition position) {
    if (!position.equals(positions.put(position.name(), position))) {
      changes++;
    }
  }

  /** Up to where a consumer has consumed; −1 if there is none of this name. */
  public synchronized long address(String name) {
    ConsumerPosition position = positions.get(name);
    return position == null ? -1 : position.address();
  }

  /** All, by name. */
  public synchronized List<ConsumerPosition> all() {
    return List.copyOf(positions.values());
  }

  /** Sets back who is behind an address. */
  synchronized void setBack(long address) {
    for (ConsumerPosition position : List.copyOf(positions.values())) {
      if (position.address() > address) {
        put(new ConsumerPosition(position.name(), address, position.holds()));
      }
    }
  }

  /** Where the slowest is that holds truncation back. */
  synchronized long least() {
    long least = Long.MAX_VALUE;
    for (ConsumerPosition position : positions.values()) {
      if (position.holds()) {
        least = Math.min(least, position.address());
      }
    }
    return least;
  }

  /** Whether the log does not have all; also while somebody is about to write them. */
  synchronized boolean isChanged() {
    return changes != written;
  }

  /** All, to be written now; one thread at a time. */
  synchronized byte[] take() {
    taken = changes;
    return ConsumerPosition.encode(all());
  }

  /** What was taken last has space in the log, below its tail. */
  synchronized void setWritten() {
    written = taken;
  }
}
