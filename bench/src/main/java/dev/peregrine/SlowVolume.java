package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.Volume;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A volume whose devices take their time now and then. */
final class SlowVolume extends VolumeFilter {
  private static final int TRANSFER_ONE_IN = 30;
  private static final int SYNC_ONE_IN = 3;
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  SlowVolume(Volume volume) {
    super(volume);
  }

  @Override
  public Device openDevice(String path, long segmentBytes) {
    return new Slow(super.openDevice(path, segmentBytes));
  }

  @Override
  public void rename(String from, String to) {
    wait(SYNC_ONE_IN);
    super.rename(from, to);
  }

  private static void wait(int oneIn) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    if (random.nextInt(oneIn) == 0) {
      LockSupport.parkNanos(random.nextLong(MOST_NANOS));
    }
  }

  private static final class Slow extends DeviceFilter {
    Slow(Device device) {
      super(device);
    }

    @Override
    void beforeWrite(DeviceQueue queue, long deviceOffset, long address, int bytes) {
      SlowVolume.wait(TRANSFER_ONE_IN);
    }

    @Override
    void afterRead(long deviceOffset, long address, int bytes) {
      SlowVolume.wait(TRANSFER_ONE_IN);
    }

    @Override
    public void sync() {
      SlowVolume.wait(SYNC_ONE_IN);
      super.sync();
    }
  }
}
