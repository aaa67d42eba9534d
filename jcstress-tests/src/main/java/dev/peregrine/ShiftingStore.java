package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.Devices;
import dev.peregrine.device.QueueMode;
import dev.peregrine.internal.cpr.Participant;
import dev.peregrine.internal.cpr.Phase;
import dev.peregrine.internal.cpr.SessionCut;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.hlog.BackgroundTask;
import dev.peregrine.internal.hlog.DrivenWork;
import dev.peregrine.internal.hlog.LogDriver;
import dev.peregrine.internal.hlog.ThreadDriver;
import dev.peregrine.internal.ops.StoreCore;
import dev.peregrine.internal.record.BytesRecord;
import dev.peregrine.internal.record.KeyHash;
import dev.peregrine.internal.record.LongRecord;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Memory;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.concurrent.SystemNanoClock;

/**
 * One store in memory for all states of a test, with one session that operates, and a coordinator
 * that goes through the phases of a checkpoint without writing anything: what it sees below the cut
 * is what a snapshot would hold.
 */
final class ShiftingStore {
  /** What the record of a key held below the cut, if there was none or it was deleted. */
  static final long NOTHING = -1;

  private static final int KEYS = 1 << 16;
  private static final long MEMORY_BYTES = 6L << 30;
  private static final long INDEX_BYTES = 64L << 20;
  private static final int MAX_SESSIONS = 64;

  private final StoreKind kind;
  private final StoreCore core;
  private final Session session;
  private final Session second;
  private final ThreadSessions preparing;
  private final AtomicLong nextKey = new AtomicLong();

  ShiftingStore(StoreKind kind) {
    this.kind = kind;
    StoreConfig config =
        StoreConfig.builder(kind)
            .device(DeviceKind.NULL)
            .memoryBytes(MEMORY_BYTES)
            .indexBytes(INDEX_BYTES)
            .maxSessions(MAX_SESSIONS)
            .pendingDepth(1)
            .build();
    Device device =
        Devices.open(DeviceOptions.builder().kind(DeviceKind.NULL).name("jcstress").build());
    SplittableRandom random = new SplittableRandom();
    core =
        new StoreCore(
            MemoryPlan.of(config, device.sectorBytes()),
            device,
            new Restless(new ThreadDriver("jcstress-log")),
            SystemNanoClock.INSTANCE,
            StoreCore.Start.empty(1, random::nextLong));
    core.start();
    session = new Session(kind, core, CompletionHandler.NONE, core.newSession());
    second = new Session(kind, core, CompletionHandler.NONE, core.newSession());
    preparing =
        new ThreadSessions(
            () -> new Session(kind, core, CompletionHandler.NONE, core.newSession()));
  }

  /** The session that operates against the coordinator. */
  Session session() {
    return session;
  }

  /** Another one that does so. */
  Session second() {
    return second;
  }

  /** The calling thread's session, to prepare and judge states. */
  Session preparing() {
    return preparing.get();
  }

  /** A key that no state has had for long. */
  long takeKey() {
    return nextKey.getAndIncrement() & (KEYS - 1);
  }

  /** What the coordinator saw of a key. */
  static final class Seen {
    /** The serial of the session's last operation of the old version. */
    long cutSerial;

    /** The same of the second session. */
    long secondSerial;

    /** The value below the cut, at the cut. */
    long atCut;

    /** The same after operations of the new version have had their time. */
    long later;
  }

  /** Goes through the phases once. */
  Seen shift(long key) {
    return shift(key, phase -> {});
  }

  /**
   * Goes through the phases once, each when everybody has seen the one before, where the checkpoint
   * waits for that, too.
   *
   * @param reached told of each phase just before the next one
   */
  Seen shift(long key, Consumer<Phase> reached) {
    synchronized (core) {
      SystemState state = core.state();
      long version = SystemState.version(state.wordAcquire());
      Seen seen = new Seen();
      reached.accept(Phase.REST);
      enter(Phase.PREPARE_INDEX, version, reached);
      enter(Phase.WAIT_INDEX, version, reached);
      enter(Phase.PREPARE, version, reached);
      enter(Phase.IN_PROGRESS, version + 1, reached);
      state.move(Phase.WAIT_PENDING, version + 1);
      reached.accept(Phase.WAIT_PENDING);
      long cut = core.log().tailAcquire();
      for (SessionCut each : core.participants().cutsBefore(version + 1)) {
        seen.cutSerial = each.id() == session.id() ? each.serial() : seen.cutSerial;
        seen.secondSerial = each.id() == second.id() ? each.serial() : seen.secondSerial;
      }
      long address = below(cut, key);
      seen.atCut = valueAt(address);
      state.cutRelease(cut);
      enter(Phase.WAIT_FLUSH, version + 1, reached);
      enter(Phase.PERSISTENCE, version + 1, reached);
      enter(Phase.SETTLE, version + 1, reached);
      seen.later = valueAt(address);
      state.move(Phase.REST, version + 1);
      return seen;
    }
  }

  private void enter(Phase phase, long version, Consumer<Phase> reached) {
    core.state().move(phase, version);
    drain();
    reached.accept(phase);
  }

  /** Helps the session that operates. */
  boolean help() {
    synchronized (core) {
      boolean helped = true;
      for (Participant each : core.participants().open()) {
        if (each.id() == session.id()) {
          helped = each.help();
        }
      }
      return helped;
    }
  }

  private void drain() {
    long before = core.epoch().advance();
    while (core.epoch().safeEpoch() < before) {
      Thread.onSpinWait();
    }
  }

  /** The newest record of a key below the cut; nobody appends above it yet. */
  private long below(long cut, long key) {
    long address = core.index().find(KeyHash.ofLong(key));
    while (address != 0) {
      long record = core.log().physical(address);
      boolean isLong = kind == StoreKind.LONG_TO_LONG;
      long found = isLong ? LongRecord.key(record) : Memory.getLong(BytesRecord.keyAddress(record));
      if (found == key && address < cut) {
        return address;
      }
      address = RecordHeader.previousAddress(Memory.getLong(record));
    }
    return 0;
  }

  private long valueAt(long address) {
    if (address == 0) {
      return NOTHING;
    }
    long record = core.log().physical(address);
    if (RecordHeader.isTombstone(Memory.getLongAcquire(record))) {
      return NOTHING;
    }
    return kind == StoreKind.LONG_TO_LONG
        ? Memory.getLongAcquire(LongRecord.valueAddress(record))
        : Memory.getLongAcquire(
            BytesRecord.valueAddress(record, BytesRecord.layoutAcquire(record)));
  }

  /** Another driver, with which nobody sleeps: a shift takes far less time than a nap. */
  private record Restless(LogDriver driver) implements LogDriver {
    @Override
    public QueueMode queueMode() {
      return driver.queueMode();
    }

    @Override
    public void start(DrivenWork work) {
      driver.start(work);
    }

    @Override
    public void run(BackgroundTask task) {
      driver.run(task);
    }

    @Override
    public void signal() {
      driver.signal();
    }

    @Override
    public void awaitProgress() {
      Thread.yield();
    }

    @Override
    public void close() {
      driver.close();
    }
  }
}
