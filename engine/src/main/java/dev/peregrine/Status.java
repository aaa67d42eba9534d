package dev.peregrine;

/** The expected outcomes of an operation. */
public enum Status {
  /** The key has a value: it was read, or it kept an insert or an update from doing anything. */
  FOUND,
  /** The key has no value. */
  NOT_FOUND,
  /** A record was appended for a key of which no version was found in memory. */
  CREATED,
  /** A version of the key in memory was replaced or changed. */
  UPDATED,
  /** The key has no value any more; an older version may have been on the device only. */
  DELETED,
  /**
   * The outcome needs the device. It is delivered by {@link Session#completePending}, {@link
   * Session#await} or {@link Session#future}.
   */
  PENDING,
  /**
   * Nothing was done, because as many operations are pending as the session has room for: call
   * {@link Session#completePending} and try again.
   */
  BUSY
}
