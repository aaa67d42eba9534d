package dev.peregrine.device;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What the segments and queues of one simulated device share: its disk, its faults, its power
 * supply and the requests in flight.
 *
 * <p>Any thread may use it, but only while it holds this object's monitor, which is the last lock
 * that anybody takes. It carries out no requests: {@link SimulatedQueue} does.
 */
final class SimulatedMachine {
  /** What users are told after a crash. */
  static final String POWER_IS_OFF = "the power of this simulated device is off: it has crashed";

  /** Between crashes: what a person needs to run the same again. */
  private final long firstSeed;

  private final int crashes;
  private final SimulatedDisk disk;
  private final FaultInjector faults;

  /** In the order of their starts. */
  private final Set<SimulatedRequest> inFlight = new LinkedHashSet<>();

  private boolean off;

  SimulatedMachine(long seed, FaultPlan plan) {
    this(seed, 0, new SimulatedDisk(), new FaultInjector(plan, seed));
  }

  private SimulatedMachine(long firstSeed, int crashes, SimulatedDisk disk, FaultInjector faults) {
    this.firstSeed = firstSeed;
    this.crashes = crashes;
    this.disk = disk;
    this.faults = faults;
  }

  SimulatedDisk disk() {
    return disk;
  }

  FaultInjector faults() {
    return faults;
  }

  boolean isOff() {
    return off;
  }

  /**
   * Refuses what nobody can do after a crash.
   *
   * @throws IllegalStateException if there was one
   */
  void requirePower() {
    if (off) {
      throw new IllegalStateException(POWER_IS_OFF);
    }
  }

  void started(SimulatedRequest request) {
    inFlight.add(request);
  }

  void finished(SimulatedRequest request) {
    inFlight.remove(request);
  }

  /** Switches off, and gives the machine that comes up afterwards. */
  SimulatedMachine crash(FaultPlan plan) {
    requirePower();
    off = true;
    // A write that nobody saw complete may be on the medium all the same, or a part of it.
    for (SimulatedRequest request : inFlight) {
      request.landRest(disk);
    }
    SimulatedDisk left = disk.crash(faults);
    return new SimulatedMachine(
        firstSeed, crashes + 1, left, new FaultInjector(plan, faults.nextSeed()));
  }

  /** The seed and the plan, in one line. */
  String describe() {
    String after = crashes == 0 ? "" : " after crash " + crashes;
    return "seed " + firstSeed + after + ", " + faults.plan();
  }
}
