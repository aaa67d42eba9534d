package dev.peregrine.internal.ops;

import dev.peregrine.Status;

/**
 * What one attempt at an operation came to: the ordinal of a {@link Status} when it is over, or one
 * of the negative codes that the retry loop of {@link SessionContext#backOff} understands.
 */
final class OperationResult {
  /** Another thread got ahead: look again. */
  static final int RETRY_NOW = -1;

  /** The record is in the fuzzy region: leave the epoch, and look again when it is frozen. */
  static final int RETRY_FROZEN = -2;

  /** The log has no space: leave the epoch, and look again when it has. */
  static final int RETRY_SPACE = -3;

  /** The chain goes on at {@link SessionContext#diskAddress}, on the device. */
  static final int ON_DISK = -4;

  static final int FOUND = Status.FOUND.ordinal();
  static final int NOT_FOUND = Status.NOT_FOUND.ordinal();
  static final int CREATED = Status.CREATED.ordinal();
  static final int UPDATED = Status.UPDATED.ordinal();
  static final int DELETED = Status.DELETED.ordinal();
  static final int PENDING = Status.PENDING.ordinal();
  static final int BUSY = Status.BUSY.ordinal();

  private static final Status[] STATUSES = Status.values();

  private OperationResult() {}

  static Status statusOf(int result) {
    return STATUSES[result];
  }

  /** Whether an operation that returned {@code status} has still to be done, or done again. */
  static boolean isUnfinished(Status status) {
    return status == Status.PENDING || status == Status.BUSY;
  }
}
