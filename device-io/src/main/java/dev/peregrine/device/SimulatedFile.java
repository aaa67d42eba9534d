package dev.peregrine.device;

import java.util.Arrays;
import java.util.Map;

/**
 * A small file of a simulated volume: what reads see, and what is durable of it. It is written
 * once. Not thread-safe: the {@link SimulatedMachine} guards it.
 */
final class SimulatedFile implements SimulatedNode {
  private static final int SECTOR_BYTES = SimulatedSegment.SECTOR_BYTES;

  private final byte[] contents;

  /** What a sync has left on the medium; null before the first. */
  private byte[] durable;

  private SimulatedFile(byte[] contents, byte[] durable) {
    this.contents = contents;
    this.durable = durable;
  }

  /** A file whose bytes are not durable; it keeps the array. */
  static SimulatedFile written(byte[] contents) {
    return new SimulatedFile(contents, null);
  }

  /** A copy of what reads see. */
  byte[] read() {
    return contents.clone();
  }

  @Override
  public long bytes() {
    return contents.length;
  }

  /** Makes the bytes durable; after a failure it changes nothing, as nothing is dirty then. */
  void sync() {
    if (durable == null) {
      durable = contents;
    }
  }

  /** Makes a part durable, and forgets that there is more; reads still see it all. */
  void failSync(FaultInjector faults) {
    if (durable == null) {
      durable = part(faults, false);
    }
  }

  @Override
  public SimulatedFile crash(FaultInjector faults, Map<SimulatedNode, SimulatedNode> left) {
    byte[] survivor = durable != null ? durable : part(faults, true);
    return new SimulatedFile(survivor, survivor);
  }

  /** A length, and of the sectors within it the bytes, zeros or garbage. */
  private byte[] part(FaultInjector faults, boolean ofCrash) {
    byte[] part = Arrays.copyOf(contents, faults.lengthLeft(contents.length));
    faults.drawDropRate();
    // Otherwise hardly any longer file would be whole.
    boolean tears = ofCrash && faults.either();
    for (int from = 0; from < part.length; from += SECTOR_BYTES) {
      int to = Math.min(part.length, from + SECTOR_BYTES);
      if (faults.dropsSector()) {
        Arrays.fill(part, from, to, (byte) 0);
      } else if (ofCrash && faults.tearsSector(tears)) {
        byte[] garbage = new byte[to - from];
        faults.fillWithGarbage(garbage);
        System.arraycopy(garbage, 0, part, from, garbage.length);
      }
    }
    return part;
  }
}
