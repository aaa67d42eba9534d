package dev.peregrine.bench;

import dev.peregrine.CheckpointKind;
import dev.peregrine.CheckpointToken;
import dev.peregrine.Session;
import dev.peregrine.Store;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * The process that is killed: opens the store, goes on with every session, takes checkpoints, and
 * tells each promise in a line on standard output, flushed, as soon as it is made.
 *
 * <pre>
 *   session NUMBER ID .                       a session works under this id
 *   ready .                                   all of them work
 *   durable TOKEN KIND NANOS SERIAL SERIAL … .    a checkpoint has ended; the durable serials
 *   failed REASON .                           something is wrong
 * </pre>
 *
 * It ends by itself when standard input does: then its parent has died.
 */
public final class KillChild {
  private static final int EXIT_ORPHAN = 3;
  private static final int KEPT = 3;
  private static final int MOST_PAUSE_MILLIS = 60;

  private final KillPlan plan;
  private final Path directory;
  private final SplittableRandom random;
  private final List<CheckpointKind> kinds;
  private final PrintStream out = System.out;

  private KillChild(List<String> arguments) {
    this.directory = Path.of(arguments.get(0));
    this.random = new SplittableRandom(Long.parseLong(arguments.get(1)));
    this.kinds =
        arguments.get(2).equals("ALL")
            ? List.of(CheckpointKind.values())
            : List.of(CheckpointKind.valueOf(arguments.get(2)));
    this.plan = KillPlan.parse(arguments.subList(4, arguments.size()));
  }

  /**
   * Runs it.
   *
   * @param args directory, seed of this run, kind of checkpoint or ALL, the sessions' ids separated
   *     by commas (0 for a new one), and a {@link KillPlan}
   */
  public static void main(String[] args) {
    Thread.ofPlatform().daemon().name("parent").start(KillChild::awaitParentsEnd);
    List<String> arguments = List.of(args);
    KillChild child = new KillChild(arguments);
    try {
      child.run(arguments.get(3).split(","));
    } catch (RuntimeException | Error e) {
      child.fail(e);
    }
  }

  private static void awaitParentsEnd() {
    try {
      while (System.in.read() >= 0) {
        // The parent says nothing.
      }
    } catch (IOException e) {
      // It is gone, too.
    }
    Runtime.getRuntime().halt(EXIT_ORPHAN);
  }

  private void run(String[] ids) {
    Store store = Store.open(plan.config(directory));
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < plan.sessions(); i++) {
      long id = Long.parseLong(ids[i]);
      boolean isKnown = store.recovery().serials().containsKey(id);
      Session session = isKnown ? store.resumeSession(id) : store.newSession();
      sessions.add(session);
      say("session " + i + " " + session.id());
    }
    for (int i = 0; i < plan.sessions(); i++) {
      KillWorker worker = new KillWorker(plan, i, sessions.get(i));
      Thread.ofPlatform().name("worker-" + i).start(() -> guarded(worker));
    }
    say("ready");
    for (; ; ) {
      pause();
      checkpoint(store, sessions);
      if (random.nextInt(KEPT + 1) == 0) {
        store.pruneCheckpoints(KEPT);
      }
    }
  }

  private void checkpoint(Store store, List<Session> sessions) {
    CheckpointKind kind = kinds.get(random.nextInt(kinds.size()));
    long begin = System.nanoTime();
    CheckpointToken token = store.checkpoint(kind).await();
    long nanos = System.nanoTime() - begin;
    String serials =
        sessions.stream()
            .map(session -> Long.toString(session.durableSerial()))
            .collect(Collectors.joining(" "));
    say("durable " + token + " " + kind + " " + nanos + " " + serials);
  }

  private void guarded(KillWorker worker) {
    try {
      worker.run();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void pause() {
    try {
      Thread.sleep(random.nextInt(MOST_PAUSE_MILLIS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void fail(Throwable cause) {
    cause.printStackTrace();
    say("failed " + Failures.describe(cause).replace('\n', ' '));
    Runtime.getRuntime().halt(Main.EXIT_FAILED);
  }

  /** One line at once, whose end tells that all of it has come. */
  private void say(String line) {
    synchronized (out) {
      out.println(line + " .");
      out.flush();
    }
  }
}
