package dev.peregrine.device;

import java.nio.file.Path;

final class SimulatedDeviceContractTest extends DeviceContract {
  private static final long SEED = 20261124;

  @Override
  protected Device openDevice(Path directory, long segmentBytes) {
    FaultPlan plan = FaultPlan.builder().shortTransferRate(0.3).maxDelay(3).build();
    return SimulatedDevice.create(segmentBytes, SEED, plan);
  }

  @Override
  protected boolean reopens() {
    return false;
  }
}
