package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the tests of the simulated device share: a buffer, and sectors that tell their number and
 * the version that was written last. Used by one thread.
 */
abstract class SimulatedScenario {
  static final int SECTOR = 512;
  static final int SECTORS = 32;
  static final long SEGMENT_BYTES = 1 << 16;
  static final int EIO = 5;
  static final int ENOSPC = 28;

  /** What {@link #versionOf} says of a sector that holds no whole version. */
  static final long GARBAGE = -1;

  private static final int BUFFER_BYTES = 1 << 20;
  private static final long READ_ADDRESS_OFFSET = BUFFER_BYTES / 2;

  private NativeRegion region;
  long buffer;

  @BeforeEach
  final void reserve() {
    region = NativeRegion.reserve(BUFFER_BYTES);
    buffer = region.address();
  }

  @AfterEach
  final void release() {
    region.close();
  }

  /** Keeps the order of the outcomes, failures as negative tokens. */
  static final class Log implements CompletionSink {
    final List<Long> order = new ArrayList<>();
    DeviceException failure;
    int bytes;

    @Override
    public void onCompletion(long token, int transferred) {
      order.add(token);
      bytes = transferred;
    }

    @Override
    public void onFailure(long token, DeviceException cause) {
      order.add(-token);
      failure = cause;
    }
  }

  static Log drain(DeviceQueue queue) {
    Log log = new Log();
    while (queue.inFlight() > 0) {
      queue.await(log, queue.depth(), 1);
    }
    return log;
  }

  static SimulatedDevice open(long seed, FaultPlan plan) {
    SimulatedDevice device = SimulatedDevice.create(SEGMENT_BYTES, seed, plan);
    device.ensureCapacity(SEGMENT_BYTES);
    return device;
  }

  /** Fills a sector of the buffer so that it tells its number and version. */
  final long fill(int sector, long version) {
    long address = buffer + (long) sector * SECTOR;
    for (int at = 0; at < SECTOR; at += Long.BYTES) {
      Memory.putLong(address + at, version << 32 | sector);
    }
    return address;
  }

  /** Enqueues a write of one sector; its token is the sector's number plus 1. */
  final void write(DeviceQueue queue, int sector, long version) {
    write(queue, sector, 1, version);
  }

  /** Enqueues one write of several sectors; its token is the first one's number plus 1. */
  final void write(DeviceQueue queue, int sector, int count, long version) {
    for (int i = 0; i < count; i++) {
      fill(sector + i, version);
    }
    long address = buffer + (long) sector * SECTOR;
    assertTrue(queue.write((long) sector * SECTOR, address, count * SECTOR, sector + 1L));
  }

  /** The version in a sector: 0 if it was never written. */
  final long versionOf(DeviceQueue queue, int sector) {
    long address = buffer + READ_ADDRESS_OFFSET;
    Memory.zero(address, SECTOR);
    assertTrue(queue.read((long) sector * SECTOR, address, SECTOR, 1));
    drain(queue);
    long word = Memory.getLong(address);
    for (int at = 0; at < SECTOR; at += Long.BYTES) {
      if (Memory.getLong(address + at) != word) {
        return GARBAGE;
      }
    }
    return word == 0 ? 0 : (int) word == sector ? word >>> 32 : GARBAGE;
  }

  /** The versions of the first sectors of a device, which it closes. */
  final List<Long> versionsOf(SimulatedDevice device, int count) {
    List<Long> versions = new ArrayList<>();
    try (device;
        DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      for (int sector = 0; sector < count; sector++) {
        versions.add(versionOf(queue, sector));
      }
    }
    return versions;
  }
}
