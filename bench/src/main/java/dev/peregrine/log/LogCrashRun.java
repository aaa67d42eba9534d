package dev.peregrine.log;

import dev.peregrine.Severity;
import dev.peregrine.StoreException;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import dev.peregrine.internal.log.LogEnvironment;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A log on a simulated machine: random work, a power cut or a failure in the middle of it, and a
 * look at what is left, a few times over. All depends on the seed.
 */
final class LogCrashRun {
  static final String CONSUMER = "consumer";

  private static final int MOST_ROUNDS = 5;
  private static final int MOST_STEPS = 60;
  private static final long TICK_NANOS = 1_000;
  private static final int LOOKS = 5;
  private static final long QUIET_NANOS = 60_000_000;
  private static final int READERS = 3;
  private static final long MOST_ENTRY_BYTES = 128 << 10;
  private static final int PAGE_BYTES = 16 << 10;

  /** Lengths of entries that memory is filled with; the longest is in one piece. */
  private static final int[] FILLING = {4000, 100, 0};

  private final SplittableRandom random;
  private final LogSabotage sabotage;
  private final LogCrashModel model = new LogCrashModel();
  private final LogCrashStats stats = new LogCrashStats();
  private final LogConfig config;
  private final long seed;
  private final long powerOffAtEvent;
  private SimulatedVolume volume;

  /** The time: it passes with each look, and when the log is left alone. */
  private long nanos;

  private LogConsumer consumer;
  private boolean cutReached;

  /**
   * @param seed decides everything
   * @param sabotage what is broken
   * @param powerOffAtEvent the event of the first round before which the power goes off; 0 to leave
   *     it to the seed
   */
  LogCrashRun(long seed, LogSabotage sabotage, long powerOffAtEvent) {
    this.seed = seed;
    this.sabotage = sabotage;
    this.powerOffAtEvent = powerOffAtEvent;
    this.random = new SplittableRandom(seed);
    this.config =
        LogConfig.builder(null)
            .pageBytes(PAGE_BYTES)
            .segmentBytes(PAGE_BYTES << random.nextInt(3))
            .memoryBytes((304 << 10) + READERS * MOST_ENTRY_BYTES + random.nextInt(256 << 10))
            .maxReaders(READERS)
            .maxEntryBytes(MOST_ENTRY_BYTES)
            .commitEachBytes(random.nextInt(4) == 0 ? 8 << 10 : Long.MAX_VALUE)
            .commitEachBatch(random.nextBoolean())
            .build();
  }

  /**
   * Runs.
   *
   * @return what it met
   * @throws LogCrashViolation naming the seed, if the log broke a promise
   */
  LogCrashStats run() {
    try {
      stats.runs = 1;
      int rounds = 1 + random.nextInt(MOST_ROUNDS);
      volume = SimulatedVolume.create(random.nextLong(), plan(powerOffAtEvent));
      for (int round = 0; round < rounds; round++) {
        boolean closed = round(random.nextInt(MOST_STEPS));
        boolean isOff = volume.faults().powerCuts() > 0;
        cutReached |= round == 0 && isOff;
        // The power may go off after all that a close must write has been written.
        if (closed && !isOff) {
          volume = volume.reopen();
        } else {
          stats.crashes++;
          volume = volume.crash(round == rounds - 1 ? FaultPlan.NONE : plan(0));
        }
      }
      round(0);
      volume.crash().close();
      return stats;
    } catch (RuntimeException | Error e) {
      LogCrashViolation violation =
          new LogCrashViolation(
              "seed "
                  + seed
                  + (powerOffAtEvent > 0 ? ", event " + powerOffAtEvent : "")
                  + ": "
                  + e);
      violation.initCause(e);
      throw violation;
    }
  }

  /** Whether the power went off in the first round. */
  boolean isCutReached() {
    return cutReached;
  }

  private FaultPlan plan(long event) {
    FaultPlan.Builder plan =
        FaultPlan.builder()
            .tearsSectors(random.nextInt(3) > 0)
            .maxDelay(random.nextInt(4))
            .shortTransferRate(random.nextInt(3) == 0 ? 0.1 : 0);
    if (event > 0) {
      return plan.powerOffAtEvent(event).build();
    }
    switch (random.nextInt(8)) {
      case 0, 1, 2, 3 -> plan.powerOffAtEvent(1 + random.nextInt(150));
      case 4 -> plan.failingWrite(1 + random.nextInt(30));
      case 5 -> plan.failingSync(1 + random.nextInt(15));
      case 6 -> plan.failingVolumeCall(1 + random.nextInt(30));
      default -> {}
    }
    return plan.build();
  }

  /** Opens, checks, works and closes; false if the power must be cut: it was not closed. */
  private boolean round(int steps) {
    DurableLog log;
    try {
      log =
          DurableLog.open(
              config,
              LogEnvironment.stepped(
                  sabotage.around(volume),
                  () -> nanos += TICK_NANOS,
                  random.nextLong(),
                  random.nextBoolean()));
    } catch (DeviceException e) {
      noteFailure();
      return false;
    }
    boolean closed = false;
    try {
      model.check(log);
      stats.checks++;
      stats.droppedBytes += log.recoveryReport().droppedBytes();
      consumer = log.openConsumer(CONSUMER, false);
      for (int i = 0; i < steps; i++) {
        step(log);
      }
      if (random.nextBoolean()) {
        closed = true;
        log.close();
        model.committed();
        stats.closes++;
        return true;
      }
      return abandon(log);
    } catch (StoreException | DeviceException e) {
      if (e instanceof StoreException failed && failed.severity() == Severity.WRITES) {
        requireFailed(log, e);
      }
      noteFailure();
      if (!closed) {
        abandon(log);
      }
      return false;
    }
  }

