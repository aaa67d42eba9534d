package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CheckpointKind;
import dev.peregrine.CheckpointToken;
import dev.peregrine.LongUpdateFunction;
import dev.peregrine.RecoveryProgress;
import dev.peregrine.Session;
import dev.peregrine.Store;
import dev.peregrine.StoreKind;
import dev.peregrine.device.DeviceKind;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A few kills, and that the judge is no fool. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class KillLoopTest {
  @TempDir private Path directory;

  private static KillPlan plan(StoreKind kind, long seed) {
    return new KillPlan(kind, seed, 3, 4000, 1000, DeviceKind.AUTO);
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_LONG", "LONG_TO_BYTES"})
  void shouldKeepEveryPromiseWhenKilled(StoreKind kind) throws Exception {
    long seed = Long.getLong("peregrine.seed", ThreadLocalRandom.current().nextInt());
    KillLoop loop = new KillLoop(plan(kind, seed), directory);
    int promises = 0;
    for (int cycle = 1; cycle <= 4; cycle++) {
      try {
        promises += cycle == 4 ? loop.leg("ALL", 50).promises() : loop.cycle(3).promises();
      } catch (RuntimeException e) {
        throw new AssertionError("cycle " + cycle + ", -Dperegrine.seed=" + seed, e);
      }
    }
    loop.verify();
    assertTrue(promises > 0);
  }

  /** Does the operations of one session by hand. */
  private static void work(KillPlan plan, Session session, long until) {
    KillOps ops = new KillOps(plan);
    LongUpdateFunction add = new KillValue();
    for (long serial = session.serial() + 1; serial <= until; serial++) {
      long draw = ops.draw(0, serial);
      int target = ops.target(draw);
      long key = KillOps.key(0, target);
      switch (KillOps.type(draw)) {
        case SET -> session.upsert(key, KillOps.stamp(0, serial));
        case DELETE -> session.delete(key);
        case ADD -> session.await(session.rmw(key, add, serial));
        case COUNT -> session.await(session.add(KillOps.counter(target), serial));
      }
    }
  }

  @Test
  void shouldFindWhatIsLostOrTooMuch() {
    KillPlan plan = new KillPlan(StoreKind.LONG_TO_LONG, 3, 1, 100, 10, DeviceKind.AUTO);
    CheckpointToken first;
    try (Store store = Store.open(plan.config(directory));
        Session session = store.newSession()) {
      KillModel model = new KillModel(plan);
      work(plan, session, 1000);
      first = store.checkpoint(CheckpointKind.SNAPSHOT).await();
      model.advance(0, 999);
      assertThrows(CheckFailedException.class, () -> model.requireExact(store));
      model.advance(0, 1000);
      assertTrue(model.requireExact(store) > 50);
      model.advance(0, 1001);
      assertThrows(CheckFailedException.class, () -> model.requireExact(store));
    }
    try (Store store = Store.open(plan.config(directory), first, RecoveryProgress.NONE)) {
      assertEquals(first, store.recovery().token());
    }
  }
}
