package dev.peregrine.internal.epoch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Threads;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LightEpochTest {
  private static final int ROUNDS = 20_000;
  private final LightEpoch epoch = new LightEpoch(3);
  private final AtomicInteger ran = new AtomicInteger();

  private boolean bump() {
    return epoch.bump(argument -> ran.incrementAndGet(), 0);
  }

  @Test
  void shouldRunAtOnceWhenNobodyIsInside() {
    long before = epoch.current();
    assertTrue(bump());
    assertEquals(1, ran.get());
    assertEquals(before + 1, epoch.current());
    assertEquals(0, epoch.drain());
    assertFalse(epoch.hasPending());
  }

  @Test
  void shouldHandTheArgumentOverWhenRun() {
    AtomicLong seen = new AtomicLong();
    assertTrue(epoch.bump(seen::set, 42));
    assertEquals(42, seen.get());
  }

  @Test
  void shouldRunWhenTheLastOneLeaves() {
    long first = epoch.acquireSlot();
    long second = epoch.acquireSlot();
    assertTrue(epoch.tryEnter(first));
    assertTrue(epoch.tryEnter(second));
    assertTrue(bump());
    assertEquals(0, ran.get());
    epoch.leave(first);
    assertEquals(0, ran.get(), "ran although one is inside");
    assertEquals(0, epoch.drain());
    epoch.leave(second);
    assertEquals(1, ran.get());
    epoch.drain();
    assertEquals(1, ran.get());
  }

  @Test
  void shouldNotWaitForWhoEnteredLater() {
    long early = epoch.acquireSlot();
    long late = epoch.acquireSlot();
    assertTrue(epoch.tryEnter(early));
    assertTrue(bump());
    assertTrue(epoch.tryEnter(late));
    epoch.leave(early);
    assertEquals(1, ran.get());
    assertTrue(bump());
    assertEquals(1, ran.get());
    epoch.leave(late);
    assertEquals(2, ran.get());
  }

  @Test
  void shouldNotBeHeldBackWhenASlotIsSuspended() {
    long slot = epoch.acquireSlot();
    assertTrue(epoch.tryEnter(slot));
    assertTrue(bump());
    epoch.suspend(slot);
    assertEquals(1, ran.get());
    assertTrue(bump());
    assertEquals(2, ran.get());
    epoch.resume(slot);
    assertTrue(bump());
    assertEquals(2, ran.get());
    epoch.leave(slot);
    assertEquals(3, ran.get());
    assertTrue(epoch.tryEnterSuspended(slot));
    assertTrue(bump());
    assertEquals(4, ran.get());
    epoch.leave(slot);
  }

  @Test
  void shouldRefuseToEnterWhenTheSlotIsInUse() {
    long slot = epoch.acquireSlot();
    assertTrue(epoch.tryEnter(slot));
    assertFalse(epoch.tryEnter(slot));
    assertFalse(epoch.tryEnterSuspended(slot));
    epoch.leave(slot);
    assertTrue(epoch.tryEnterSuspended(slot));
    assertEquals(LightEpoch.SUSPENDED, epoch.announced(slot));
    assertFalse(epoch.tryEnter(slot));
    epoch.leave(slot);
    assertEquals(0, epoch.announced(slot));
    assertFalse(epoch.tryEnter(epoch.deadSlot()));
    assertFalse(epoch.tryEnterSuspended(epoch.deadSlot()));
  }

  @Test
  void shouldRefuseTheBumpWhenTooManyActionsWait() {
    long slot = epoch.acquireSlot();
    assertTrue(epoch.tryEnter(slot));
    int accepted = 0;
    while (bump()) {
      accepted++;
    }
    long refusedAt = epoch.current();
    assertFalse(bump());
    assertEquals(refusedAt, epoch.current(), "a refused bump changed the epoch");
    assertTrue(accepted >= 2, "the log needs two");
    epoch.leave(slot);
    assertEquals(accepted, ran.get());
    assertTrue(bump());
  }

  @Test
  void shouldHandOutEachSlotOnceWhenAllAreTaken() {
    Set<Long> slots = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      assertTrue(slots.add(epoch.acquireSlot()));
    }
    assertEquals(0, epoch.acquireSlot());
    assertFalse(slots.contains(epoch.deadSlot()));
    long returned = slots.iterator().next();
    epoch.releaseSlot(returned);
    assertEquals(returned, epoch.acquireSlot());
    assertNotEquals(0, returned);
  }

  @Test
  void shouldNeverRunEarlyWhenManyEnterAndLeave() throws InterruptedException {
    LightEpoch shared = new LightEpoch(3);
    AtomicIntegerArray freed = new AtomicIntegerArray(ROUNDS + 1);
    AtomicInteger current = new AtomicInteger();
    AtomicInteger readers = new AtomicInteger(2);
    AtomicInteger once = new AtomicInteger();
    int[] bumps = new int[1];
    Threads.run(
        3,
        thread -> {
          if (thread == 0) {
            while (readers.get() > 0 && current.get() < ROUNDS) {
              int old = current.getAndIncrement();
              EpochAction free =
                  argument -> {
                    once.incrementAndGet();
                    freed.incrementAndGet((int) argument);
                  };
              while (!shared.bump(free, old)) {
                Thread.onSpinWait();
              }
              bumps[0]++;
            }
            return;
          }
          long slot = shared.acquireSlot();
          for (int i = 0; i < ROUNDS; i++) {
            assertTrue(shared.tryEnter(slot));
            int seen = current.get();
            for (int look = 0; look < 5; look++) {
              assertEquals(0, freed.get(seen), "freed while it was in use");
            }
            shared.leave(slot);
          }
          readers.decrementAndGet();
        });
    shared.drain();
    assertEquals(bumps[0], once.get());
    assertFalse(shared.hasPending());
  }
}
