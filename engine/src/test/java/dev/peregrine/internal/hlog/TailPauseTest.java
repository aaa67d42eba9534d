package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Sleepers;
import dev.peregrine.internal.pause.Sleepers.Sleeper;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A thread asleep in the middle of a tail allocation, while others turn pages. */
class TailPauseTest {
  private static final int PAGE_BITS = 12;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int USABLE = PageImage.usableBytes(PAGE);
  private static final long FIRST = 64;
  private static final int BYTES = 1000;

  private final TestGate gate = new TestGate();
  private final AtomicLong freePages = gate.freePages;
  private final List<Long> opened = gate.opened;
  private final TailAllocator tail = new TailAllocator(PAGE_BITS, FIRST, gate);
  private final Sleepers sleepers = new Sleepers();

  /** All addresses that were handed out. */
  private final List<Long> taken = new ArrayList<>();

  @AfterEach
  void wakeAll() {
    sleepers.close();
  }

  private Sleeper sleeper(PausePoint point) {
    return sleepers.act(point, () -> tail.allocate(BYTES)).awaitAsleep();
  }

  private void allocate(int count) {
    for (int i = 0; i < count; i++) {
      taken.add(tail.allocate(BYTES));
    }
  }

  /** No two overlap, none crosses a page's usable end, all lie below the tail. */
  private void requireDisjoint() {
    List<Long> sorted = taken.stream().sorted().toList();
    long end = FIRST;
    for (long address : sorted) {
      assertTrue(address >= end, "handed out twice: " + sorted);
      assertTrue((address & PAGE - 1) + BYTES <= USABLE, "across a page's end: " + address);
      end = address + BYTES;
    }
    assertTrue(end <= tail.tailAcquire());
  }

  @Test
  void shouldGiveSpaceInTheNewPageWhenAnAllocatorSleepsBeforeItsAddAndOthersTurnThePage() {
    Sleeper sleeper = sleeper(PausePoint.TAIL_SEEN);
    allocate(6);
    long tailBefore = tail.tailAcquire();
    assertTrue(tailBefore > PAGE, "the page was turned");
    long late = (Long) sleeper.wake().join();
    assertEquals(tailBefore, late, "the late add is as good as any");
    taken.add(late);
    allocate(10);
    requireDisjoint();
  }

  @Test
  void shouldKeepTheSpaceWhenAnAllocatorSleepsAfterItsAddAndOthersTurnPages() {
    Sleeper sleeper = sleeper(PausePoint.TAIL_ADDED);
    allocate(20);
    long late = (Long) sleeper.wake().join();
    assertEquals(FIRST, late);
    taken.add(late);
    requireDisjoint();
  }

  @Test
  void shouldRunAPageOverOnceWhenAnAllocatorSleepsBehindItsEnd() {
    allocate(3);
    // The fourth does not fit: it has run the page over and does not know.
    Sleeper sleeper = sleeper(PausePoint.TAIL_ADDED);
    assertEquals(PAGE, tail.tailAcquire());
    allocate(9);
    taken.add((Long) sleeper.wake().join());
    requireDisjoint();
    assertEquals(List.of(1L, 2L, 3L), opened.subList(0, 3));
  }

  @Test
  void shouldNotHoldUpOthersWhenTheTurnerSleepsBeforeItsTurn() {
    allocate(3);
    Sleeper sleeper = sleeper(PausePoint.TAIL_FULL);
    allocate(12);
    assertFalse(sleeper.isDone());
    taken.add((Long) sleeper.wake().join());
    requireDisjoint();
    assertEquals(opened.stream().distinct().sorted().toList(), opened, "each page opened once");
  }

  @Test
  void shouldNotHoldUpOthersWhenTheTurnerSleepsAfterItsTurn() {
    allocate(3);
    Sleeper sleeper = sleeper(PausePoint.TAIL_TURNED);
    allocate(5);
    assertFalse(opened.contains(1L), "the gate hears of page 1 from the sleeper");
    taken.add((Long) sleeper.wake().join());
    requireDisjoint();
    assertEquals(1, opened.stream().filter(page -> page == 1).count());
  }

  @Test
  void shouldWaitWhenTheTurnerSleepsUntilTheRingIsFull() {
    freePages.set(3);
    allocate(3);
    Sleeper sleeper = sleeper(PausePoint.TAIL_FULL);
    allocate(8);
    assertEquals(TailAllocator.WAIT, tail.allocate(USABLE));
    assertEquals(TailAllocator.WAIT, tail.allocate(USABLE));
    // Its turn is of page 0, which was turned long ago.
    assertEquals(TailAllocator.WAIT, sleeper.wake().join());
    taken.removeIf(address -> address == TailAllocator.WAIT);
    requireDisjoint();
    assertEquals(3 * PAGE, tail.tailAcquire());
  }

  @Test
  void shouldCutBehindEverythingWhenOthersAllocateWhileTheCutterSleeps() {
    allocate(1);
    Sleeper sleeper = sleepers.act(PausePoint.TAIL_CUTTING, tail::padToBlock).awaitAsleep();
    allocate(6);
    long before = tail.tailAcquire();
    long cut = (Long) sleeper.wake().join();
    assertTrue(cut >= before, "space that was handed out lies above the cut");
    allocate(1);
    assertTrue(taken.getLast() >= cut);
    requireDisjoint();
  }
}
