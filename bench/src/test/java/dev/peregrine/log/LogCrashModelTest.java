package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.log.LogEnvironment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The model of a log takes what a log may do after a crash, and refuses what it may not. */
class LogCrashModelTest {
  private static final int LENGTH = 100;
  private static final int COMMIT_BYTES = 8 << 10;

  private final LogCrashModel model = new LogCrashModel();
  private SimulatedVolume volume = SimulatedVolume.create(3, FaultPlan.NONE);
  private DurableLog log;
  private LogConsumer consumer;

  @BeforeEach
  void openNew() {
    open();
    model.check(log);
    consumer = log.openConsumer(LogCrashRun.CONSUMER, false);
    for (int i = 0; i < 5; i++) {
      model.appended(log.append(model.add(LENGTH, true)));
    }
  }

  private void open() {
    LogConfig config =
        LogConfig.builder(null)
            .pageBytes(16 << 10)
            .segmentBytes(16 << 10)
            .memoryBytes(1 << 20)
            .maxReaders(3)
            .maxEntryBytes(64 << 10)
            .commitEachBytes(COMMIT_BYTES)
            .build();
    log = DurableLog.open(config, LogEnvironment.stepped(volume, () -> 0, 9));
  }

  private void crash() {
    log.abandon();
    volume = volume.crash();
    open();
  }

  @AfterEach
  void close() {
    log.close();
  }

  private void commit() {
    log.commitAndWait();
    model.committed();
  }

  private void consume() {
    assertTrue(consumer.next());
    model.consumedUntil(consumer.shownUntil());
    consumer.acknowledge();
  }

  private void requireRefused(String words) {
    LogCrashViolation violation =
        assertThrows(LogCrashViolation.class, () -> LogCrashModelTest.this.model.check(log));
    assertTrue(violation.getMessage().contains(words), violation::getMessage);
  }

  @Test
  void shouldRefuseWhenACommittedPositionIsLost() {
    commit();
    consume();
    // The log was not asked.
    model.committed();
    crash();
    requireRefused("the consumer is at 64, not from ");
  }

  @Test
  void shouldRefuseWhenACommittedConsumerIsNotThere() {
    commit();
    assertTrue(log.consumers().contains(LogCrashRun.CONSUMER));
    consumer.close();
    assertTrue(log.dropConsumer(LogCrashRun.CONSUMER));
    log.commitAndWait();
    crash();
    requireRefused("the consumer is at -1, not from 64 ");
  }

  @Test
  void shouldRefuseWhenAPositionIsThereThatNobodyAcknowledged() {
    commit();
    assertTrue(consumer.next());
    consumer.acknowledge();
    commit();
    crash();
    requireRefused("to 64");
  }

  @Test
  void shouldRefuseWhenWhatAFutureHasPromisedIsLost() {
    commit();
    consume();
    model.asked(CompletableFuture.completedFuture(0L));
    crash();
    requireRefused("the consumer is at 64, not from ");
  }

  @Test
  void shouldRefuseWhenAFutureIsLeftWaiting() {
    model.asked(new CompletableFuture<>());
    crash();
    requireRefused("left waiting");
  }

  @Test
  void shouldTakeAPositionThatIsLostWhenNoCommitPromisedIt() {
    commit();
    consume();
    CompletableFuture<Long> failed = new CompletableFuture<>();
    failed.completeExceptionally(new IllegalStateException());
    model.asked(failed);
    crash();
    model.check(log);
    consumer = log.openConsumer(LogCrashRun.CONSUMER, false);
    assertEquals(64, consumer.acknowledged());
  }

  /** What it had acknowledged before it was lost is no promise of commits that follow. */
  @Test
  void shouldForgetWhereAConsumerWasWhenItIsNotThere() {
    long last = log.append(model.add(COMMIT_BYTES, true));
    model.appended(last);
    // By a commit that nobody asked for: it takes no positions.
    log.awaitCommitted(last);
    consume();
    consume();
    crash();
    assertEquals(List.of(), log.consumers());
    model.check(log);
    consumer = log.openConsumer(LogCrashRun.CONSUMER, false);
    commit();
    crash();
    model.check(log);
    consumer = log.openConsumer(LogCrashRun.CONSUMER, false);
    assertEquals(64, consumer.acknowledged());
  }
}
