package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.internal.checkpoint.CheckpointFiles;
import dev.peregrine.internal.recovery.CheckpointVerifier;
import dev.peregrine.internal.recovery.RecoveryPlan;
import dev.peregrine.memory.Memory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Corners of checkpoints and recovery, most of which the crash simulation has found. */
class CheckpointEdgeTest {
  private static final int KEYS = 40;

  /** Leaves a key absent that is absent. */
  private static final UpdateFunction NOTHING =
      new UpdateFunction() {
        @Override
        public int initialLength(long argument) {
          return NONE;
        }

        @Override
        public void initialize(ValueBuffer value, long argument) {}

        @Override
        public void update(ValueBuffer value, long argument) {}
      };

  @TempDir Path directory;

  /**
   * Pages of 8 KiB have a block that a cut can end, and 64 frames hold all that is written here.
   */
  private static StoreConfig.Builder roomy(StoreKind kind) {
    return TestStores.config(kind).pageBytes(8 << 10).memoryBytes(1 << 20);
  }

  private static SteppedStore stepped(StoreConfig config) {
    SteppedStore stepped = new SteppedStore(config, 3, FaultPlan.NONE);
    stepped.open(null);
    return stepped;
  }

  private static long fill(SteppedStore stepped, int generation) {
    try (Session session = stepped.store.newSession()) {
      KindFace face = new KindFace(stepped.kind, session);
      for (int key = 0; key < KEYS; key++) {
        face.upsert(key, stepped.value(key, generation));
      }
      return session.id();
    }
  }

