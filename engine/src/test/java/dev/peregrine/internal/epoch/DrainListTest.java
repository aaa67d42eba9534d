package dev.peregrine.internal.epoch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DrainListTest {
  private static final int ROUNDS = 20_000;
  private final AtomicInteger pending = new AtomicInteger();
  private final List<Long> ran = new ArrayList<>();

  private void publish(DrainList list, long epoch) {
    int slot = list.claim();
    assertTrue(slot >= 0);
    list.publish(slot, epoch, ran::add, epoch);
  }

  @Test
  void shouldRunOnlyWhatIsSafeWhenDrained() {
    DrainList list = new DrainList(4, pending);
    publish(list, 3);
    publish(list, 1);
    publish(list, 2);
    assertEquals(0, list.drain(0));
    assertEquals(2, list.drain(2));
    assertEquals(List.of(1L, 2L), ran);
    assertEquals(0, list.drain(2));
    assertEquals(1, pending.get());
    assertEquals(1, list.drain(Long.MAX_VALUE));
    assertEquals(0, pending.get());
    assertEquals(0, list.drain(Long.MAX_VALUE));
  }

  @Test
  void shouldRefuseAClaimWhenFull() {
    DrainList list = new DrainList(2, pending);
    publish(list, 1);
    assertTrue(list.claim() >= 0);
    assertEquals(-1, list.claim());
    assertEquals(1, list.drain(1));
    assertTrue(list.claim() >= 0);
    assertEquals(-1, list.claim());
  }

  @Test
  void shouldTakeANewActionWhenOneRuns() {
    DrainList list = new DrainList(1, pending);
    int slot = list.claim();
    list.publish(slot, 1, argument -> publish(list, 2), 0);
    assertEquals(1, list.drain(1));
    assertEquals(List.of(), ran);
    assertEquals(1, list.drain(2));
    assertEquals(List.of(2L), ran);
  }

  @Test
  void shouldRunEachActionOnceWhenManyDrain() throws InterruptedException {
    DrainList list = new DrainList(8, pending);
    AtomicIntegerArray runs = new AtomicIntegerArray(2 * ROUNDS);
    AtomicLong epoch = new AtomicLong();
    Threads.run(
        3,
        thread -> {
          for (int i = 0; i < ROUNDS; i++) {
            int slot = thread == 2 ? -1 : list.claim();
            if (slot >= 0) {
              long own = epoch.incrementAndGet();
              int number = (int) own - 1;
              list.publish(slot, own, argument -> runs.incrementAndGet((int) argument), number);
            }
            list.drain(epoch.get());
          }
        });
    list.drain(Long.MAX_VALUE);
    assertEquals(0, pending.get());
    for (int i = 0; i < epoch.get(); i++) {
      assertEquals(1, runs.get(i), "action " + i);
    }
  }
}
