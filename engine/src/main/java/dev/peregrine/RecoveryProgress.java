package dev.peregrine;

/** Hears how far the opening of a store is; called on the thread that opens it, now and then. */
@FunctionalInterface
public interface RecoveryProgress {
  /** Hears nothing. */
  RecoveryProgress NONE = (bytesRead, bytesToRead) -> {};

  /**
   * A part has been read and checked.
   *
   * @param bytesRead so far
   * @param bytesToRead in all: index, snapshot, and the part of the log that is read
   */
  void onProgress(long bytesRead, long bytesToRead);
}
