package dev.peregrine.device;

import java.util.Map;
import java.util.TreeMap;

/**
 * A directory on a simulated machine: the names that users see, and those that are durable. The
 * {@link SimulatedTree} changes them. Sorted, so that a seed means one order. Not thread-safe: the
 * {@link SimulatedMachine} guards it.
 */
final class SimulatedDirectory implements SimulatedNode {
  /** What users see. */
  final TreeMap<String, SimulatedNode> visible = new TreeMap<>();

  /** What a power cut leaves for certain, unless a change that is pending is kept. */
  final TreeMap<String, SimulatedNode> durable = new TreeMap<>();

  /** {@inheritDoc} That of all it holds. */
  @Override
  public long bytes() {
    long sum = 0;
    for (SimulatedNode node : visible.values()) {
      sum += node.bytes();
    }
    return sum;
  }

  @Override
  public SimulatedDirectory crash(FaultInjector faults, Map<SimulatedNode, SimulatedNode> left) {
    SimulatedDirectory survivor = new SimulatedDirectory();
    String device = null;
    for (Map.Entry<String, SimulatedNode> entry : durable.entrySet()) {
      SimulatedNode node = entry.getValue();
      if (node instanceof SimulatedSegment segment && !segment.device().equals(device)) {
        device = segment.device();
        faults.drawDropRate();
      }
      SimulatedNode nodeLeft = left.get(node);
      if (nodeLeft == null) {
        nodeLeft = node.crash(faults, left);
        left.put(node, nodeLeft);
      }
      survivor.visible.put(entry.getKey(), nodeLeft);
      survivor.durable.put(entry.getKey(), nodeLeft);
    }
    return survivor;
  }
}
