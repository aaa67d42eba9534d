package dev.peregrine.device;

import dev.peregrine.posix.Errno;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What the devices and files of one simulated machine share: its directories, its faults, its power
 * supply, the count of events and the requests in flight.
 *
 * <p>Any thread may use it, but only while it holds this object's monitor, which is the last lock
 * that anybody takes but for that of {@link OpenDevices}. It carries out no requests: {@link
 * SimulatedQueue} does.
 */
final class SimulatedMachine {
  /** What users are told after a crash. */
  static final String POWER_IS_OFF = "the power is off: the simulated machine has crashed";

  /** Between crashes: what a person needs to run the same again. */
  private final long firstSeed;

  private final int crashes;
  private final boolean ofOneDevice;
  private final SimulatedTree tree;
  private final FaultInjector faults;

  /** In the order of their starts. */
  private final Set<SimulatedRequest> inFlight = new LinkedHashSet<>();

  private boolean off;
  private boolean crashed;
  private boolean volumeOpen;

  /**
   * An empty machine.
   *
   * @param ofOneDevice whether it is there for one device, for whose user a call after {@code
   *     crash()} is a mistake and not a failure
   */
  SimulatedMachine(long seed, FaultPlan plan, boolean ofOneDevice) {
    this(seed, 0, ofOneDevice, new SimulatedTree(), new FaultInjector(plan, seed));
  }

  private SimulatedMachine(
      long firstSeed, int crashes, boolean ofOneDevice, SimulatedTree tree, FaultInjector faults) {
    this.firstSeed = firstSeed;
    this.crashes = crashes;
    this.ofOneDevice = ofOneDevice;
    this.tree = tree;
    this.faults = faults;
  }

  SimulatedTree tree() {
    return tree;
  }

  FaultInjector faults() {
    return faults;
  }

  boolean isOff() {
    return off;
  }

  /** Takes the one place of a user that has the volume open; false if it is taken. */
  boolean takeVolume() {
    boolean free = !volumeOpen;
    volumeOpen = true;
    return free;
  }

  /** Gives that place back. */
  void giveVolumeBack() {
    volumeOpen = false;
  }

  /**
   * Refuses what nobody can do without power.
   *
   * @throws DeviceException if it went off, or the machine crashed
   * @throws IllegalStateException if the machine of one device crashed
   */
  void requirePower(String operation, String path) {
    if (crashed && ofOneDevice) {
      throw new IllegalStateException(POWER_IS_OFF);
    }
    if (off) {
      throw new DeviceException(operation, path, -1, Errno.EIO, POWER_IS_OFF);
    }
  }

  /** Counts an event that is about to take effect; false if the power goes off before. */
  boolean passes() {
    if (!faults.hasPowerForEvent()) {
      cutPower();
    }
    return !off;
  }

  /** As {@link #passes}, but tells by an exception, also if the power is off already. */
  void requirePass(String operation, String path) {
    requirePower(operation, path);
    if (!passes()) {
      requirePower(operation, path);
    }
  }

  /**
   * Refuses to take more space than there is.
   *
   * @throws DeviceException with ENOSPC
   */
  void requireSpace(long bytes, String operation, String path, long offset) {
    long capacityBytes = faults.plan().capacityBytes();
    if (capacityBytes < Long.MAX_VALUE && bytes > capacityBytes - tree.root().bytes()) {
      faults.countNoSpace();
      String reason = Errno.words(Errno.ENOSPC) + ": the capacity is " + capacityBytes;
      throw new DeviceException(operation, path, offset, Errno.ENOSPC, reason);
    }
  }

  void started(SimulatedRequest request) {
    inFlight.add(request);
  }

  void finished(SimulatedRequest request) {
    inFlight.remove(request);
  }

  private void cutPower() {
    off = true;
    // A write that nobody saw complete may be on the medium all the same, or a part of it.
    for (SimulatedRequest request : inFlight) {
      request.landRest();
    }
  }

  /** Switches off, and gives the machine that comes up afterwards; once. */
  SimulatedMachine crash(FaultPlan plan) {
    if (crashed) {
      throw new IllegalStateException(POWER_IS_OFF);
    }
    if (!off) {
      cutPower();
    }
    crashed = true;
    SimulatedTree left = tree.crash(faults);
    FaultInjector next = new FaultInjector(plan, faults.nextSeed());
    return new SimulatedMachine(firstSeed, crashes + 1, ofOneDevice, left, next);
  }

  /** The seed and the plan, in one line. */
  String describe() {
    String after = crashes == 0 ? "" : " after crash " + crashes;
    return "seed " + firstSeed + after + ", " + faults.plan();
  }
}
