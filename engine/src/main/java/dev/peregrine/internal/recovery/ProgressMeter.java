package dev.peregrine.internal.recovery;

import dev.peregrine.RecoveryProgress;

/** Adds up what a recovery has read. One thread. */
final class ProgressMeter {
  private final RecoveryProgress listener;
  private final long total;
  private long read;

  ProgressMeter(RecoveryProgress listener, long total) {
    this.listener = listener;
    this.total = total;
  }

  void add(long bytes) {
    read += bytes;
    listener.onProgress(read, Math.max(read, total));
  }

  long read() {
    return read;
  }
}
