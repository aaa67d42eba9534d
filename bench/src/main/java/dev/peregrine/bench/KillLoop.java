package dev.peregrine.bench;

import dev.peregrine.CheckpointToken;
import dev.peregrine.RecoveryProgress;
import dev.peregrine.RecoveryReport;
import dev.peregrine.Session;
import dev.peregrine.Store;
import dev.peregrine.StoreFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Lets a child work, kills it, opens the store and checks every promise; again and again on the
 * same files. One thread.
 */
final class KillLoop {
  private static final int EARLY_SHARE = 8;
  private static final int MOST_EARLY_MILLIS = 700;
  private static final int MOST_LATE_MILLIS = 150;

  /**
   * What one cycle came to.
   *
   * @param promises checkpoints that the child told to be durable
   * @param last the last of them, or null
   * @param recovery what the store was recovered to
   * @param recoveryNanos how long it took to open it
   * @param operations operations of all sessions that are in now and were not before
   * @param values values found, each of them right
   */
  record Outcome(
      int promises,
      KillTranscript.Durable last,
      RecoveryReport recovery,
      long recoveryNanos,
      long operations,
      long values) {}

  private final KillPlan plan;
  private final Path directory;
  private final SplittableRandom random;
  private final KillModel model;

  /** Each session's ids: it gets a new one as long as no checkpoint knows it. */
  private final List<List<Long>> ids = new ArrayList<>();

  private CheckpointToken newest;

  KillLoop(KillPlan plan, Path directory) {
    this.plan = plan;
    this.directory = directory;
    this.random = new SplittableRandom(plan.seed());
    this.model = new KillModel(plan);
    for (int i = 0; i < plan.sessions(); i++) {
      ids.add(new ArrayList<>());
    }
  }

  /** Sessions' serials that have been found to be exact. */
  long[] serials() {
    long[] serials = new long[plan.sessions()];
    for (int i = 0; i < serials.length; i++) {
      serials[i] = model.serial(i);
    }
    return serials;
  }

  /**
   * Runs one cycle.
   *
   * @param mostPromises the child is killed soon after so many promises at most; sometimes while it
   *     still opens the store
   * @throws CheckFailedException if a promise was broken
   */
  Outcome cycle(int mostPromises) throws IOException, InterruptedException {
    try (KillProcess child =
        KillProcess.start(plan, directory, random.nextLong(), "ALL", knownIds())) {
      if (random.nextInt(EARLY_SHARE) == 0) {
        Thread.sleep(random.nextInt(MOST_EARLY_MILLIS));
      } else {
        child.awaitReady();
        child.awaitDurables(random.nextInt(mostPromises + 1));
        Thread.sleep(random.nextInt(MOST_LATE_MILLIS));
      }
      child.kill();
      return judge(child.transcript());
    }
  }

  /** As {@link #cycle}: the child works for a time, and has one checkpoint of a kind at least. */
  Outcome leg(String kind, long millis) throws IOException, InterruptedException {
    try (KillProcess child =
        KillProcess.start(plan, directory, random.nextLong(), kind, knownIds())) {
      child.awaitReady();
      Thread.sleep(millis);
      child.awaitDurables(1);
      child.kill();
      return judge(child.transcript());
    }
  }

  private long[] knownIds() {
    long[] known = new long[plan.sessions()];
    for (int i = 0; i < known.length; i++) {
      known[i] = ids.get(i).isEmpty() ? 0 : ids.get(i).getLast();
    }
    return known;
  }

  /**
   * Opens the store and checks what a child that is gone has said.
   *
   * @throws CheckFailedException if a promise was broken
   */
  Outcome judge(KillTranscript said) {
    long[] now = said.ids();
    for (int i = 0; i < now.length; i++) {
      if (now[i] != 0 && !ids.get(i).contains(now[i])) {
        ids.get(i).add(now[i]);
      }
    }
    List<KillTranscript.Durable> promises = said.durables();
    KillTranscript.Durable last = promises.isEmpty() ? null : promises.getLast();
    long begin = System.nanoTime();
    try (Store store = Store.open(plan.config(directory))) {
      long nanos = System.nanoTime() - begin;
      RecoveryReport recovery = store.recovery();
      requireNewest(recovery, promises);
      long operations = 0;
      for (int i = 0; i < plan.sessions(); i++) {
        operations += advance(store, i, last);
      }
      long values = model.requireExact(store);
      return new Outcome(promises.size(), last, recovery, nanos, operations, values);
    }
  }

  private void requireNewest(RecoveryReport recovery, List<KillTranscript.Durable> promises) {
    for (KillTranscript.Durable promise : promises) {
      if (promise.kind().equals("INDEX")) {
        continue;
      }
      newest = promise.token();
    }
    if (newest != null && recovery.token().compareTo(newest) < 0) {
      throw new CheckFailedException(
          "recovered to " + recovery.token() + ", but " + newest + " was durable");
    }
    newest = recovery.token();
  }

  /** Takes the recovered serial of a session, which must be what was promised or more. */
  private long advance(Store store, int number, KillTranscript.Durable last) {
    RecoveryReport recovery = store.recovery();
    long recovered = 0;
    long knownId = 0;
    for (long id : ids.get(number)) {
      Long serial = recovery.serials().get(id);
      if (serial != null && serial > 0) {
        if (recovered > 0) {
          throw new CheckFailedException("session " + number + " is recovered twice");
        }
        recovered = serial;
        knownId = id;
      }
    }
    long before = model.serial(number);
    long promised = Math.max(before, last == null ? 0 : last.serials()[number]);
    if (recovered < promised) {
      throw new CheckFailedException(
          "session %d is recovered to serial %d, but %d was durable"
              .formatted(number, recovered, promised));
    }
    if (knownId != 0) {
      try (Session session = store.resumeSession(knownId)) {
        if (session.serial() != recovered || session.lostSerials().length > 0) {
          throw new CheckFailedException(
              "session %d resumes at %d instead of %d, with %d operations lost"
                  .formatted(number, session.serial(), recovered, session.lostSerials().length));
        }
      }
      ids.get(number).remove(knownId);
      ids.get(number).add(knownId);
    }
    model.advance(number, recovered);
    return recovered - before;
  }

  /** Verifies the newest checkpoint deeply. */
  void verify() {
    StoreFiles.verify(directory, null, RecoveryProgress.NONE);
  }
}
