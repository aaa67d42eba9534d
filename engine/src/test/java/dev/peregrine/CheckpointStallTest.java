package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedVolume;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A thread that stays inside an operation: the checkpoint is given up, and names its session. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CheckpointStallTest {
  private static final int KEYS = 4000;

  /** Stays inside until it is let go. */
  private static final class Parked implements LongUpdateFunction {
    final CountDownLatch inside = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);

    @Override
    public long initial(long argument) {
      return argument;
    }

    @Override
    public long update(long value, long argument) {
      inside.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return value + argument;
    }
  }

  private SimulatedVolume volume = SimulatedVolume.create(4, FaultPlan.NONE);

  private Store open() {
    StoreConfig config =
        TestStores.tiny(StoreKind.LONG_TO_LONG, 3, 4, 8, 512).toBuilder()
            .stallNanos(TimeUnit.MILLISECONDS.toNanos(50))
            .build();
    return Store.open(config, volume);
  }

  @ParameterizedTest
  @EnumSource(CheckpointKind.class)
  void shouldNameTheSessionAndGoOnWhenAThreadStaysInsideAnUpdate(CheckpointKind kind)
      throws Exception {
    park(kind, KEYS - 1);
  }

  /** The update runs in completePending, when the record has come from the device. */
  @ParameterizedTest
  @EnumSource(names = {"FOLD_OVER", "SNAPSHOT", "INCREMENTAL", "LOG"})
  void shouldNameTheSessionAndGoOnWhenAThreadStaysInsideAPendingUpdate(CheckpointKind kind)
      throws Exception {
    park(kind, 0);
  }

  private void park(CheckpointKind kind, long key) throws Exception {
    Parked parked = new Parked();
    Store store = open();
    Session session = store.newSession();
    for (int i = 0; i < KEYS; i++) {
      session.upsert(i, i);
    }
    CheckpointToken before = store.checkpoint(CheckpointKind.SNAPSHOT).await();
    long serial = session.serial();
    // An index that has not changed would be referred to, without asking anybody.
    session.upsert(KEYS + 1, 0);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    session.await(session.rmw(key, parked, 1));
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
    parked.inside.await();
    Checkpoint stuck = store.checkpoint(kind);
    CheckpointException e = assertThrows(CheckpointException.class, stuck::await);
    assertTrue(e.getMessage().contains(session.toString()), e.getMessage());
    assertEquals(before, store.checkpoints().getLast().token());
    assertEquals(serial, session.durableSerial());
    try (Session other = store.newSession()) {
      // Nobody else is stopped.
      other.upsert(KEYS, 7);
      assertEquals(Status.UPDATED, other.await(other.add(KEYS, 1)));
    }
    parked.release.countDown();
    thread.join();
    assertEquals(null, failure.get());
    CheckpointToken next =
        store.checkpoint(kind == CheckpointKind.INDEX ? CheckpointKind.LOG : kind).await();
    assertEquals(serial + 2, session.durableSerial());
    store.close();
    volume = volume.crash();
    try (Store recovered = open();
        Session reader = recovered.newSession()) {
      assertEquals(next, recovered.recovery().token());
      assertEquals(serial + 2, recovered.recovery().serials().get(session.id()));
      assertEquals(Status.FOUND, reader.await(reader.read(key)));
      assertEquals(key + 1, reader.longValue());
      assertEquals(Status.FOUND, reader.await(reader.read(KEYS)));
      assertEquals(8, reader.longValue());
    }
  }
}
