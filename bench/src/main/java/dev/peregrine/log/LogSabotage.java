package dev.peregrine.log;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.DeviceStats;
import dev.peregrine.device.QueueMode;
import dev.peregrine.device.Volume;
import java.util.List;

/** Ways to break a log's ground, to see that the simulation notices. */
public enum LogSabotage {
  /** None. */
  NONE("nothing"),
  /** Syncs of the log's segments do nothing. */
  NO_SYNC("syncs of segments do nothing"),
  /** Syncs of small files do nothing. */
  NO_FILE_SYNC("syncs of small files do nothing"),
  /** Syncs of directories do nothing. */
  NO_DIRECTORY_SYNC("syncs of directories do nothing");

  private final String words;

  LogSabotage(String words) {
    this.words = words;
  }

  /** What is broken, for people. */
  String words() {
    return words;
  }

  Volume around(Volume volume) {
    return this == NONE ? volume : new BrokenVolume(volume, this);
  }

  private record BrokenVolume(Volume inner, LogSabotage sabotage) implements Volume {
    @Override
    public Device openDevice(String path, long segmentBytes) {
      Device device = inner.openDevice(path, segmentBytes);
      return sabotage == NO_SYNC ? new BrokenDevice(device) : device;
    }

    @Override
    public boolean exists(String path) {
      return inner.exists(path);
    }

    @Override
    public List<String> list(String directory) {
      return inner.list(directory);
    }

    @Override
    public void makeDirectory(String directory) {
      inner.makeDirectory(directory);
    }

    @Override
    public void write(String path, byte[] contents) {
      inner.write(path, contents);
    }

    @Override
    public byte[] read(String path, int mostBytes) {
      return inner.read(path, mostBytes);
    }

    @Override
    public void sync(String path) {
      if (sabotage != NO_FILE_SYNC) {
        inner.sync(path);
      }
    }

    @Override
    public void rename(String from, String to) {
      inner.rename(from, to);
    }

    @Override
    public void delete(String path) {
      inner.delete(path);
    }

    @Override
    public void syncDirectory(String directory) {
      if (sabotage != NO_DIRECTORY_SYNC) {
        inner.syncDirectory(directory);
      }
    }

    @Override
    public String describe() {
      return inner.describe();
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  private record BrokenDevice(Device inner) implements Device {
    @Override
    public DeviceQueue openQueue(int depth, QueueMode mode) {
      return inner.openQueue(depth, mode);
    }

    @Override
    public int sectorBytes() {
      return inner.sectorBytes();
    }

    @Override
    public long segmentBytes() {
      return inner.segmentBytes();
    }

    @Override
    public void ensureCapacity(long endOffset) {
      inner.ensureCapacity(endOffset);
    }

    @Override
    public void truncateBefore(long offset) {
      inner.truncateBefore(offset);
    }

    @Override
    public long beginOffset() {
      return inner.beginOffset();
    }

    @Override
    public long endOffset() {
      return inner.endOffset();
    }

    @Override
    public void sync() {}

    @Override
    public String describe() {
      return inner.describe();
    }

    @Override
    public DeviceStats stats() {
      return inner.stats();
    }

    @Override
    public void close() {
      inner.close();
    }
  }
}
