package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.Device;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.QueueMode;
import dev.peregrine.device.SimulatedDevice;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.epoch.LightEpoch;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;

class LogWorkerTest {
  private static final int PAGE_BITS = 12;
  private static final long SEGMENT_BYTES = 1L << 20;
  private static final int PATIENCE = 1000;

  /** Hands the worker to the test, which steps it. */
  private static final class HandingDriver implements LogDriver {
    private DrivenWork worker;

    @Override
    public QueueMode queueMode() {
      return QueueMode.MOVABLE;
    }

    @Override
    public void start(DrivenWork work) {
      worker = work;
      worker.open();
    }

    @Override
    public void run(BackgroundTask task) {
      throw new UnsupportedOperationException("no tasks here");
    }

    @Override
    public void signal() {}

    @Override
    public void awaitProgress() {
      worker.doWork();
    }

    @Override
    public void close() {
      worker.close();
    }
  }

  /** The failed write never counts as done, and nobody waits for those behind it. */
  @Test
  void shouldSleepWhenAWriteHasFailed() {
    FaultPlan plan = FaultPlan.builder().failingWrite(1).build();
    HandingDriver driver = new HandingDriver();
    LightEpoch epoch = new LightEpoch(1);
    try (Device device = SimulatedDevice.create(SEGMENT_BYTES, 1, plan);
        HybridLog log =
            new HybridLog(
                new HybridLog.Shape(PAGE_BITS, 8, 0.5, false),
                LogContents.empty(1),
                new LogHost(
                    device,
                    epoch,
                    new SystemState(),
                    driver,
                    FlushLimit.NONE,
                    SystemNanoClock.INSTANCE,
                    laggards -> "nobody"))) {
      log.start();
      long slot = epoch.acquireSlot();
      assertTrue(epoch.tryEnter(slot));
      assertNotEquals(HybridLog.WAIT, log.allocate(64));
      epoch.leave(slot);
      log.freezeTo(log.padToBlock());
      for (int i = 0; i < PATIENCE && log.failure() == null; i++) {
        driver.awaitProgress();
      }
      assertNotNull(log.failure());
      assertTrue(driver.worker.idleNanos() > 0);
    }
  }
}
