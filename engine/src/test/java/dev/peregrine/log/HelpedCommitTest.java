package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.StoreIoException;
import dev.peregrine.Threads;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.QueueMode;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.hlog.BackgroundTask;
import dev.peregrine.internal.hlog.DrivenWork;
import dev.peregrine.internal.hlog.LogDriver;
import dev.peregrine.internal.hlog.ThreadDriver;
import dev.peregrine.internal.log.LogEnvironment;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for a commit writes it and syncs it, without the log's own threads. */
@Timeout(60)
class HelpedCommitTest {
  private static final int LENGTH = 100;
  private static final int COMMITS = 40;

  /** Few enough for all pages to stay in memory: nobody evicts. */
  private static final int COMMITS_A_THREAD = 10;

  /** Does nothing by itself: whatever is done, others have helped with. */
  private static final class DeafDriver implements LogDriver {
    private final AtomicInteger signals = new AtomicInteger();
    private DrivenWork worker;
    private boolean helps;

    @Override
    public QueueMode queueMode() {
      return QueueMode.MOVABLE;
    }

    @Override
    public synchronized void start(DrivenWork work) {
      worker = work;
      worker.open();
    }

    @Override
    public void run(BackgroundTask task) {
      throw new UnsupportedOperationException("no tasks here");
    }

    @Override
    public void signal() {
      signals.incrementAndGet();
    }

    @Override
    public synchronized int help() {
      helps = true;
      int done = worker.help();
      helps = false;
      return done;
    }

    @Override
    public synchronized boolean isHelping() {
      return helps;
    }

    @Override
    public void awaitProgress() {
      Thread.onSpinWait();
    }

    @Override
    public synchronized void close() {
      worker.close();
    }
  }

  private final DeafDriver pages = new DeafDriver();

  private DurableLog open(SimulatedVolume volume) {
    return open(volume, new ThreadDriver("test-commits"));
  }

  private DurableLog open(SimulatedVolume volume, LogDriver commits) {
    return DurableLog.open(
        TestLogs.small().build(),
        new LogEnvironment(volume, pages, commits, SystemNanoClock.INSTANCE, () -> 77));
  }

  private static int count(DurableLog log) {
    try (LogReader reader = log.openReader()) {
      int next = 0;
      while (reader.next()) {
        assertTrue(TestLogs.isEntry(reader.entry(), next, LENGTH), "entry " + next);
        next++;
      }
      return next;
    }
  }

  @Test
  void shouldWakeNobodyWhenOneThreadCommits() {
    SimulatedVolume volume = TestLogs.volume(1);
    try (DurableLog log = open(volume, new DeafDriver())) {
      int before = pages.signals.get();
      for (int i = 0; i < COMMITS; i++) {
        log.append(TestLogs.entry(i, LENGTH));
        log.commitAndWait();
        assertEquals(i + 1, count(log));
      }
      // But for pages that were begun.
      long begun = log.tailAddress() / TestLogs.PAGE_BYTES;
      assertTrue(pages.signals.get() - before <= begun, pages.signals + " signals");
    }
    try (DurableLog again = open(volume.crash())) {
      assertEquals(COMMITS, count(again));
    }
  }

  @Test
  void shouldCommitAllWhenManyThreadsWait() throws Exception {
    SimulatedVolume volume = TestLogs.volume(2);
    int threads = 4;
    try (DurableLog log = open(volume)) {
      Threads.run(
          threads,
          thread -> {
            for (int i = 0; i < COMMITS_A_THREAD; i++) {
              long address = log.append(TestLogs.entry(thread, LENGTH));
              log.commitAndWait();
              assertTrue(log.committedAddress() > address);
            }
          });
    }
    try (DurableLog again = open(volume.crash());
        LogReader reader = again.openReader()) {
      assertEquals(
          threads * COMMITS_A_THREAD, reader.poll((address, view) -> {}, Integer.MAX_VALUE));
    }
  }

  @Test
  void shouldTellWhoWritesItselfWhenTheWriteFails() {
    SimulatedVolume volume = SimulatedVolume.create(3, FaultPlan.builder().failingWrite(3).build());
    DurableLog log = open(volume);
    assertThrows(
        StoreIoException.class,
        () -> {
          for (int i = 0; i < COMMITS; i++) {
            log.append(TestLogs.entry(i, LENGTH));
            log.commitAndWait();
          }
        });
    assertThrows(StoreIoException.class, log::commitAndWait);
    log.close();
  }

  /** A mark of the thread is kept, and does not keep it from writing. */
  @Test
  void shouldCommitWhenTheThreadIsInterrupted() {
    try (DurableLog log = open(TestLogs.volume(4))) {
      log.append(TestLogs.entry(0, LENGTH));
      Thread.currentThread().interrupt();
      log.commitAndWait();
      assertTrue(Thread.interrupted());
      assertEquals(1, count(log));
    }
  }
}
