package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceKind;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A delete of a record that others may still delete in place. */
class DeleteFreezeTest {
  private static final long KEY = 1;
  private static final long HELD_KEY = 2;
  private static final int FILLERS = 1000;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  @Timeout(60)
  void shouldWaitUntilFrozenWhenDeletingInTheFuzzyRegion(StoreKind kind) throws Exception {
    StoreConfig config =
        StoreConfig.builder(kind)
            .directory(directory)
            .device(DeviceKind.PREAD)
            .pageBytes(4096)
            .segmentBytes(1 << 20)
            .memoryBytes(4 << 20)
            .mutableFraction(1e-9)
            .pendingDepth(1)
            .build();
    try (Store store = Store.open(config);
        Session session = store.newSession();
        Session holder = store.newSession();
        Session deleter = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      KindFace deletes = new KindFace(kind, deleter);
      byte[] value = KindFace.ofLong(10);
      face.upsert(KEY, value);
      face.upsert(HELD_KEY, value);
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      Thread holding = new Thread(() -> hold(new KindFace(kind, holder), held, release));
      holding.start();
      held.await();
      for (int i = 0; i < FILLERS; i++) {
        face.upsert(100 + i, value);
      }
      while (store.stats().readOnlyAddress() <= 128) {
        Thread.onSpinWait();
      }
      AtomicBoolean released = new AtomicBoolean();
      AtomicBoolean sawReleased = new AtomicBoolean();
      AtomicReference<Status> status = new AtomicReference<>();
      Thread deleting =
          new Thread(
              () -> {
                status.set(deletes.delete(KEY));
                sawReleased.set(released.get());
              });
      deleting.start();
      while (deleting.isAlive() && deleting.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      released.set(true);
      release.countDown();
      holding.join();
      deleting.join();
      assertTrue(sawReleased.get(), "the delete did not wait for a session that is inside");
      assertEquals(Status.DELETED, status.get());
      assertEquals(Status.NOT_FOUND, face.read(KEY, MemorySegment.ofArray(value)));
    }
  }

  /** Stays inside an operation until it is released. */
  private static void hold(KindFace face, CountDownLatch held, CountDownLatch release) {
    if (face.isLong()) {
      face.session().rmw(HELD_KEY, blocking(held, release), 0);
    } else {
      face.read(HELD_KEY, (view, argument) -> block(held, release), 0);
    }
  }

  private static LongUpdateFunction blocking(CountDownLatch held, CountDownLatch release) {
    return new LongUpdateFunction() {
      @Override
      public long initial(long argument) {
        return argument;
      }

      @Override
      public long update(long value, long argument) {
        block(held, release);
        return value;
      }
    };
  }

  private static void block(CountDownLatch held, CountDownLatch release) {
    held.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
