package dev.peregrine.internal.epoch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Sleepers;
import dev.peregrine.internal.pause.Sleepers.Sleeper;
import dev.peregrine.memory.ProcessBarrier;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionSlotTest {
  private static final int MANY = 1_000;
  private final Sleepers sleepers = new Sleepers();
  private final LightEpoch epoch = new LightEpoch(2);
  private final long word = epoch.acquireSlot();
  private final SessionSlot slot = new SessionSlot(epoch, word);

  @AfterEach
  void stop() {
    sleepers.close();
  }

  /** Uses the slot so often that the thread owns it, if it may; whether it does. */
  private boolean use(SessionSlot used) {
    for (int i = 0; i < MANY; i++) {
      assertTrue(used.tryEnter());
      used.leave();
    }
    return isOwner(used);
  }

  private static boolean isOwner(SessionSlot used) {
    boolean owner = used.tryEnterOwned();
    if (owner) {
      used.leave();
    }
    return owner;
  }

  private static <T> T inAnotherThread(Callable<T> body) throws Exception {
    FutureTask<T> task = new FutureTask<>(body);
    Thread thread = new Thread(task);
    thread.start();
    thread.join();
    return task.get();
  }

  @Test
  void shouldHaveTheBarrierHere() {
    assertTrue(ProcessBarrier.isAvailable());
    ProcessBarrier.run();
  }

  @Test
  void shouldBeOwnedWhenOneThreadUsesIt() {
    assertFalse(isOwner(slot));
    assertTrue(use(slot));
  }

  @Test
  void shouldProtectWhenItsOwnerIsInside() {
    use(slot);
    assertTrue(slot.tryEnter());
    assertEquals(epoch.current(), slot.announced());
    long before = epoch.advance();
    assertEquals(before - 1, epoch.safeEpoch());
    slot.suspend();
    assertEquals(before, epoch.safeEpoch());
    slot.resume();
    assertEquals(before, epoch.safeEpoch());
    epoch.advance();
    assertEquals(before, epoch.safeEpoch());
    slot.leave();
    assertEquals(before + 1, epoch.safeEpoch());
    assertEquals(0, slot.announced());
  }

  @Test
  void shouldRunWhatHasBecomeSafeWhenItsOwnerLeaves() {
    AtomicInteger ran = new AtomicInteger();
    use(slot);
    assertTrue(slot.tryEnter());
    assertTrue(epoch.bump(argument -> ran.incrementAndGet(), 0));
    assertEquals(0, ran.get());
    slot.leave();
    assertEquals(1, ran.get());
  }

  @Test
  void shouldRefuseWhenItsOwnerIsInsideAlready() {
    use(slot);
    assertTrue(slot.tryEnter());
    assertFalse(slot.tryEnter());
    assertFalse(slot.tryEnterSuspended());
    slot.leave();
    assertTrue(slot.tryEnterSuspended());
    assertFalse(slot.tryEnter());
    slot.leave();
    assertTrue(slot.tryEnter());
    slot.leave();
  }

  @Test
  void shouldRefuseOthersWhenItsOwnerIsInside() throws Exception {
    use(slot);
    assertTrue(slot.tryEnter());
    assertFalse(inAnotherThread(slot::tryEnter));
    assertFalse(inAnotherThread(slot::tryHold));
    assertFalse(slot.tryEnter());
    slot.leave();
    assertTrue(isOwner(slot), "who was refused took the ownership away");
  }

  @Test
  void shouldGoToAnotherThreadWhenItsOwnerIsOutside() throws Exception {
    use(slot);
    assertTrue(
        inAnotherThread(
            () -> {
              assertTrue(slot.tryEnter());
              slot.leave();
              return true;
            }));
    assertFalse(isOwner(slot));
    assertTrue(slot.tryEnter());
    slot.leave();
  }

  @Test
  void shouldHaveNoSecondOwnerWhenTheFirstIsAlive() throws Exception {
    use(slot);
    assertFalse(inAnotherThread(() -> use(slot)));
    assertTrue(use(slot));
    slot.tryEnter();
    slot.close();
    epoch.releaseSlot(word);
    assertEquals(word, epoch.acquireSlot());
    SessionSlot next = new SessionSlot(epoch, word);
    assertFalse(inAnotherThread(() -> use(next)), "not even in the next session");
    assertTrue(use(next));
  }

  @Test
  void shouldHaveASecondOwnerWhenTheFirstHasEnded() throws Exception {
    assertTrue(inAnotherThread(() -> use(slot)));
    assertTrue(use(slot));
  }

  @Test
  void shouldComeBackToItsOwnerWhenItHasBeenHeld() throws Exception {
    use(slot);
    assertTrue(inAnotherThread(slot::tryHold));
    assertNotEquals(0, slot.announced());
    assertFalse(slot.tryEnter());
    slot.letGo();
    assertEquals(0, slot.announced());
    assertTrue(isOwner(slot));
  }

  @Test
  void shouldRefuseForGoodWhenClosed() {
    use(slot);
    assertTrue(slot.tryEnter());
    slot.close();
    epoch.releaseSlot(word);
    assertFalse(slot.tryEnter());
    assertFalse(slot.tryEnterSuspended());
    assertEquals(epoch.current() - 1, epoch.safeEpoch());
  }

  @Test
  void shouldStayTakenWhenItsOwnerClosesIt() throws Exception {
    use(slot);
    assertTrue(slot.tryEnter());
    slot.close();
    assertFalse(inAnotherThread(slot::tryTake));
    assertFalse(inAnotherThread(slot::tryHold));
    epoch.releaseSlot(word);
    assertTrue(inAnotherThread(slot::tryTake));
  }

  /** It uses the slot against the rule: while another thread does. */
  @Test
  void shouldNotHarmTheNextUserWhenItsFormerOwnerAnnouncesItselfLate() {
    Sleeper owner = sleepers.act(PausePoint.OWNER_FOUND, () -> use(slot)).awaitAsleep();
    use(slot);
    assertTrue(slot.tryEnter());
    long before = epoch.advance();
    Sleeper late = owner.wake();
    // It announces itself, finds that it is no owner, and is refused.
    assertThrows(AssertionError.class, late::join);
    assertEquals(before - 1, epoch.safeEpoch());
    slot.leave();
    assertEquals(before, epoch.safeEpoch());
  }

  @Test
  void shouldBeKeptWhenItsOwnerHasAnnouncedItself() {
    Sleeper owner = sleepers.act(PausePoint.OWNER_ANNOUNCED, () -> use(slot)).awaitAsleep();
    assertFalse(slot.tryEnter());
    assertFalse(slot.tryHold());
    long before = epoch.advance();
    assertEquals(before - 1, epoch.safeEpoch());
    assertEquals(true, owner.wake().join());
    assertEquals(before, epoch.safeEpoch());
  }

  @Test
  void shouldEnterWhenTheOwnerHasFoundItselfHeld() {
    Sleeper owner = sleepers.act(PausePoint.OWNER_FOUND, () -> use(slot)).awaitAsleep();
    assertTrue(slot.tryHold());
    slot.letGo();
    assertEquals(true, owner.wake().join());
  }
}
