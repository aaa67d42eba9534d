package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.Volume;
import dev.peregrine.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * A volume of which one bit has turned: in what its n-th read reads, and from then on in every read
 * of the same place. What is written there is read back as it was written.
 */
final class FlippedVolume extends VolumeFilter {
  private static final int BITS = 8;
  private static final int TRIES = 64;

  private final SplittableRandom random;

  /** What has been read before and had no fault, or was written. */
  private final List<Range> sound = new ArrayList<>();

  private long readsBefore;
  private String flippedPath;
  private long flippedOffset;
  private int mask;

  private record Range(String path, long offset, int bytes) {
    boolean holds(String otherPath, long at) {
      return path.equals(otherPath) && offset <= at && at < offset + bytes;
    }
  }

  /**
   * @param volume the one without a fault
   * @param readsBefore how many reads go by before the place is chosen
   */
  FlippedVolume(Volume volume, long readsBefore, SplittableRandom random) {
    super(volume);
    this.readsBefore = readsBefore;
    this.random = random;
  }

  /** Whether a turned bit has been read. */
  boolean isReached() {
    return flippedPath != null;
  }

  /** Where the bit is, for messages. */
  String place() {
    return flippedPath == null ? "nowhere" : flippedPath + " at " + flippedOffset;
  }

  @Override
  public byte[] read(String path, int mostBytes) {
    byte[] bytes = super.read(path, mostBytes);
    choose(path, 0, bytes.length, at -> bytes[at]);
    if (path.equals(flippedPath) && flippedOffset < bytes.length) {
      bytes[(int) flippedOffset] ^= (byte) mask;
    }
    return bytes;
  }

  @Override
  public Device openDevice(String path, long segmentBytes) {
    return new FlippedDevice(path, super.openDevice(path, segmentBytes));
  }

  /** Prefers bytes that are not 0, since most of the others mean nothing. */
  private void choose(String path, long offset, int bytes, IntUnaryOperator content) {
    if (flippedPath != null || bytes == 0) {
      return;
    }
    if (--readsBefore < 0) {
      int byteAt = random.nextInt(bytes);
      for (int i = 0; i < TRIES && content.applyAsInt(byteAt) == 0; i++) {
        byteAt = random.nextInt(bytes);
      }
      long at = offset + byteAt;
      if (sound.stream().noneMatch(range -> range.holds(path, at))) {
        flippedPath = path;
        flippedOffset = at;
        mask = 1 << random.nextInt(BITS);
      }
    }
    sound.add(new Range(path, offset, bytes));
  }

  private boolean isFlipped(String path, long offset, int bytes) {
    return new Range(path, offset, bytes).holds(flippedPath, flippedOffset);
  }

  private final class FlippedDevice extends DeviceFilter {
    private final String path;

    FlippedDevice(String path, Device device) {
      super(device);
      this.path = path;
    }

    @Override
    void beforeWrite(DeviceQueue queue, long deviceOffset, long address, int bytes) {
      if (isFlipped(path, deviceOffset, bytes)) {
        mask = 0;
      }
      sound.add(new Range(path, deviceOffset, bytes));
    }

    @Override
    void afterRead(long deviceOffset, long address, int bytes) {
      choose(path, deviceOffset, bytes, at -> Memory.getByte(address + at));
      if (isFlipped(path, deviceOffset, bytes)) {
        long at = address + (flippedOffset - deviceOffset);
        Memory.putByte(at, (byte) (Memory.getByte(at) ^ mask));
      }
    }
  }
}
