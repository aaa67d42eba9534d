package dev.peregrine.bench.compare;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.Gang;
import dev.peregrine.bench.Keys;
import dev.peregrine.bench.compare.peer.Peer;
import dev.peregrine.bench.compare.peer.PeerSession;
import dev.peregrine.bench.compare.peer.PeerSetup;
import java.util.function.LongConsumer;

/**
 * Loads the engine of this process, sees what memory that took, and checks that it counts right.
 */
final class PeerLoader {
  private static final int CHUNK = 256;
  private static final int CHECKED_KEYS = 16;
  private static final int CHECKED_ROUNDS = 100;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Peer peer;
  private final PeerSetup setup;
  private final ProcessMemory before;

  /**
   * @param before what the process took before the engine was opened
   */
  PeerLoader(Peer peer, PeerSetup setup, ProcessMemory before) {
    this.peer = peer;
    this.setup = setup;
    this.before = before;
  }

  /** Loads all records. */
  Reply.Load load(LongConsumer progress) {
    int loaders = peer.loaders(setup.threads());
    long begin = System.nanoTime();
    new Gang<Boolean>(loaders)
        .runToEnd((worker, gang) -> loadShare(worker, loaders, gang), progress);
    long loaded = System.nanoTime();
    peer.settle();
    long settled = System.nanoTime();
    ProcessMemory after = ProcessMemory.current();
    Reply.Load load =
        new Reply.Load(
            (loaded - begin) / NANOS_PER_SECOND,
            (settled - begin) / NANOS_PER_SECOND,
            Math.max(0, after.heapBytes() - before.heapBytes()),
            Math.max(0, after.residentBytes() - before.residentBytes()));
    checkIncrements();
    return load;
  }

  private boolean loadShare(int worker, int loaders, Gang<?> gang) throws InterruptedException {
    long from = setup.records() * worker / loaders;
    long to = setup.records() * (worker + 1) / loaders;
    try (PeerSession session = peer.newLoader()) {
      gang.awaitStart();
      for (long at = from; at < to && !gang.isStopped(); at += CHUNK) {
        long end = Math.min(to, at + CHUNK);
        for (long i = at; i < end; i++) {
          session.write(Keys.of(i), 0);
        }
        gang.add(end - at);
      }
      session.finish();
    }
    return true;
  }

  /** All workers increment the same few keys; not one increment may be lost. */
  private void checkIncrements() {
    long[] before = counters();
    new Gang<Boolean>(setup.threads())
        .runToEnd(
            (worker, gang) -> {
              try (PeerSession session = peer.newSession()) {
                gang.awaitStart();
                for (int i = 0; i < CHECKED_ROUNDS * CHECKED_KEYS && !gang.isStopped(); i++) {
                  session.increment(Keys.of(i % CHECKED_KEYS));
                }
                session.finish();
              }
              return true;
            },
            done -> {});
    long[] after = counters();
    long expected = (long) CHECKED_ROUNDS * setup.threads();
    for (int i = 0; i < CHECKED_KEYS; i++) {
      if (after[i] - before[i] != expected) {
        throw new CheckFailedException(
            "%d of %d increments of record %d arrived"
                .formatted(after[i] - before[i], expected, i));
      }
    }
  }

  private long[] counters() {
    long[] words = new long[CHECKED_KEYS];
    try (PeerSession session = peer.newSession()) {
      for (int i = 0; i < CHECKED_KEYS; i++) {
        session.read(Keys.of(i));
        session.finish();
        words[i] = session.word();
      }
    }
    return words;
  }
}
