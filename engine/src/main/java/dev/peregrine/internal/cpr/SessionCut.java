package dev.peregrine.internal.cpr;

import java.util.Arrays;

/**
 * One session's part in a checkpoint.
 *
 * @param id the session
 * @param serial all its operations up to this number are in, none later
 * @param lostSerials numbers up to {@code serial} of changes that never took effect: their record
 *     could not be read, or the session was closed while they were pending; ascending
 */
public record SessionCut(long id, long serial, long[] lostSerials) {
  /** The same session as it was at an earlier serial. */
  public SessionCut upTo(long earlier) {
    return new SessionCut(
        id, earlier, Arrays.stream(lostSerials).filter(lost -> lost <= earlier).toArray());
  }
}
