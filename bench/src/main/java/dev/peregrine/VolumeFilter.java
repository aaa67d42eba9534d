package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.Volume;
import java.util.List;

/** A volume around another one; what it does otherwise is decided by a class below. */
class VolumeFilter implements Volume {
  private final Volume volume;

  VolumeFilter(Volume volume) {
    this.volume = volume;
  }

  @Override
  public Device openDevice(String path, long segmentBytes) {
    return volume.openDevice(path, segmentBytes);
  }

  @Override
  public boolean exists(String path) {
    return volume.exists(path);
  }

  @Override
  public List<String> list(String directory) {
    return volume.list(directory);
  }

  @Override
  public void makeDirectory(String directory) {
    volume.makeDirectory(directory);
  }

  @Override
  public void write(String path, byte[] contents) {
    volume.write(path, contents);
  }

  @Override
  public byte[] read(String path, int mostBytes) {
    return volume.read(path, mostBytes);
  }

  @Override
  public void sync(String path) {
    volume.sync(path);
  }

  @Override
  public void rename(String from, String to) {
    volume.rename(from, to);
  }

  @Override
  public void delete(String path) {
    volume.delete(path);
  }

  @Override
  public void syncDirectory(String directory) {
    volume.syncDirectory(directory);
  }

  @Override
  public String describe() {
    return volume.describe();
  }

  @Override
  public void close() {
    volume.close();
  }
}
