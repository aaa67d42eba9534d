package dev.peregrine.internal.checkpoint;

import dev.peregrine.Checkpoint;
import dev.peregrine.CheckpointException;
import dev.peregrine.CheckpointInfo;
import dev.peregrine.CheckpointKind;
import dev.peregrine.CheckpointToken;
import dev.peregrine.internal.hlog.LogDriver;
import java.util.List;
import java.util.function.LongSupplier;

/** The checkpoints of an open store, one at a time. Any thread may call any method. */
public final class Checkpoints {
  private final CheckpointParts parts;
  private final CheckpointCatalog catalog;
  private final CheckpointHistory history;
  private final LogDriver driver;
  private final LongSupplier random;
  private final LongSupplier wallMillis;
  private long lastSequence;
  private CheckpointJob running;

  /**
   * @param parts the store
   * @param driver runs the jobs
   * @param random for tokens
   * @param wallMillis the time for people
   * @param index the image of the index that the store was recovered with, or null
   */
  public Checkpoints(
      CheckpointParts parts,
      LogDriver driver,
      LongSupplier random,
      LongSupplier wallMillis,
      CheckpointToken index) {
    this.parts = parts;
    this.catalog = new CheckpointCatalog(parts.files());
    this.history = new CheckpointHistory(index);
    this.driver = driver;
    this.random = random;
    this.wallMillis = wallMillis;
    this.lastSequence = parts.files().lastSequence();
  }

  /**
   * Starts a checkpoint.
   *
   * @throws CheckpointException if one is under way
   */
  public synchronized Checkpoint start(CheckpointKind kind) {
    requireNoneRunning("another one can be started when it has ended");
    CheckpointToken token = new CheckpointToken(++lastSequence, random.getAsLong());
    CheckpointJob job = new CheckpointJob(parts, history, kind, token, wallMillis.getAsLong());
    running = job;
    driver.run(job);
    return new Checkpoint(job.future(), job::progress);
  }

  /** Those that are there, oldest first. */
  public synchronized List<CheckpointInfo> list() {
    return catalog.list();
  }

  /**
   * Deletes all but the newest.
   *
   * @throws CheckpointException if one is under way
   */
  public synchronized List<CheckpointToken> prune(int keep) {
    requireNoneRunning("prune when it has ended");
    List<CheckpointToken> deleted = catalog.prune(keep);
    deleted.forEach(history::deleted);
    return deleted;
  }

  /** Whether one is under way. */
  public synchronized boolean isRunning() {
    return running != null && !running.isDone();
  }

  private void requireNoneRunning(String advice) {
    if (isRunning()) {
      throw new CheckpointException("a checkpoint is under way: " + advice, null);
    }
  }
}
