package dev.peregrine.log;

import dev.peregrine.internal.log.LogCore;

/**
 * A reader with a name, whose position is kept in the log: opened again, also after a crash, it
 * goes on where it was when it last acknowledged and the log was committed. It reads what is
 * committed.
 */
public final class LogConsumer extends LogReader {
  private final String name;

  LogConsumer(LogCore core, String name, long start, Runnable onClose) {
    super(core, false, start, onClose);
    this.name = name;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /**
   * Notes that everything that it has shown is consumed, the entry at hand included. The next
   * commit that is asked for makes it durable; {@link DurableLog#awaitCommitted} tells of entries
   * only.
   */
  public synchronized void acknowledge() {
    requireOpen();
    core().consumers().move(name, shownUntil());
  }

  /**
   * Notes that everything below an address is consumed. The next commit that is asked for makes it
   * durable.
   *
   * @param address a position that this consumer was at
   */
  public synchronized void acknowledge(long address) {
    requireOpen();
    if (address < core().begin() || address > shownUntil()) {
      throw new IllegalArgumentException(
          "address " + address + " has not been shown: " + core().begin() + " to " + shownUntil());
    }
    core().consumers().move(name, address);
  }

  /** Up to where it has acknowledged. */
  public long acknowledged() {
    return core().consumers().address(name);
  }
}
