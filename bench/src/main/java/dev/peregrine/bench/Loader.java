package dev.peregrine.bench;

import dev.peregrine.Session;
import dev.peregrine.Status;
import dev.peregrine.Store;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Puts the first version of a range of records into a store. */
final class Loader {
  private static final int CHUNK = 1024;

  private Loader() {}

  /**
   * Loads records with several sessions.
   *
   * @param first the first record
   * @param end the one behind the last
   */
  static Measure load(
      Store store, long first, long end, int valueBytes, int threads, Progress progress) {
    Measure measure = Measure.of(store);
    new Gang<Measure.WorkerResult>(threads)
        .runToEnd(
            (worker, gang) -> {
              long from = first + (end - first) * worker / threads;
              long to = first + (end - first) * (worker + 1) / threads;
              return loadRange(store, from, to, valueBytes, gang);
            },
            done -> progress.to(first + done))
        .forEach(measure::add);
    return measure;
  }

  private static Measure.WorkerResult loadRange(
      Store store, long from, long to, int valueBytes, Gang<?> gang) throws InterruptedException {
    try (Arena arena = Arena.ofConfined();
        Session session = store.newSession()) {
      MemorySegment value = arena.allocate(valueBytes, Long.BYTES);
      gang.awaitStart();
      long allocated = Allocation.bytes();
      long begin = System.nanoTime();
      for (long at = from; at < to && !gang.isStopped(); at += CHUNK) {
        long end = Math.min(to, at + CHUNK);
        if (valueBytes == Long.BYTES) {
          loadLongs(session, at, end);
        } else {
          loadBytes(session, at, end, value);
        }
        gang.add(end - at);
      }
      session.completeAll();
      long end = System.nanoTime();
      allocated = Allocation.bytes() - allocated;
      return new Measure.WorkerResult(to - from, begin, end, allocated);
    }
  }

  private static void loadLongs(Session session, long from, long to) {
    for (long i = from; i < to; i++) {
      requireNew(session.upsert(Keys.of(i), i), i);
    }
  }

  private static void loadBytes(Session session, long from, long to, MemorySegment value) {
    boolean patterned = value.byteSize() >= ValuePattern.MIN_BYTES;
    for (long i = from; i < to; i++) {
      long key = Keys.of(i);
      if (patterned) {
        ValuePattern.fill(value, key, Version.of(Version.LOADER, 0));
      }
      requireNew(session.upsert(key, value), i);
    }
  }

  private static void requireNew(Status status, long index) {
    if (status != Status.CREATED) {
      throw new CheckFailedException("load of record " + index + " gave " + status);
    }
  }
}
