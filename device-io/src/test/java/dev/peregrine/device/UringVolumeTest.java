package dev.peregrine.device;

final class UringVolumeTest extends FileVolumeContract {
  @Override
  protected DeviceKind kind() {
    return DeviceKind.URING;
  }
}
