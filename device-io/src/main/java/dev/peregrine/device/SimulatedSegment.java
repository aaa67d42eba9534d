package dev.peregrine.device;

import dev.peregrine.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One segment of a simulated device, a sector at a time: what is durable, what reads see, and which
 * versions of a sector a crash may leave. Sectors are numbered from the device's start. It checks
 * no ranges. Not thread-safe: the {@link SimulatedMachine} guards it.
 */
final class SimulatedSegment implements SimulatedNode {
  /** The unit that is kept or lost as a whole, or torn. */
  static final int SECTOR_BYTES = 512;

  private final String device;
  private final long bytes;

  private final Map<Long, byte[]> durable = new HashMap<>();

  /** What reads see where it is not what is durable. */
  private final Map<Long, byte[]> cached = new HashMap<>();

  /** Versions written since the last sync, oldest first; sorted, so that a seed means one order. */
  private final TreeMap<Long, List<byte[]>> unsynced = new TreeMap<>();

  private long writtenEnd;

  /**
   * An empty segment.
   *
   * @param device the name of the device, without a number
   * @param bytes its length
   */
  SimulatedSegment(String device, long bytes) {
    this.device = device;
    this.bytes = bytes;
  }

  /** The name that the segments of a device share. */
  String device() {
    return device;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  /** The end of what was ever written, as an offset of the device; 0 if nothing was. */
  long writtenEnd() {
    return writtenEnd;
  }

  void read(long deviceOffset, long address, int bytes) {
    for (int at = 0; at < bytes; at += SECTOR_BYTES) {
      long sector = (deviceOffset + at) / SECTOR_BYTES;
      byte[] content = cached.getOrDefault(sector, durable.get(sector));
      if (content == null) {
        Memory.zero(address + at, SECTOR_BYTES);
      } else {
        Memory.copyIn(MemorySegment.ofArray(content), 0, address + at, SECTOR_BYTES);
      }
    }
  }

  void write(long deviceOffset, byte[] data, int from, int bytes) {
    for (int at = 0; at < bytes; at += SECTOR_BYTES) {
      long sector = (deviceOffset + at) / SECTOR_BYTES;
      byte[] content = Arrays.copyOfRange(data, from + at, from + at + SECTOR_BYTES);
      cached.put(sector, content);
      unsynced.computeIfAbsent(sector, key -> new ArrayList<>()).add(content);
    }
    writtenEnd = Math.max(writtenEnd, deviceOffset + bytes);
  }

  boolean hasUnsynced() {
    return !unsynced.isEmpty();
  }

  /** Makes the last version of each sector durable. */
  void sync() {
    unsynced.forEach((sector, versions) -> durable.put(sector, versions.getLast()));
    unsynced.clear();
  }

  /**
   * What Linux does when a write-back fails: some sectors are durable, the others are forgotten,
   * though reads still see them.
   */
  void failSync(FaultInjector faults) {
    faults.drawDropRate();
    unsynced.forEach(
        (sector, versions) -> {
          if (!faults.dropsSector()) {
            durable.put(sector, versions.getLast());
          }
        });
    unsynced.clear();
  }

  /**
   * {@inheritDoc} All that is durable is left, and of each other sector nothing new, one of its
   * versions, or garbage. The caller has drawn the drop rate, one for all segments of a device.
   */
  @Override
  public SimulatedSegment crash(FaultInjector faults, Map<SimulatedNode, SimulatedNode> left) {
    SimulatedSegment survivor = new SimulatedSegment(device, bytes);
    survivor.writtenEnd = writtenEnd;
    survivor.durable.putAll(durable);
    unsynced.forEach(
        (sector, versions) -> {
          if (!faults.dropsSector()) {
            survivor.durable.put(sector, survivor(versions, faults));
          }
        });
    return survivor;
  }

  private static byte[] survivor(List<byte[]> versions, FaultInjector faults) {
    if (!faults.tearsSector(true)) {
      return versions.get(faults.versionOf(versions.size()));
    }
    byte[] garbage = new byte[SECTOR_BYTES];
    faults.fillWithGarbage(garbage);
    return garbage;
  }
}
