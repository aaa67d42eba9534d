package dev.peregrine.internal.ops;

/** What the pending operations need to know of a store's kind of record. */
interface RecordAccess {
  /** The record is the operation's; {@link PendingOperation#neededBytes} is its size. */
  long MATCH = -1;

  /** More of the record is needed: {@link PendingOperation#neededBytes} from its start. */
  long MORE = -2;

  /**
   * Looks at a record in a buffer.
   *
   * @param op whose key is searched
   * @param record the record's address in the buffer
   * @param available bytes there
   * @return {@link #MATCH}, {@link #MORE}, or the address of the next record of the chain
   * @throws dev.peregrine.CorruptionException if it can't be a record
   */
  long inspect(PendingOperation op, long record, long available);

  /**
   * Goes on with an operation whose record has been read, or is absent. For a change, inside the
   * epoch.
   *
   * @param op the operation
   * @param record the record's address in the buffer, or 0 if the chain ended without it
   * @return an {@link OperationResult}
   */
  int resume(PendingOperation op, long record);
}
