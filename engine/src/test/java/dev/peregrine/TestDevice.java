package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.Devices;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedDevice;
import java.nio.file.Path;

/** The devices that a store is tested on. */
enum TestDevice {
  URING(DeviceKind.URING),
  PREAD(DeviceKind.PREAD),
  MEMORY(DeviceKind.MEMORY),
  /** Late and reordered completions, by seed. */
  REORDERING(DeviceKind.MEMORY),
  /** The simulated device: delays, another order, short transfers. */
  SIMULATED(DeviceKind.MEMORY);

  private static final long SEGMENT_BYTES = 1L << 20;

  private final DeviceKind kind;

  TestDevice(DeviceKind kind) {
    this.kind = kind;
  }

  /** The kind of device below. */
  DeviceKind kind() {
    return kind;
  }

  /** Whether it can be used here: io_uring is forbidden in some containers. */
  boolean isAvailable() {
    return this != URING || Devices.uringUnavailabilityCause() == null;
  }

  /** Opens it on an empty directory. */
  Device open(Path directory, long seed) {
    if (this == SIMULATED) {
      FaultPlan plan = FaultPlan.builder().shortTransferRate(0.2).maxDelay(6).build();
      return SimulatedDevice.create(SEGMENT_BYTES, seed, plan);
    }
    Device device =
        Devices.open(
            DeviceOptions.builder()
                .kind(kind)
                .directory(kind == DeviceKind.MEMORY ? null : directory)
                .segmentBytes(SEGMENT_BYTES)
                .build());
    if (this != REORDERING) {
      return device;
    }
    FaultyDevice faulty = new FaultyDevice(device, seed);
    faulty.reorders = true;
    return faulty;
  }
}
