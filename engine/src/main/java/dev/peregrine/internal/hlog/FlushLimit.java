package dev.peregrine.internal.hlog;

/** How fast pages may be written. Called by the log's worker only; must not block. */
@FunctionalInterface
public interface FlushLimit {
  /** No limit. */
  FlushLimit NONE = wantedBytes -> wantedBytes;

  /**
   * Asks for leave to write.
   *
   * @param wantedBytes how much could be written now
   * @return 0 to {@code wantedBytes}; it counts as spent. What is too little for a write is kept by
   *     who asked, who asks for the rest some milliseconds later
   */
  long permit(long wantedBytes);
}
