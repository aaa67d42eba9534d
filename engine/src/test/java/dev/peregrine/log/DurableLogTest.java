package dev.peregrine.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.MisuseException;
import dev.peregrine.StoreClosedException;
import dev.peregrine.StoreIoException;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.memory.NativeRegion;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one thread sees of a log. */
class DurableLogTest {
  @TempDir Path directory;

  @Test
  void shouldShowEntriesInOrderWhenCommitted() {
    try (DurableLog log = TestLogs.stepped(TestLogs.volume(1))) {
      log.append(TestLogs.text("a"));
      log.append(TestLogs.text(""));
      log.append(TestLogs.text("c"));
      try (LogReader reader = log.openReader()) {
        assertEquals(List.of(), TestLogs.texts(reader));
        log.commitAndWait();
        assertEquals(List.of("a", "", "c"), TestLogs.texts(reader));
        log.append(TestLogs.text("d"));
        assertFalse(reader.next());
        log.commitAndWait();
        assertEquals(List.of("d"), TestLogs.texts(reader));
      }
    }
  }

  @Test
  void shouldShowWhatIsNotCommittedWhenAskedTo() {
    try (DurableLog log = TestLogs.stepped(TestLogs.volume(1));
        LogReader reader = log.openTailReader(log.beginAddress())) {
      log.append(TestLogs.text("a"));
      assertEquals(List.of("a"), TestLogs.texts(reader));
      log.commit();
      log.append(TestLogs.text("b"));
      assertEquals(List.of("b"), TestLogs.texts(reader));
    }
  }

  @Test
  void shouldKeepCommittedEntriesWhenThePowerIsCut() {
    SimulatedVolume volume = TestLogs.volume(1);
    DurableLog log = TestLogs.stepped(volume);
    log.append(TestLogs.text("a"));
    log.commitAndWait();
    log.append(TestLogs.text("b"));
    try (DurableLog again = TestLogs.stepped(volume.crash());
        LogReader reader = again.openReader()) {
      assertEquals(List.of("a"), TestLogs.texts(reader));
    }
    assertThrows(StoreIoException.class, log::close);
  }

  @Test
  void shouldKeepAllEntriesWhenClosed() {
    SimulatedVolume volume = TestLogs.volume(1);
    for (int i = 0; i < 5; i++) {
      try (DurableLog log = TestLogs.stepped(i == 0 ? volume : volume.reopen())) {
        assertEquals(0, log.recoveryReport().droppedBytes());
        log.append(TestLogs.entry(i, 3000 * i));
      }
    }
    try (DurableLog log = TestLogs.stepped(volume.reopen());
        LogReader reader = log.openReader()) {
      for (int i = 0; i < 5; i++) {
        assertTrue(reader.next());
        assertTrue(TestLogs.isEntry(reader.entry(), i, 3000 * i));
      }
      assertFalse(reader.next());
    }
  }

  @Test
  void shouldShowLongEntriesWhenTheySpanPagesInMemoryAndOnTheDevice() {
    SimulatedVolume volume = TestLogs.volume(1);
    int count = 60;
    try (DurableLog log = TestLogs.stepped(volume);
        LogReader reader = log.openReader()) {
      for (int i = 0; i < count; i++) {
        log.append(TestLogs.entry(i, i * 1777));
        if (i % 7 == 0) {
          log.commitAndWait();
        }
      }
      log.commitAndWait();
      for (int i = 0; i < count; i++) {
        assertTrue(reader.next(), "entry " + i);
        assertTrue(TestLogs.isEntry(reader.entry(), i, i * 1777), "entry " + i);
      }
      assertFalse(reader.next());
    }
  }

  @Test
  void shouldShowAnEntryWhenReadByAddress() {
    try (DurableLog log = TestLogs.stepped(TestLogs.volume(1))) {
      long[] addresses = new long[300];
      for (int i = 0; i < addresses.length; i++) {
        addresses[i] = log.append(TestLogs.entry(i, i * 13));
      }
      log.commitAndWait();
      try (LogReader reader = log.openReader()) {
        for (int i = addresses.length - 1; i >= 0; i -= 7) {
          assertTrue(TestLogs.isEntry(reader.read(addresses[i]), i, i * 13));
          assertThrows(IllegalArgumentException.class, () -> reader.read(addresses[100] + 8));
        }
      }
    }
  }

  @Test
  void shouldAppendABatchAsOneWhenItIsShortOrLong() {
    SimulatedVolume volume = TestLogs.volume(1);
    try (DurableLog log = TestLogs.stepped(volume);
        LogBatch batch = log.newBatch()) {
      assertThrows(IllegalArgumentException.class, () -> log.append(batch));
      for (int length : new int[] {100, 9000}) {
        batch.clear();
        for (int i = 0; i < 10; i++) {
          batch.add(TestLogs.entry(i, length + i));
        }
        log.append(batch);
      }
      log.commitAndWait();
      try (LogReader reader = log.openReader()) {
        for (int length : new int[] {100, 9000}) {
          for (int i = 0; i < 10; i++) {
            assertTrue(reader.next());
            assertTrue(TestLogs.isEntry(reader.entry(), i, length + i));
          }
        }
        assertFalse(reader.next());
      }
    }
  }

