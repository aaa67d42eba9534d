package dev.peregrine.internal.cpr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Threads;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SystemStateTest {
  private final SystemState state = new SystemState();

  @Test
  void shouldBeOpenInTheFirstVersionWhenNew() {
    long word = state.wordAcquire();
    assertFalse(SystemState.isClosed(word));
    assertFalse(SystemState.isFailed(word));
    assertEquals(1, SystemState.version(word));
  }

  @Test
  void shouldStayFailedWhenClosed() {
    state.fail();
    assertTrue(SystemState.isFailed(state.wordAcquire()));
    assertFalse(SystemState.isClosed(state.wordAcquire()));
    assertTrue(state.close());
    assertTrue(SystemState.isFailed(state.wordAcquire()));
    assertTrue(SystemState.isClosed(state.wordAcquire()));
    assertEquals(1, SystemState.version(state.wordAcquire()));
  }

  @Test
  void shouldTellTheFirstWhenClosedByMany() throws InterruptedException {
    for (int round = 0; round < 200; round++) {
      SystemState shared = new SystemState();
      AtomicInteger first = new AtomicInteger();
      Threads.run(3, thread -> first.addAndGet(shared.close() ? 1 : 0));
      assertEquals(1, first.get());
    }
  }
}
