package dev.peregrine.device;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * That a device of a simulated volume keeps every device's promises; each directory is a volume.
 */
final class SimulatedVolumeDeviceTest extends DeviceContract {
  private static final long SEED = Long.getLong("peregrine.test.seed", 20261124L);

  private final Map<Path, SimulatedVolume> volumes = new HashMap<>();

  @Override
  protected Device openDevice(Path directory, long segmentBytes) {
    FaultPlan plan = FaultPlan.builder().shortTransferRate(0.3).maxDelay(3).build();
    return volumes
        .computeIfAbsent(directory, key -> SimulatedVolume.create(SEED, plan))
        .openDevice("log", segmentBytes);
  }
}