  private static void requireFilled(SteppedStore stepped, int generation) {
    try (Session session = stepped.store.newSession()) {
      KindFace face = new KindFace(stepped.kind, session);
      for (int key = 0; key < KEYS; key++) {
        assertArrayEquals(stepped.value(key, generation), face.get(key), "key " + key);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRecoverASnapshotWhenAllOfTheLogWasWrittenBefore(StoreKind kind) {
    SteppedStore stepped = stepped(roomy(kind).build());
    fill(stepped, 1);
    stepped.checkpoint(CheckpointKind.FOLD_OVER);
    for (CheckpointKind next : List.of(CheckpointKind.SNAPSHOT, CheckpointKind.INCREMENTAL)) {
      CheckpointToken token = stepped.checkpoint(next);
      stepped.close();
      stepped.open(null);
      assertEquals(token, stepped.store.recovery().token());
      requireFilled(stepped, 1);
    }
    fill(stepped, 2);
    stepped.checkpoint(CheckpointKind.INCREMENTAL);
    stepped.close();
    stepped.open(null);
    requireFilled(stepped, 2);
    stepped.store.close();
  }

  @Test
  void shouldNotCallDurableWhatIsNotWhenAClosedSessionIsResumed() {
    SteppedStore stepped = stepped(roomy(StoreKind.LONG_TO_LONG).build());
    Session session = stepped.store.newSession();
    long id = session.id();
    session.upsert(1, 1);
    session.close();
    session = stepped.store.resumeSession(id);
    assertEquals(1, session.serial());
    assertEquals(0, session.durableSerial());
    session.upsert(2, 2);
    session.close();
    stepped.checkpoint(CheckpointKind.LOG);
    session = stepped.store.resumeSession(id);
    assertEquals(2, session.durableSerial());
    List<Long> told = new ArrayList<>();
    session.onDurable(told::add);
    session.upsert(3, 3);
    session.refresh();
    assertEquals(List.of(), told);
    stepped.checkpoint(CheckpointKind.LOG);
    session.refresh();
    assertEquals(List.of(3L), told);
    stepped.store.close();
  }

  @Test
  void shouldKeepTheNumberGivenWhenTheOperationIsRefusedAsBusy() {
    SteppedStore stepped = stepped(TestStores.tiny(StoreKind.LONG_TO_LONG, 2, 1, 4, 512));
    Session session = stepped.store.newSession();
    int keys = 4_000;
    for (int key = 0; key < keys; key++) {
      session.upsert(key, key);
    }
    assertEquals(Status.PENDING, session.read(0));
    session.nextSerial(keys + 100);
    assertEquals(Status.BUSY, session.read(1));
    session.completeAll();
    session.read(2);
    assertEquals(keys + 100, session.serial());
    stepped.store.close();
  }

  @Test
  void shouldStartTheNextCheckpointWhenTheFutureHasCompleted() {
    StoreConfig config =
        roomy(StoreKind.LONG_TO_LONG).device(DeviceKind.AUTO).directory(directory).build();
    try (Store store = Store.open(config);
        Session session = store.newSession()) {
      for (int i = 0; i < 30; i++) {
        session.upsert(i, i);
        store.checkpoint(CheckpointKind.SNAPSHOT).await();
      }
    }
  }

  @Test
  void shouldKeepNewerCheckpointsWhenTheLogOfAnOlderOneIsDamaged() {
    boolean[] damaged = new boolean[1];
    // Its first block is read for the older one only: the newer ones have an image of the index.
    SteppedStore stepped =
        new SteppedStore(
            TestStores.tiny(StoreKind.LONG_TO_LONG, 2, 2, 8, 512),
            5,
            FaultPlan.NONE,
            volume -> DeviceWrapper.around(volume, log -> damaged(log, damaged)));
    stepped.open(null);
    fill(stepped, 1);
    CheckpointToken older = stepped.checkpoint(CheckpointKind.LOG);
    try (Session session = stepped.store.newSession()) {
      for (int key = 0; key < 5_000; key++) {
        session.upsert(key + KEYS, key);
      }
      session.completeAll();
    }
    CheckpointToken newer = stepped.checkpoint(CheckpointKind.FOLD_OVER);
    stepped.close();
    damaged[0] = true;
    assertThrows(CorruptionException.class, () -> stepped.open(older));
    stepped.volume = stepped.volume.reopen();
    stepped.open(null);
    assertEquals(newer, stepped.store.recovery().token());
    stepped.close();
    damaged[0] = false;
    stepped.open(older);
    assertEquals(older, stepped.store.checkpoints().getLast().token());
    requireFilled(stepped, 1);
    stepped.store.close();
  }

  private static Device damaged(Device log, boolean[] isDamaged) {
    FaultyDevice device = new FaultyDevice(log, 1);
    device.readFilter =
        (offset, address, bytes) -> {
          if (isDamaged[0] && offset == 0) {
            Memory.putByte(address + 100, (byte) 0x55);
          }
          return bytes;
        };
    return device;
  }

  @Test
  void shouldRecoverEveryKeyWhenAnEntryWithoutRecordsIsOlderThanTheWildcard() {
    // One bucket and one more: the 15th tag finds no room.
    SteppedStore stepped = stepped(roomy(StoreKind.LONG_TO_BYTES).indexBytes(64).build());
    try (Session session = stepped.store.newSession()) {
      KindFace face = new KindFace(stepped.kind, session);
      for (int key = 0; key < KEYS / 4; key++) {
        assertEquals(Status.NOT_FOUND, session.rmw(key, NOTHING, 0));
      }
      for (int key = KEYS - 1; key >= 0; key--) {
        face.upsert(key, stepped.value(key, 1));
      }
    }
    stepped.checkpoint(CheckpointKind.LOG);
    stepped.close();
    stepped.open(null);
    requireFilled(stepped, 1);
    stepped.store.close();
  }

  @Test
  void shouldRecoverEveryKeyWhenTheWildcardIsMadeOfAnEmptyEntryOfTheImage() {
    SteppedStore stepped = stepped(roomy(StoreKind.LONG_TO_BYTES).indexBytes(64).build());
    try (Session session = stepped.store.newSession()) {
      KindFace face = new KindFace(stepped.kind, session);
      for (int key = 1000;
          key < 1000 + KEYS && stepped.store.stats().overflowBuckets() == 0;
          key++) {
        session.rmw(key, NOTHING, 0);
      }
      for (int key = 2000; key < 2000 + KEYS; key++) {
        session.rmw(key, NOTHING, 0);
      }
      stepped.checkpoint(CheckpointKind.INDEX);
      for (int key = 0; key < KEYS; key++) {
        face.upsert(key, stepped.value(key, 1));
      }
    }
    stepped.checkpoint(CheckpointKind.LOG);
    stepped.close();
    stepped.open(null);
    requireFilled(stepped, 1);
    stepped.store.close();
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldVerifyASnapshotWhenNothingOfTheLogWasWritten(StoreKind kind) {
    SteppedStore stepped = stepped(roomy(kind).build());
    fill(stepped, 1);
    stepped.checkpoint(CheckpointKind.SNAPSHOT);
    stepped.close();
    CheckpointFiles files = new CheckpointFiles(stepped.volume);
    RecoveryPlan plan = RecoveryPlan.newest(files);
    try (Device log = stepped.volume.openDevice("log", stepped.config.segmentBytes())) {
      VerifyReport report = new CheckpointVerifier(files, plan, log).verify(RecoveryProgress.NONE);
      assertEquals(KEYS, report.records());
    }
  }
}
