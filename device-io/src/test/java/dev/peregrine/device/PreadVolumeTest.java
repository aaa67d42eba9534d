package dev.peregrine.device;

final class PreadVolumeTest extends FileVolumeContract {
  @Override
  protected DeviceKind kind() {
    return DeviceKind.PREAD;
  }
}
