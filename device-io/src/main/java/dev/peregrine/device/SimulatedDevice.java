package dev.peregrine.device;

import dev.peregrine.device.segment.Poison;
import dev.peregrine.device.segment.Segment;
import dev.peregrine.device.segment.SegmentTable;
import dev.peregrine.device.segment.SegmentedDevice;
import dev.peregrine.device.segment.SegmentedQueue;
import dev.peregrine.posix.Errno;

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
 * no directory that forgets a file.
 *
 * <p>Any thread may call any method, queues as for all devices.
 */
@SuppressWarnings("exports") // the base class is not for users
public final class SimulatedDevice extends SegmentedDevice {
  private static final String PATH = "simulated";

  private final SimulatedMachine machine;

  private SimulatedDevice(long segmentBytes, SimulatedMachine machine) {
    super(new Segments(segmentBytes, machine), SimulatedDisk.SECTOR_BYTES, PATH, new Poison());
    this.machine = machine;
  }

  /**
   * An empty device.
   *
   * @param segmentBytes length of a segment: a power of two, 4 KiB to 1 TiB
   * @param seed decides order, delays, faults and what a crash leaves
   * @param plan the faults
   */
  public static SimulatedDevice create(long segmentBytes, long seed, FaultPlan plan) {
    return new SimulatedDevice(segmentBytes, new SimulatedMachine(seed, plan));
  }

  /**
   * Cuts the power: this device fails every request from now on. A device that was closed can be
   * crashed too: closing syncs nothing.
   *
   * @return the device that comes up afterwards, without faults
   * @throws IllegalStateException if it has crashed before
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
   * @throws IllegalStateException if it has crashed before
   */
  public SimulatedDevice crash(FaultPlan plan) {
    synchronized (machine) {
      return new SimulatedDevice(segmentBytes(), machine.crash(plan));
    }
  }

  /** The faults so far, those of its own crash included. */
  public FaultCounts faults() {
    synchronized (machine) {
      return machine.faults().counts();
    }
  }

  @Override
  public String describe() {
    return PATH + " device, " + machine.describe();
  }

  @Override
  protected SegmentedQueue createQueue(int depth, QueueMode mode) {
    synchronized (machine) {
      machine.requirePower();
    }
    return new SimulatedQueue(this, machine, depth, mode);
  }

  private static final class Segments extends SegmentTable {
    private final SimulatedMachine machine;

    Segments(long segmentBytes, SimulatedMachine machine) {
      super(segmentBytes);
      this.machine = machine;
      synchronized (machine) {
        long first = machine.disk().begin() / segmentBytes;
        Segment[] existing = new Segment[(int) (machine.disk().end() / segmentBytes - first)];
        for (int i = 0; i < existing.length; i++) {
          existing[i] = new Piece(first + i, segmentBytes, machine);
        }
        adopt(first, existing);
      }
    }

    @Override
    protected Segment create(long number) {
      synchronized (machine) {
        machine.requirePower();
        SimulatedDisk disk = machine.disk();
        long from = number * segmentBytes();
        long to = from + segmentBytes();
        long capacityBytes = machine.faults().plan().capacityBytes();
        if (to - disk.begin() > capacityBytes) {
          machine.faults().countNoSpace();
          String reason = Errno.words(Errno.ENOSPC) + ": the capacity is " + capacityBytes;
          throw new DeviceException("create", PATH, from, Errno.ENOSPC, reason);
        }
        disk.extendTo(to);
        return new Piece(number, segmentBytes(), machine);
      }
    }

    @Override
    protected void publishCreated() {}

    @Override
    protected void remove(Segment[] segments) {
      synchronized (machine) {
        machine.requirePower();
        machine.disk().truncateBefore(beginOffset());
      }
    }
  }

  private static final class Piece extends Segment {
    private final long from;
    private final long to;
    private final SimulatedMachine machine;

    Piece(long number, long segmentBytes, SimulatedMachine machine) {
      super(number);
      this.from = number * segmentBytes;
      this.to = from + segmentBytes;
      this.machine = machine;
    }

    @Override
    public String path() {
      return PATH;
    }

    @Override
    protected void sync() {
      synchronized (machine) {
        machine.requirePower();
        SimulatedDisk disk = machine.disk();
        if (!disk.hasUnsynced(from, to)) {
          return;
        }
        if (machine.faults().failsSync()) {
          disk.failSync(from, to, machine.faults());
          throw new DeviceException("sync", PATH, from, Errno.EIO, Errno.words(Errno.EIO));
        }
        disk.sync(from, to);
      }
    }

    /** The last holder of a segment that was removed drops its bytes; close() drops none. */
    @Override
    protected void dispose() {
      synchronized (machine) {
        if (to <= machine.disk().begin()) {
          machine.disk().forget(from, to);
        }
      }
    }
  }
}
