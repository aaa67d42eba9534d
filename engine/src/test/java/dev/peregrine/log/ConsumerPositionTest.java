package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.StoreIoException;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.log.LogEnvironment;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Sleepers;
import dev.peregrine.internal.pause.Sleepers.Sleeper;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a commit promises of the positions that were acknowledged before it was asked for. */
@Timeout(180)
class ConsumerPositionTest {
  private static final String NAME = "c";
  private static final int LENGTH = 1000;
  private static final long LOOK_NANOS = 1_000_000;

  private final SimulatedVolume volume = TestLogs.volume(7);
  private long nanos;

  private DurableLog stepped(SimulatedVolume on) {
    LogEnvironment environment = LogEnvironment.stepped(on, () -> nanos += LOOK_NANOS, 5);
    return DurableLog.open(TestLogs.small().build(), environment);
  }

  /** Cuts the power; the consumer must be where it was. */
  private void requireAfterCrash(long position) {
    try (DurableLog again = stepped(volume.crash());
        LogConsumer consumer = again.openConsumer(NAME, false)) {
      assertEquals(position, consumer.acknowledged());
    }
  }

  private static long acknowledge(LogConsumer consumer) {
    assertTrue(consumer.next());
    consumer.acknowledge();
    return consumer.acknowledged();
  }

  /** Has the log work, without asking it for anything. */
  private static void leaveAlone(DurableLog log) throws InterruptedException {
    try (LogReader reader = log.openReader(log.committedAddress())) {
      while (reader.next()) {
        continue;
      }
      reader.await(10 * LOOK_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  /** Entries until there is no space for one more, nor for positions. */
  private static long fill(DurableLog log, long first) {
    long number = first;
    while (log.tryAppend(TestLogs.entry(number, LENGTH)) != DurableLog.BACK_PRESSURED) {
      number++;
    }
    while (log.tryAppend(TestLogs.text("")) != DurableLog.BACK_PRESSURED) {
      continue;
    }
    return number;
  }

  @Test
  void shouldCommitPositionsWhenThereAreNoNewEntries() {
    DurableLog log = stepped(volume);
    LogConsumer consumer = log.openConsumer(NAME, false);
    log.append(TestLogs.text("a"));
    log.append(TestLogs.text("b"));
    log.commitAndWait();
    acknowledge(consumer);
    log.commitAndWait();
    long last = acknowledge(consumer);
    log.commitAndWait();
    requireAfterCrash(last);
    assertThrows(StoreIoException.class, log::close);
  }

  /** One thread has taken positions to append them; they have no space in the log yet. */
  @Test
  void shouldNotReturnWhenAnotherThreadIsAboutToAppendThePosition() {
    try (Sleepers sleepers = new Sleepers()) {
      DurableLog log = DurableLog.open(TestLogs.small().build(), LogEnvironment.system(volume));
      LogConsumer consumer = log.openConsumer(NAME, false);
      log.append(TestLogs.text("a"));
      log.commitAndWait();
      long position = acknowledge(consumer);
      Sleeper first = sleepers.act(PausePoint.TAIL_SEEN, log::commitAndWait).awaitAsleep();
      Sleeper second = sleepers.act(null, log::commitAndWait);
      Sleepers.await("the second commit", () -> second.isDone() || second.isBlocked());
      assertFalse(second.isDone(), "it has returned before the promise was kept");
      first.wake();
      second.join();
      first.join();
      requireAfterCrash(position);
      assertThrows(StoreIoException.class, log::close);
    }
  }

  @Test
  void shouldCompleteFuturesWithTheirPositionsWhenMemoryWasFull() throws Exception {
    DurableLog log = stepped(volume);
    LogConsumer consumer = log.openConsumer(NAME, false);
    log.append(TestLogs.text("a"));
    log.commitAndWait();
    long position = acknowledge(consumer);
    fill(log, 0);
    CompletableFuture<Long> future = log.commitAsync();
    long asked = log.committedAddress();
    assertFalse(future.isDone());
    while (!future.isDone()) {
      leaveAlone(log);
    }
    assertTrue(future.get() > asked);
    assertEquals(log.committedAddress(), future.get());
    requireAfterCrash(position);
    assertThrows(StoreIoException.class, log::close);
  }

  @Test
  void shouldMakeOwedPositionsDurableWhenClosed() throws Exception {
    DurableLog log = stepped(volume);
    LogConsumer consumer = log.openConsumer(NAME, false);
    log.append(TestLogs.text("a"));
    log.commitAndWait();
    long position = acknowledge(consumer);
    fill(log, 0);
    CompletableFuture<Long> future = log.commitAsync();
    assertFalse(future.isDone());
    log.close();
    assertTrue(future.get() > position);
    try (DurableLog again = stepped(volume.reopen());
        LogConsumer opened = again.openConsumer(NAME, false)) {
      assertEquals(position, opened.acknowledged());
    }
  }

  @Test
  void shouldFailFuturesThatAreOwedWhenTheLogFails() {
    DurableLog log = stepped(volume);
    LogConsumer consumer = log.openConsumer(NAME, false);
    log.append(TestLogs.text("a"));
    log.commitAndWait();
    acknowledge(consumer);
    fill(log, 0);
    CompletableFuture<Long> future = log.commitAsync();
    volume.crash();
    assertThrows(StoreIoException.class, log::close);
    assertTrue(future.isCompletedExceptionally());
  }

  /** They stay where they are set back to, whatever was on its way to the log. */
  @Test
  void shouldSetPositionsBackForGoodWhenTruncatedAfter() {
    DurableLog log = stepped(volume);
    LogConsumer consumer = log.openConsumer(NAME, false);
    log.append(TestLogs.text("a"));
    long second = log.append(TestLogs.text("b"));
    log.commitAndWait();
    acknowledge(consumer);
    acknowledge(consumer);
    log.commit();
    log.truncateAfter(second);
    assertEquals(second, consumer.acknowledged());
    requireAfterCrash(second);
    assertThrows(StoreIoException.class, log::close);
  }
}
