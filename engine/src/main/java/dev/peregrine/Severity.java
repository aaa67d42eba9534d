package dev.peregrine;

/** How much of a store an error leaves. */
public enum Severity {
  /** The call had no effect; the store goes on as before. */
  CALL,
  /** The store still reads, but takes no more changes. */
  WRITES,
  /** The store, or what it read, can't be trusted: close it. */
  STORE
}
