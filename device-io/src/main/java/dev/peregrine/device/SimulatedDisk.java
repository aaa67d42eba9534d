package dev.peregrine.device;

import dev.peregrine.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The bytes of a simulated device, a sector at a time: what is durable, what reads see, and which
 * versions of a sector a crash may leave. Its device guards it.
 */
final class SimulatedDisk {
  /** The unit that is kept or lost as a whole, or torn. */
  static final int SECTOR_BYTES = 512;

  private final Map<Long, byte[]> durable = new HashMap<>();

  /** What reads see where it is not what is durable. */
  private final Map<Long, byte[]> cached = new HashMap<>();

  /** Versions written since the last sync, oldest first; sorted, so that a seed means one order. */
  private final TreeMap<Long, List<byte[]>> unsynced = new TreeMap<>();

  private long writtenEnd;

  /** The end of what was ever written. */
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

  boolean hasUnsynced(long from, long to) {
    return !range(from, to).isEmpty();
  }

  /** Makes the last version of each sector durable. */
  void sync(long from, long to) {
    Map<Long, List<byte[]>> sectors = range(from, to);
    sectors.forEach((sector, versions) -> makeDurable(sector, versions.getLast()));
    sectors.clear();
  }

  /**
   * What Linux does when a write-back fails: some sectors are durable, the others are forgotten,
   * though reads still see them.
   */
  void failSync(long from, long to, RandomGenerator random) {
    Map<Long, List<byte[]>> sectors = range(from, to);
    sectors.forEach(
        (sector, versions) -> {
          if (random.nextBoolean()) {
            makeDurable(sector, versions.getLast());
          }
        });
    sectors.clear();
  }

  /** Forgets what lies below an offset. */
  void truncate(long offset) {
    long first = offset / SECTOR_BYTES;
    durable.keySet().removeIf(sector -> sector < first);
    cached.keySet().removeIf(sector -> sector < first);
    unsynced.headMap(first).clear();
  }

  /**
   * What a power cut leaves: all that is durable, and of each other sector nothing new, one of its
   * versions, or garbage.
   */
  SimulatedDisk crash(RandomGenerator random, boolean tears) {
    SimulatedDisk left = new SimulatedDisk();
    left.durable.putAll(durable);
    left.writtenEnd = writtenEnd;
    unsynced.forEach(
        (sector, versions) -> {
          int choice = random.nextInt(versions.size() + (tears ? 2 : 1));
          if (choice < versions.size()) {
            left.durable.put(sector, versions.get(choice));
          } else if (choice > versions.size()) {
            byte[] garbage = new byte[SECTOR_BYTES];
            random.nextBytes(garbage);
            left.durable.put(sector, garbage);
          }
        });
    return left;
  }

  private void makeDurable(long sector, byte[] content) {
    durable.put(sector, content);
  }

  private Map<Long, List<byte[]>> range(long from, long to) {
    return unsynced.subMap(from / SECTOR_BYTES, to / SECTOR_BYTES);
  }
}
