package dev.peregrine.device;

import dev.peregrine.device.segment.Poison;
import dev.peregrine.device.segment.SegmentedDevice;
import dev.peregrine.device.segment.SegmentedQueue;

/**
 * A device in memory for tests of crashes and faults: the same calls and the same seed give the
 * same bytes, the same order of completions and the same faults, as long as one thread at a time
 * calls.
 *
 * <p>It keeps two images: what is durable, and what reads see. {@link #sync()} makes durable what
 * was delivered before; {@link #crash()} gives the device that a power cut leaves, with any subset
 * of the 512-byte sectors that were not synced, of writes still in flight too. Creating and
 * truncating segments is durable at once. Time passes by polls; {@link DeviceQueue#await} lets it
 * pass until something completes.
 *
 * <p>It simulates no loss of what was synced: no bit rot, no misdirected writes, no sync that lies,
 * no directory that forgets a file. One that belongs to a {@link SimulatedVolume} shares its faults
 * and its power, and is lost with its directory.
 *
 * <p>Any thread may call any method, queues as for all devices.
 */
@SuppressWarnings("exports") // the base class is not for users
public final class SimulatedDevice extends SegmentedDevice {
  private static final VolumePath ALONE = VolumePath.file("simulated");

  private final SimulatedMachine machine;
  private final SimulatedSegments segments;
  private final boolean alone;

  private SimulatedDevice(
      SimulatedSegments segments, SimulatedMachine machine, VolumePath path, boolean alone) {
    super(segments, SimulatedSegment.SECTOR_BYTES, path.toString(), new Poison());
    this.segments = segments;
    this.machine = machine;
    this.alone = alone;
  }

  /**
   * An empty device, on a machine of its own.
   *
   * @param segmentBytes length of a segment: a power of two, 4 KiB to 1 TiB
   * @param seed decides order, delays, faults and what a crash leaves
   * @param plan the faults
   */
  public static SimulatedDevice create(long segmentBytes, long seed, FaultPlan plan) {
    return alone(segmentBytes, new SimulatedMachine(seed, plan, true));
  }

  private static SimulatedDevice alone(long segmentBytes, SimulatedMachine machine) {
    SimulatedSegments segments =
        new SimulatedSegments(segmentBytes, machine, machine.tree().root(), ALONE);
    return new SimulatedDevice(segments, machine, ALONE, true);
  }

  /** A device of a volume, with the segments that are in the directory. */
  static SimulatedDevice ofVolume(
      long segmentBytes, SimulatedMachine machine, SimulatedDirectory directory, VolumePath path) {
    SimulatedSegments segments = new SimulatedSegments(segmentBytes, machine, directory, path);
    return new SimulatedDevice(segments, machine, path, false);
  }

  /**
   * Cuts the power: this device fails every request from now on. A device that was closed can be
   * crashed too: closing syncs nothing.
   *
   * @return the device that comes up afterwards, without faults
   * @throws IllegalStateException if it has crashed before, or belongs to a volume
   */
  public SimulatedDevice crash() {
    return crash(FaultPlan.NONE);
  }

  /**
   * Cuts the power: this device fails every request from now on. A device that was closed can be
   * crashed too: closing syncs nothing.
   *
   * @param plan the faults of the device that comes up afterwards
   * @return that device
   * @throws IllegalStateException if it has crashed before, or belongs to a volume
   */
  public SimulatedDevice crash(FaultPlan plan) {
    if (!alone) {
      throw new IllegalStateException(path() + " belongs to a simulated volume: crash that");
    }
    synchronized (machine) {
      return alone(segmentBytes(), machine.crash(plan));
    }
  }

  /** The faults so far, those of its own crash included; of a volume's device, the volume's. */
  public FaultCounts faults() {
    synchronized (machine) {
      return machine.faults().counts();
    }
  }

  @Override
  public String describe() {
    return path() + " device, " + machine.describe();
  }

  @Override
  protected void requireUsable(String operation) {
    synchronized (machine) {
      machine.requirePower(operation, path());
    }
  }

  @Override
  protected SegmentedQueue createQueue(int depth, QueueMode mode) {
    return new SimulatedQueue(this, machine, segments, depth, mode);
  }
}