  @Test
  void shouldWriteInPlaceWhenAskedTo() {
    try (DurableLog log = TestLogs.stepped(TestLogs.volume(1));
        LogReader reader = log.openReader()) {
      log.append(16, entry -> entry.putLong(8, 42));
      assertThrows(
          ArithmeticException.class,
          () ->
              log.append(
                  16,
                  entry -> {
                    throw new ArithmeticException();
                  }));
      log.append(8, entry -> entry.putLong(0, 7));
      log.commitAndWait();
      assertTrue(reader.next());
      assertEquals(42, reader.entry().getLong(8));
      assertEquals(0, reader.entry().getLong(0));
      assertTrue(reader.next());
      assertEquals(7, reader.entry().getLong(0));
      assertFalse(reader.next());
      assertThrows(IllegalArgumentException.class, () -> log.append(1 << 20, entry -> {}));
    }
  }

  @Test
  void shouldSayThatItIsBackPressuredWhenMemoryIsFull() {
    try (DurableLog log = TestLogs.stepped(TestLogs.volume(1));
        LogReader reader = log.openReader()) {
      long count = 0;
      while (log.tryAppend(TestLogs.entry(count, 1000)) != DurableLog.BACK_PRESSURED) {
        count++;
        assertTrue(count < 1000);
      }
      assertEquals(DurableLog.BACK_PRESSURED, log.tryAppend(TestLogs.entry(0, 10_000)));
      log.append(TestLogs.entry(count, 1000));
      count++;
      log.commitAndWait();
      for (long i = 0; i < count; i++) {
        assertTrue(reader.next());
        assertTrue(TestLogs.isEntry(reader.entry(), i, 1000));
      }
      assertThrows(IllegalArgumentException.class, () -> log.tryAppend(TestLogs.entry(0, 250_000)));
    }
  }

  @Test
  void shouldRememberConsumersWhenCommitted() {
    SimulatedVolume volume = TestLogs.volume(1);
    DurableLog log = TestLogs.stepped(volume);
    log.append(TestLogs.text("a"));
    log.append(TestLogs.text("b"));
    log.commitAndWait();
    LogConsumer first = log.openConsumer("c1", true);
    assertThrows(MisuseException.class, () -> log.openConsumer("c1", true));
    assertTrue(first.next());
    first.acknowledge();
    assertTrue(first.next());
    log.commitAndWait();
    SimulatedVolume left = volume.crash();
    try (DurableLog again = TestLogs.stepped(left);
        LogConsumer consumer = again.openConsumer("c1", true)) {
      assertEquals(List.of("b"), TestLogs.texts(consumer));
      assertEquals(List.of("c1"), again.consumers());
    }
    try (DurableLog again = TestLogs.stepped(left.reopen())) {
      assertTrue(again.dropConsumer("c1"));
      assertFalse(again.dropConsumer("c1"));
    }
    try (DurableLog again = TestLogs.stepped(left.reopen())) {
      assertEquals(List.of(), again.consumers());
    }
    assertThrows(StoreIoException.class, log::close);
  }

  @Test
  void shouldGiveSegmentsBackWhenTruncatedBefore() {
    SimulatedVolume volume = TestLogs.volume(1);
    long middle = 0;
    try (DurableLog log = TestLogs.stepped(volume)) {
      for (int i = 0; i < 400; i++) {
        long address = log.append(TestLogs.entry(i, 1000));
        middle = i == 250 ? address : middle;
      }
      log.commitAndWait();
      int before = volume.list("").size();
      try (LogReader reader = log.openReader()) {
        assertTrue(reader.next());
        assertEquals(log.beginAddress(), log.truncateBefore(middle));
        assertEquals(64, log.beginAddress());
      }
      assertEquals(middle, log.truncateBefore(middle));
      assertTrue(volume.list("").size() <= before - 3);
    }
    try (DurableLog log = TestLogs.stepped(volume.reopen())) {
      assertEquals(middle, log.beginAddress());
      try (LogReader reader = log.openReader()) {
        for (int i = 250; i < 400; i++) {
          assertTrue(reader.next());
          assertTrue(TestLogs.isEntry(reader.entry(), i, 1000));
        }
        assertFalse(reader.next());
        assertThrows(IllegalArgumentException.class, () -> reader.read(64));
      }
      assertEquals(log.committedAddress(), log.truncateBefore(log.committedAddress()));
    }
    try (DurableLog log = TestLogs.stepped(volume.reopen());
        LogReader reader = log.openReader()) {
      assertFalse(reader.next());
      log.append(TestLogs.text("x"));
      log.commitAndWait();
      assertEquals(List.of("x"), TestLogs.texts(reader));
    }
  }