  private void noteFailure() {
    stats.failures++;
    if (volume.faults().powerCuts() > 0) {
      stats.powerCuts++;
    }
  }

  /** Leaves a log without committing what there is: it would, in an orderly close. */
  private boolean abandon(DurableLog log) {
    log.abandon();
    return false;
  }

  /** A log that has failed refuses everything but reads. */
  private static void requireFailed(DurableLog log, RuntimeException cause) {
    try {
      log.append(MemorySegment.ofArray(new byte[1]));
      throw new LogCrashViolation("the log takes entries after " + cause);
    } catch (StoreException e) {
      // As it should be.
    }
    try {
      log.commitAndWait();
      throw new LogCrashViolation("the log commits after " + cause);
    } catch (StoreException e) {
      // As it should be.
    }
  }

  private void step(DurableLog log) {
    switch (random.nextInt(13)) {
      case 0 -> commit(log);
      case 1 -> batch(log);
      case 2 -> consume(random.nextInt(10));
      case 3 -> ask(log);
      case 4 -> dropBefore(log);
      case 5 -> {
        if (random.nextInt(4) == 0) {
          dropFrom(log);
        }
      }
      case 6 -> readSome(log);
      case 7 -> tryAppend(log, random.nextInt(3000));
      case 8 -> leaveAlone(log);
      default -> append(log);
    }
  }

  /** Nothing is asked of the log for a while: a mark is written, if one is due. */
  private void leaveAlone(DurableLog log) {
    stats.rests++;
    try (LogReader reader = log.openReader(log.committedAddress())) {
      for (int i = 0; i < 2; i++) {
        while (reader.next()) {
          continue;
        }
        reader.await(LOOKS * TICK_NANOS, TimeUnit.NANOSECONDS);
        nanos += QUIET_NANOS;
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private int randomLength() {
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1 -> random.nextInt(60_000);
      case 2, 3 -> random.nextInt(5000);
      default -> random.nextInt(200);
    };
  }

  private void append(DurableLog log) {
    MemorySegment entry = model.add(randomLength(), true);
    stats.entries++;
    model.appended(log.append(entry));
  }

  private boolean tryAppend(DurableLog log, int length) {
    MemorySegment entry = model.add(length, true);
    long address = log.tryAppend(entry);
    if (address == DurableLog.BACK_PRESSURED) {
      model.refused();
      return false;
    }
    stats.entries++;
    model.appended(address);
    return true;
  }

  /** Until nothing fits, not even the consumer's position. */
  private void fillMemory(DurableLog log) {
    stats.fills++;
    for (int length : FILLING) {
      while (tryAppend(log, length)) {
        continue;
      }
    }
  }

  private void batch(DurableLog log) {
    int count = 1 + random.nextInt(6);
    try (LogBatch batch = log.newBatch()) {
      for (int i = 0; i < count; i++) {
        batch.add(model.add(randomLength() / 3, i == count - 1));
      }
      stats.entries += count;
      log.append(batch);
    }
  }

  private void commit(DurableLog log) {
    log.commitAndWait();
    stats.commits++;
    model.committed();
  }

  /** Asks for a commit and goes on: to be told or not, and at times with memory full. */
  private void ask(DurableLog log) {
    long turn = stats.asks++ % 8;
    if (turn == 3) {
      consume(1);
      fillMemory(log);
    }
    if (turn % 2 == 1) {
      model.asked(log.commitAsync());
    } else {
      log.commit();
    }
  }

  private void consume(int most) {
    int count = most;
    while (count-- > 0 && consumer.next()) {
      model.consumedUntil(consumer.shownUntil());
      consumer.acknowledge();
    }
  }

  private void dropBefore(DurableLog log) {
    if (model.certain() <= model.droppedCount()) {
      return;
    }
    int index = model.droppedCount() + random.nextInt(model.certain() - model.droppedCount());
    long address = model.addressOf(index);
    if (address < 0 || address > consumer.position()) {
      return;
    }
    model.beginDropBefore(index);
    stats.drops++;
    long begin = log.truncateBefore(address);
    if (begin != address) {
      throw new LogCrashViolation("the log begins at " + begin + ", not at " + address);
    }
    model.endDropBefore();
  }

  private void dropFrom(DurableLog log) {
    if (model.size() <= model.droppedCount()) {
      return;
    }
    int index = model.droppedCount() + random.nextInt(model.size() - model.droppedCount());
    long address = model.addressOf(index);
    if (address < 0 || address < log.beginAddress()) {
      return;
    }
    model.beginDropFrom(index);
    stats.rollbacks++;
    log.truncateAfter(address);
    model.endDropFrom();
  }

  private void readSome(DurableLog log) {
    if (model.certain() <= model.droppedCount()) {
      return;
    }
    int index = model.droppedCount() + random.nextInt(model.certain() - model.droppedCount());
    long address = model.addressOf(index);
    if (address >= log.beginAddress()) {
      try (LogReader reader = log.openReader()) {
        model.requireAt(reader, address, index);
      }
    }
  }
}
