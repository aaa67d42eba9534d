package dev.peregrine.device;

import java.nio.file.Path;

final class MemoryDeviceTest extends DeviceContract {
  @Override
  protected Device openDevice(Path directory, long segmentBytes) {
    return Devices.open(
        DeviceOptions.builder().kind(DeviceKind.MEMORY).segmentBytes(segmentBytes).build());
  }

  @Override
  protected boolean reopens() {
    return false;
  }
}
