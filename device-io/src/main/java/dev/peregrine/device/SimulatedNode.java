package dev.peregrine.device;

import java.util.Map;

/** What a name on a simulated machine means. Not thread-safe: the machine guards it. */
sealed interface SimulatedNode permits SimulatedFile, SimulatedSegment, SimulatedDirectory {
  /** The space it takes. */
  long bytes();

  /**
   * What a power cut leaves of it. What is durable stays; the faults decide the rest.
   *
   * @param left what was left of the nodes so far, for those that have several names
   */
  SimulatedNode crash(FaultInjector faults, Map<SimulatedNode, SimulatedNode> left);
}