  @Test
  void shouldHoldTruncationBackWhenAConsumerAsksForIt() {
    try (DurableLog log = TestLogs.stepped(TestLogs.volume(1))) {
      log.append(TestLogs.text("a"));
      long second = log.append(TestLogs.text("b"));
      log.commitAndWait();
      log.openConsumer("slow", true).close();
      assertEquals(64, log.truncateBefore(second));
      assertTrue(log.dropConsumer("slow"));
      assertEquals(second, log.truncateBefore(second));
    }
  }

  @Test
  void shouldNeverShowDroppedEntriesWhenTruncatedAfter() {
    SimulatedVolume volume = TestLogs.volume(1);
    try (DurableLog log = TestLogs.stepped(volume);
        LogConsumer consumer = log.openConsumer("c", false)) {
      log.append(TestLogs.text("a"));
      long second = log.append(TestLogs.text("b"));
      log.append(TestLogs.entry(1, 50_000));
      log.commitAndWait();
      while (consumer.next()) {
        consumer.acknowledge();
      }
      assertThrows(IllegalArgumentException.class, () -> log.truncateAfter(second + 8));
      log.truncateAfter(second);
      log.append(TestLogs.text("c"));
      log.commitAndWait();
      assertEquals(List.of("c"), TestLogs.texts(consumer));
      assertEquals(second, consumer.acknowledged());
      try (LogReader reader = log.openReader()) {
        assertEquals(List.of("a", "c"), TestLogs.texts(reader));
        assertThrows(IllegalArgumentException.class, () -> reader.read(second));
      }
    }
    for (int i = 0; i < 2; i++) {
      try (DurableLog log = TestLogs.stepped(volume.reopen());
          LogReader reader = log.openReader()) {
        assertEquals(List.of("a", "c"), TestLogs.texts(reader));
      }
    }
  }

  @Test
  void shouldTellFuturesAndReadersWhenCommitted() throws Exception {
    LogConfig config = LogConfig.builder(directory).build();
    try (DurableLog log = DurableLog.open(config);
        LogReader reader = log.openReader()) {
      assertFalse(reader.next());
      CompletableFuture<Long> more = reader.whenMore();
      log.append(TestLogs.text("a"));
      assertFalse(more.isDone());
      long committed = log.commitAsync().get(60, TimeUnit.SECONDS);
      assertEquals(committed, more.get(60, TimeUnit.SECONDS));
      assertTrue(reader.await(60, TimeUnit.SECONDS));
      assertEquals(List.of("a"), TestLogs.texts(reader));
      assertFalse(reader.await(1, TimeUnit.MILLISECONDS));
    }
    try (DurableLog log = DurableLog.open(config);
        LogReader reader = log.openReader()) {
      assertEquals(List.of("a"), TestLogs.texts(reader));
    }
  }

  @Test
  void shouldCommitByItselfWhenConfigured() throws Exception {
    for (LogConfig config :
        List.of(
            LogConfig.builder(directory.resolve("1")).commitEachBytes(4096).build(),
            LogConfig.builder(directory.resolve("2"))
                .commitEach(java.time.Duration.ofMillis(1))
                .build())) {
      try (DurableLog log = DurableLog.open(config);
          LogReader reader = log.openReader()) {
        long address = log.append(TestLogs.entry(1, 5000));
        log.awaitCommitted(address);
        assertTrue(reader.next());
      }
    }
  }

  @Test
  void shouldRefuseCallsWhenClosed() {
    DurableLog log = TestLogs.stepped(TestLogs.volume(1));
    LogReader reader = log.openReader();
    log.close();
    log.close();
    assertThrows(StoreClosedException.class, () -> log.append(TestLogs.text("a")));
    assertThrows(StoreClosedException.class, log::commitAndWait);
    assertThrows(StoreClosedException.class, log::openReader);
    assertThrows(StoreClosedException.class, reader::next);
  }

  @Test
  void shouldGiveAllMemoryBackWhenClosed() {
    TestLogs.stepped(TestLogs.volume(1)).close();
    long before = NativeRegion.liveBytes();
    for (int i = 0; i < 3; i++) {
      try (DurableLog log = TestLogs.stepped(TestLogs.volume(i))) {
        LogReader reader = log.openReader();
        log.append(TestLogs.entry(1, 100_000));
        log.commitAndWait();
        assertTrue(reader.next());
      }
    }
    // What epochs and markers lie in goes with their objects.
    assertTrue(NativeRegion.liveBytes() - before < 3L * TestLogs.MOST_ENTRY_BYTES);
  }

  @Test
  void shouldRefuseEntriesWhenTheyAreTooLong() {
    try (DurableLog log = TestLogs.stepped(TestLogs.volume(1));
        LogBatch batch = log.newBatch()) {
      MemorySegment tooLong = TestLogs.entry(1, (int) TestLogs.MOST_ENTRY_BYTES + 1);
      assertThrows(IllegalArgumentException.class, () -> log.append(tooLong));
      assertThrows(IllegalArgumentException.class, () -> log.tryAppend(tooLong));
      assertThrows(IllegalArgumentException.class, () -> batch.add(tooLong));
      assertThrows(IndexOutOfBoundsException.class, () -> log.append(tooLong, -1, 5));
      assertEquals(0, batch.count());
    }
  }
}
