package dev.peregrine.device;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Opening a directory again means that the power was cut after the device was closed. */
final class SimulatedDeviceContractTest extends DeviceContract {
  private static final long SEED = Long.getLong("peregrine.test.seed", 20261124L);

  private final Map<Path, SimulatedDevice> devices = new HashMap<>();

  @Override
  protected Device openDevice(Path directory, long segmentBytes) {
    FaultPlan plan = FaultPlan.builder().shortTransferRate(0.3).maxDelay(3).build();
    SimulatedDevice last = devices.get(directory);
    SimulatedDevice device =
        last == null ? SimulatedDevice.create(segmentBytes, SEED, plan) : last.crash(plan);
    devices.put(directory, device);
    return device;
  }
}
