package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class GangTest {
  @Test
  void shouldBringBackWhatEachWorkerMade() {
    List<Integer> results =
        new Gang<Integer>(3)
            .runToEnd(
                (worker, gang) -> {
                  gang.awaitStart();
                  return worker * 10;
                },
                done -> {});
    assertEquals(List.of(0, 10, 20), results);
  }

  @Test
  void shouldStopWorkersWhenTheTimeIsUp() {
    long begin = System.nanoTime();
    new Gang<Boolean>(2)
        .runFor(
            0.2,
            (worker, gang) -> {
              gang.awaitStart();
              while (!gang.isStopped()) {
                Thread.onSpinWait();
              }
              return true;
            },
            passed -> assertTrue(passed <= 200));
    assertTrue(System.nanoTime() - begin >= TimeUnit.MILLISECONDS.toNanos(190));
  }

  @Test
  void shouldStopAllAndTellTheCauseWhenOneFails() {
    CheckFailedException failed =
        assertThrows(
            CheckFailedException.class,
            () ->
                new Gang<Boolean>(2)
                    .runFor(
                        3600,
                        (worker, gang) -> {
                          gang.awaitStart();
                          if (worker == 1) {
                            throw new CheckFailedException("worker 1");
                          }
                          while (!gang.isStopped()) {
                            Thread.onSpinWait();
                          }
                          return true;
                        },
                        passed -> {}));
    assertEquals("worker 1", failed.getMessage());
  }

  @Test
  void shouldNotHangWhenOneFailsBeforeTheStart() {
    assertThrows(
        CheckFailedException.class,
        () ->
            new Gang<Boolean>(2)
                .runToEnd(
                    (worker, gang) -> {
                      if (worker == 0) {
                        throw new CheckFailedException("no start");
                      }
                      gang.awaitStart();
                      return gang.isStopped();
                    },
                    done -> {}));
  }
}
