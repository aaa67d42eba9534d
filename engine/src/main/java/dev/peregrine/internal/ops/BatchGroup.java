package dev.peregrine.internal.ops;

import dev.peregrine.Status;

/**
 * What a session keeps for the keys of a batch that are worked on inside one epoch entry: their
 * hashes and the heads of their chains. Made once; used by the session's thread, inside the epoch
 * only, since the entry is what keeps a second thread out.
 */
final class BatchGroup {
  /**
   * Keys of a group: enough for a core to have all the misses in flight that it can, few enough for
   * their lines to stay in its first-level cache, and for nobody to wait long for the epoch.
   */
  static final int SIZE = 32;

  final long[] hashes = new long[SIZE];

  /** Of this epoch entry; nobody looks at them later. */
  final long[] addresses = new long[SIZE];

  /** Of all that was touched: stored so that the JIT keeps the loads. */
  long seen;

  /** Begins an operation of the group; entering has counted the first. */
  void begin(SessionContext session, int i) {
    session.next(i == 0);
  }

  /** Ends a group; after the last one, the device has all reads that the batch has enqueued. */
  void end(SessionContext session, boolean last) {
    if (last) {
      session.pending.submit();
    }
  }

  /**
   * Notes how a key's operation came out. An element that holds the status already is not written,
   * which spares the collector's barrier.
   *
   * @return 1 if the operation is unfinished, else 0
   */
  static int put(Status[] statuses, int at, Status status) {
    if (statuses[at] != status) {
      statuses[at] = status;
    }
    return OperationResult.isUnfinished(status) ? 1 : 0;
  }
}
