package dev.peregrine;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** A checkpoint that has been started. Any thread may call any method. */
public final class Checkpoint {
  private final CompletableFuture<CheckpointToken> future;
  private final Supplier<CheckpointProgress> progress;

  /**
   * Used by the store.
   *
   * @param future ends with the checkpoint
   * @param progress tells how far it is
   */
  public Checkpoint(
      CompletableFuture<CheckpointToken> future, Supplier<CheckpointProgress> progress) {
    this.future = Objects.requireNonNull(future);
    this.progress = Objects.requireNonNull(progress);
  }

  /**
   * Completes with the token when the checkpoint is durable and the next can be started; with a
   * {@link CheckpointException} when it was abandoned, a {@link StoreIoException} when the device
   * failed: the checkpoint before is untouched then. Cancelling it has no effect on the checkpoint.
   */
  public CompletableFuture<CheckpointToken> future() {
    return future.copy();
  }

  /** How far it is. */
  public CheckpointProgress progress() {
    return progress.get();
  }

  /**
   * Waits for the end.
   *
   * @return the token
   * @throws StoreException why it failed
   */
  public CheckpointToken await() {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
