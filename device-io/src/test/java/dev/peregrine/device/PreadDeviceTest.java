package dev.peregrine.device;

import java.nio.file.Path;

final class PreadDeviceTest extends FileDeviceContract {
  @Override
  protected Device openDevice(Path directory, long segmentBytes) {
    return Devices.open(options(directory, segmentBytes).kind(DeviceKind.PREAD).build());
  }
}
