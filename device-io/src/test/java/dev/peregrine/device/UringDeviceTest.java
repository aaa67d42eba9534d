package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.posix.DirectFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class UringDeviceTest extends FileDeviceContract {
  private static final long BYTES = 1 << 20;

  @Override
  protected Device openDevice(Path directory, long segmentBytes) {
    return Devices.open(options(directory, segmentBytes).kind(DeviceKind.URING).build());
  }

  /** A process that is killed closes its files; its rings go when their requests have ended. */
  @Test
  @Timeout(60)
  void shouldKeepTheLockUntilTheRingIsGoneWhenTheFileIsClosed(@TempDir Path place)
      throws Exception {
    DirectFile held = DirectFile.openOrCreate(place.resolve("lock"));
    assertTrue(held.tryLock());
    DirectFile other = DirectFile.openOrCreate(place.resolve("lock"));
    DeviceOptions options = options(place, BYTES).kind(DeviceKind.URING).build();
    try (Device device = Devices.open(options, held)) {
      device.ensureCapacity(1);
      DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE);
      held.close();
      assertFalse(other.tryLock(), "the lock was given back while there is a ring");
      queue.close();
      while (!other.tryLock()) {
        Thread.onSpinWait();
      }
    } finally {
      other.close();
    }
  }

  @Test
  void shouldGiveTheLockBackAtOnceWhenItIsUnlockedBesideARing(@TempDir Path place)
      throws Exception {
    DirectFile held = DirectFile.openOrCreate(place.resolve("lock"));
    assertTrue(held.tryLock());
    DirectFile other = DirectFile.openOrCreate(place.resolve("lock"));
    DeviceOptions options = options(place, BYTES).kind(DeviceKind.URING).build();
    try (Device device = Devices.open(options, held)) {
      device.ensureCapacity(1);
      DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE);
      held.unlock();
      assertTrue(other.tryLock());
      queue.close();
    } finally {
      other.close();
      held.close();
    }
  }
}
