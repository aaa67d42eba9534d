package dev.peregrine.device.segment;

import dev.peregrine.memory.Alignment;
import dev.peregrine.posix.Errno;

/**
 * What one answer of the system means for a request: done, failed, or to be continued.
 *
 * <p>The one place that knows that transfers can be short. A read ends early only at the end of the
 * file; a write never does. Called by whoever carries out the slot's request.
 */
public final class TransferProgress {
  /** How often a request that was interrupted or made no progress is tried again. */
  public static final int MAX_RETRIES = 1000;

  private TransferProgress() {}

  /**
   * Notes a result in the slot.
   *
   * @param result bytes transferred by the last step, or {@code -errno}
   * @param sectorBytes continuations begin at a multiple of it
   * @return whether the request is finished; otherwise the rest is to be started again
   */
  public static boolean isFinished(RequestTable table, int slot, int result, int sectorBytes) {
    if (result < 0) {
      return isFinishedAfterError(table, slot, -result);
    }
    int done = table.done(slot) + result;
    int bytes = table.bytes(slot);
    if (done >= bytes) {
      table.setDone(slot, done);
      return done == bytes || fail(table, slot);
    }
    if (table.isWrite(slot)) {
      table.setDone(slot, (int) Alignment.down(done, sectorBytes));
      return result == 0 ? fail(table, slot) : isExhausted(table, slot);
    }
    table.setDone(slot, done);
    // No answer, or part of a sector: the file ends here, and a direct read cannot go on unaligned.
    return result == 0 || !Alignment.isAligned(done, sectorBytes);
  }

  private static boolean isFinishedAfterError(RequestTable table, int slot, int errno) {
    if (Errno.isTransient(errno) && table.countRetry(slot) <= MAX_RETRIES) {
      return false;
    }
    table.setErrno(slot, errno);
    return true;
  }

  private static boolean isExhausted(RequestTable table, int slot) {
    return table.countRetry(slot) > MAX_RETRIES && fail(table, slot);
  }

  private static boolean fail(RequestTable table, int slot) {
    table.setErrno(slot, Errno.EIO);
    return true;
  }
}
