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
 * The bytes of a simulated device, a sector at a time: what is durable, what reads see, and which
 * versions of a sector a crash may leave; and the range that its segments cover, which is always
 * durable. It checks no ranges. Not thread-safe: the {@link SimulatedMachine} guards it.
 */
final class SimulatedDisk {
  /** The unit that is kept or lost as a whole, or torn. */
  static final int SECTOR_BYTES = 512;

  private final Map<Long, byte[]> durable = new HashMap<>();

  /** What reads see where it is not what is durable. */
  private final Map<Long, byte[]> cached = new HashMap<>();

  /** Versions written since the last sync, oldest first; sorted, so that a seed means one order. */
  private final TreeMap<Long, List<byte[]>> unsynced = new TreeMap<>();

  private long begin;
  private long end;
  private long writtenEnd;

  /** Where the first segment begins. */
  long begin() {
    return begin;
  }

  /** Where the last segment ends. */
  long end() {
    return end;
  }

  /** The end of what was ever written. */
  long writtenEnd() {
    return writtenEnd;
  }

  /** Notes a segment that was created. */
  void extendTo(long newEnd) {
    end = newEnd;
  }

  /** Notes that the segments below were removed; who holds one still reads and writes there. */
  void truncateBefore(long newBegin) {
    begin = newBegin;
  }

  /** Drops the bytes of a segment that was removed and that nobody holds any more. */
  void forget(long from, long to) {
    // What is stored may be far less than the segment is long.
    durable.keySet().removeIf(sector -> isIn(sector, from, to));
    cached.keySet().removeIf(sector -> isIn(sector, from, to));
    unsynced(from, to).clear();
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

  boolean hasUnsynced(long from, long to) {
    return !unsynced(from, to).isEmpty();
  }

  /** Makes the last version of each sector durable. */
  void sync(long from, long to) {
    Map<Long, List<byte[]>> sectors = unsynced(from, to);
    sectors.forEach((sector, versions) -> durable.put(sector, versions.getLast()));
    sectors.clear();
  }

  /**
   * What Linux does when a write-back fails: some sectors are durable, the others are forgotten,
   * though reads still see them.
   */
  void failSync(long from, long to, FaultInjector faults) {
    faults.drawDropRate();
    Map<Long, List<byte[]>> sectors = unsynced(from, to);
    sectors.forEach(
        (sector, versions) -> {
          if (!faults.dropsSector()) {
            durable.put(sector, versions.getLast());
          }
        });
    sectors.clear();
  }

  /**
   * What a power cut leaves: all that is durable, and of each other sector nothing new, one of its
   * versions, or garbage.
   */
  SimulatedDisk crash(FaultInjector faults) {
    SimulatedDisk left = new SimulatedDisk();
    left.begin = begin;
    left.end = end;
    left.writtenEnd = writtenEnd;
    long first = begin / SECTOR_BYTES;
    durable.forEach(
        (sector, content) -> {
          if (sector >= first) {
            left.durable.put(sector, content);
          }
        });
    faults.drawDropRate();
    unsynced
        .tailMap(first)
        .forEach(
            (sector, versions) -> {
              if (!faults.dropsSector()) {
                left.durable.put(sector, survivor(versions, faults));
              }
            });
    return left;
  }

  private static byte[] survivor(List<byte[]> versions, FaultInjector faults) {
    if (!faults.tearsSector()) {
      return versions.get(faults.versionOf(versions.size()));
    }
    byte[] garbage = new byte[SECTOR_BYTES];
    faults.fillWithGarbage(garbage);
    return garbage;
  }

  private static boolean isIn(long sector, long from, long to) {
    return sector >= from / SECTOR_BYTES && sector < to / SECTOR_BYTES;
  }

  private Map<Long, List<byte[]>> unsynced(long from, long to) {
    return unsynced.subMap(from / SECTOR_BYTES, to / SECTOR_BYTES);
  }
}
