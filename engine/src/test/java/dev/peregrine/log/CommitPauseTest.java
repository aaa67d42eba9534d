package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.log.LogEnvironment;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Sleepers;
import dev.peregrine.internal.pause.Sleepers.Sleeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A commit asleep between two of its steps, while appends and readers go on. */
@Timeout(180)
class CommitPauseTest {
  private static final int LENGTH = 200;
  private static final int FIRST = 10;
  private static final int SECOND = 10;

  private SimulatedVolume volume = TestLogs.volume(5);
  private final Sleepers sleepers = new Sleepers();
  private DurableLog log = open();

  private DurableLog open() {
    return DurableLog.open(TestLogs.small().build(), LogEnvironment.system(volume));
  }

  @AfterEach
  void close() {
    sleepers.close();
    log.close();
  }

  private void append(int from, int count) {
    for (int i = from; i < from + count; i++) {
      log.append(TestLogs.entry(i, LENGTH));
    }
  }

  /** Reads the log; each entry must be the next one. */
  private static int read(LogReader reader, int from) {
    int next = from;
    while (reader.next()) {
      assertTrue(TestLogs.isEntry(reader.entry(), next, LENGTH), "entry " + next);
      next++;
    }
    return next;
  }

  private int committedEntries() {
    try (LogReader reader = log.openReader()) {
      return read(reader, 0);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "COMMIT_CUT",
        "CHUNK_SEALED",
        "CHUNK_WRITTEN",
        "COMMIT_WRITTEN",
        "COMMIT_SYNCED",
        "COMMIT_MOVED"
      })
  void shouldPromiseNothingBeforeTheSyncWhenACommitSleeps(PausePoint point) {
    append(0, FIRST);
    log.commitAndWait();
    long committed = log.committedAddress();
    append(FIRST, FIRST);
    Sleepers.await(
        "the end of the first sync",
        () -> sleepers.count(PausePoint.COMMIT_MOVED) == sleepers.count(PausePoint.COMMIT_WRITTEN));
    boolean cuts = point == PausePoint.COMMIT_CUT;
    // Who waits for a commit may be the one to sync it.
    Sleeper worker = cuts ? null : sleepers.whoeverIsAt(point);
    Sleeper committer =
        sleepers.act(
            cuts ? point : null,
            () -> {
              log.commitAndWait();
              return null;
            });
    Sleeper asleep = cuts ? committer : worker;
    asleep.awaitAsleep();
    // Others append, and read what is committed and what is not.
    append(2 * FIRST, SECOND);
    boolean moved = point == PausePoint.COMMIT_MOVED;
    assertFalse(committer.isDone() && !moved, "it has returned before the promise was kept");
    assertEquals(moved ? 2 * FIRST : FIRST, committedEntries());
    assertEquals(moved, log.committedAddress() > committed);
    try (LogReader tail = log.openTailReader(log.beginAddress())) {
      assertEquals(2 * FIRST + SECOND, read(tail, 0));
    }
    asleep.wake();
    committer.join();
    assertTrue(committedEntries() >= 2 * FIRST);
    log.commitAndWait();
    assertEquals(2 * FIRST + SECOND, committedEntries());
    log.close();
    volume = volume.crash();
    log = open();
    assertEquals(2 * FIRST + SECOND, committedEntries());
  }

  /** A second commit is cut and written while the sync of the first is under way. */
  @Test
  void shouldKeepBothPromisesWhenACommitIsWrittenWhileTheOneBeforeSleepsBeforeItsSync() {
    append(0, FIRST);
    Sleeper syncing = sleepers.whoeverIsAt(PausePoint.COMMIT_WRITTEN);
    Sleeper one = sleepers.act(null, log::commitAndWait);
    syncing.awaitAsleep();
    append(FIRST, FIRST);
    long written = sleepers.count(PausePoint.CHUNK_WRITTEN);
    Sleeper two = sleepers.act(null, log::commitAndWait);
    Sleepers.await(
        "the second commit's write", () -> sleepers.count(PausePoint.CHUNK_WRITTEN) > written);
    assertEquals(0, committedEntries());
    assertFalse(one.isDone());
    assertFalse(two.isDone());
    syncing.wake();
    one.join();
    two.join();
    assertEquals(2 * FIRST, committedEntries());
  }

  /** What is cut while a writer is in its entry waits for it, and nobody else does. */
  @ParameterizedTest
  @EnumSource(names = {"TAIL_ADDED", "ENTRY_COPIED"})
  void shouldCommitTheWholeEntryWhenItsWriterSleeps(PausePoint point) {
    append(0, FIRST);
    Sleeper writer =
        sleepers.act(point, () -> log.append(TestLogs.entry(FIRST, LENGTH))).awaitAsleep();
    Sleeper committer = sleepers.act(null, log::commitAndWait);
    append(FIRST + 1, FIRST);
    sleepers.awaitMore(PausePoint.READ_ONLY_MOVED, 0);
    assertFalse(committer.isDone(), "half an entry was committed");
    assertEquals(0, committedEntries());
    writer.wake().join();
    committer.join();
    log.commitAndWait();
    assertEquals(2 * FIRST + 1, committedEntries());
  }

  /** Memory fills up behind a sync that does not come; writers wait and lose nothing. */
  @Test
  void shouldOverrunNothingWhenWritersFillMemoryWhileACommitSleeps() {
    int many = 6000;
    Sleeper sealing = sleepers.anybodyAt(PausePoint.CHUNK_SEALED);
    Sleeper writing =
        sleepers.act(
            null,
            () -> {
              append(0, many);
              return log.commitAndWait();
            });
    sealing.awaitAsleep();
    try (LogReader tail = log.openTailReader(log.beginAddress())) {
      int seen = read(tail, 0);
      assertTrue(seen < many, "memory was overrun");
      assertFalse(writing.isDone());
      sealing.wake();
      writing.join();
      assertEquals(many, read(tail, seen));
    }
    assertEquals(many, committedEntries());
  }
}
