package dev.peregrine.internal.cpr;

/** What the coordinator of a checkpoint needs of a session. Any thread may call any method. */
public interface Participant {
  /** Its stable name. */
  long id();

  /** Changes that wait for the device. */
  long pendingChanges();

  /** Grows while the session gets on with what it does. */
  long progress();

  /**
   * Moves its pending changes on, if it is outside of any operation; if it is inside, it does so
   * itself.
   *
   * @return whether it was outside
   */
  boolean help();
}
