package dev.peregrine;

/** What a checkpoint writes. All but {@link #INDEX} can be recovered to. */
public enum CheckpointKind {
  /**
   * The index, and the log by folding it over: all that is in memory only is written to its place
   * in the log, and copied from now on when it is changed.
   */
  FOLD_OVER,
  /** The index, and the part of the log that is in memory only as a file; it stays mutable. */
  SNAPSHOT,
  /**
   * The pages that changed since the latest snapshot, full or incremental, of the same run; without
   * one, or when the chain of them has its full length, all pages as {@link #SNAPSHOT}. The index
   * is recovered from the latest image and the log.
   */
  INCREMENTAL,
  /** The index alone: later checkpoints of the log are recovered faster with it. */
  INDEX,
  /** The log alone, folded over; the index is recovered from the latest image, or from the log. */
  LOG;

  /** Whether it writes an image of the index. */
  public boolean hasIndex() {
    return this == FOLD_OVER || this == SNAPSHOT || this == INDEX;
  }

  /** Whether it fixes a cut of the log, so that it can be recovered to. */
  public boolean hasLog() {
    return this != INDEX;
  }

  /** Whether it writes pages to a file of its own. */
  public boolean hasSnapshot() {
    return this == SNAPSHOT || this == INCREMENTAL;
  }
}
