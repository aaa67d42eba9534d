package dev.peregrine.device;

import dev.peregrine.posix.Errno;
import java.util.Arrays;
import java.util.List;

/**
 * A volume in memory for tests of crashes and faults: the same calls and the same seed give the
 * same files, the same faults and the same things left by a power cut, as long as one thread at a
 * time calls.
 *
 * <p>It and its {@linkplain SimulatedDevice devices} are one machine, with one power supply. Of a
 * small file that was not synced, {@link #crash()} leaves all, nothing, a part of the length,
 * sectors of zeros, or of garbage if the {@link FaultPlan} tears sectors. Each name that was
 * created, changed or deleted and whose directory was not synced since is kept or lost by itself:
 * that of a directory too, and with it all it holds. A rename is one change: kept as a whole or
 * lost as a whole, between two directories made durable by a sync of either.
 *
 * <p>It simulates no loss of what was synced, file and directories up to the root. A failed sync of
 * a file loses a part of its bytes for good, one of a directory some of the changes, though both
 * can still be seen until the power is cut. A write that fails leaves no file, or a part.
 *
 * <p>Any thread may call any method.
 */
public final class SimulatedVolume implements Volume {
  private static final String SEGMENT = "it is a segment of a device";

  private final SimulatedMachine machine;
  private final FailedSyncs failedSyncs = new FailedSyncs();
  private final OpenDevices devices = new OpenDevices();

  /** Guarded by the machine's monitor. */
  private boolean closed;

  private SimulatedVolume(SimulatedMachine machine) {
    this.machine = machine;
    if (!machine.takeVolume()) {
      throw new DeviceException(
          "open", "simulated volume", -1, Errno.EAGAIN, "another store has it open");
    }
  }

  /**
   * An empty volume, open.
   *
   * @param seed decides order, delays, faults and what a crash leaves
   * @param plan the faults
   */
  public static SimulatedVolume create(long seed, FaultPlan plan) {
    return new SimulatedVolume(new SimulatedMachine(seed, plan, false));
  }

  /**
   * Cuts the power: this volume and its devices fail every call from now on, though they can be
   * closed. One that was closed can be crashed too: closing syncs nothing.
   *
   * @return the volume that comes up afterwards, open and without faults
   * @throws IllegalStateException if it has crashed before
   */
  public SimulatedVolume crash() {
    return crash(FaultPlan.NONE);
  }

  /**
   * Cuts the power, as {@link #crash()} does.
   *
   * @param plan the faults of the volume that comes up afterwards, which counts anew
   * @return that volume, open
   * @throws IllegalStateException if it has crashed before
   */
  public SimulatedVolume crash(FaultPlan plan) {
    synchronized (machine) {
      return new SimulatedVolume(machine.crash(plan));
    }
  }

  /**
   * Opens the volume again without a crash, after it was closed, as another process would. Counts
   * and faults go on.
   *
   * @throws DeviceException if it is open, or its power is off
   */
  public SimulatedVolume reopen() {
    synchronized (machine) {
      machine.requirePower("open", "simulated volume");
      return new SimulatedVolume(machine);
    }
  }

  /** The faults so far, those of its own crash included. */
  public FaultCounts faults() {
    synchronized (machine) {
      return machine.faults().counts();
    }
  }

  /**
   * The events so far, each a point before which {@link FaultPlan#powerOffAtEvent} can cut the
   * power: each step of a device's write, each sync of a segment with something to sync, each
   * segment created or removed, and each call of a volume that writes, syncs, renames, deletes, or
   * makes or syncs a directory. A call that is refused, or finds nothing to do, is none.
   */
  public long events() {
    synchronized (machine) {
      return machine.faults().events();
    }
  }

  @Override
  public Device openDevice(String path, long segmentBytes) {
    VolumePath checked = VolumePath.file(path);
    synchronized (machine) {
      requireUsable("open", path);
      SimulatedDirectory directory = requireDirectory("open", checked.parent());
      return devices.open(
          checked, () -> SimulatedDevice.ofVolume(segmentBytes, machine, directory, checked));
    }
  }

  @Override
  public boolean exists(String path) {
    VolumePath checked = VolumePath.directory(path);
    synchronized (machine) {
      requireUsable("exists", path);
      return find("exists", checked) != null;
    }
  }

  @Override
  public List<String> list(String path) {
    VolumePath checked = VolumePath.directory(path);
    synchronized (machine) {
      requireUsable("list", path);
      if (find("list", checked) == null) {
        return List.of();
      }
      return List.copyOf(requireDirectory("list", checked).visible.keySet());
    }
  }

  @Override
  public void makeDirectory(String path) {
    VolumePath checked = VolumePath.directory(path);
    synchronized (machine) {
      requireUsable("makeDirectory", path);
      SimulatedNode node = find("makeDirectory", checked);
      if (node instanceof SimulatedDirectory) {
        return;
      }
      SimulatedDirectory parent = requireDirectory("makeDirectory", checked.parent());
      if (node != null) {
        throw failure("makeDirectory", path, Errno.EEXIST);
      }
      begin("makeDirectory", path);
      machine.tree().create(parent, checked.name(), new SimulatedDirectory());
    }
  }

  @Override
  public void write(String path, byte[] contents) {
    VolumePath checked = VolumePath.file(path);
    synchronized (machine) {
      requireUsable("write", path);
      SimulatedDirectory parent = requireDirectory("write", checked.parent());
      devices.requireNotInUse("write", checked);
      if (parent.visible.containsKey(checked.name())) {
        throw failure("write", path, Errno.EEXIST);
      }
      machine.requirePass("write", path);
      FaultInjector faults = machine.faults();
      byte[] written = contents.clone();
      try {
        machine.requireSpace(written.length, "write", path, -1);
      } catch (DeviceException e) {
        if (faults.either()) {
          leave(parent, checked, new byte[0]);
        }
        throw e;
      }
      if (faults.failsVolumeCall()) {
        if (faults.either()) {
          leave(parent, checked, Arrays.copyOf(written, faults.lengthLeft(written.length)));
        }
        throw failure("write", path, Errno.EIO);
      }
      leave(parent, checked, written);
    }
  }

  private void leave(SimulatedDirectory parent, VolumePath path, byte[] contents) {
    machine.tree().create(parent, path.name(), SimulatedFile.written(contents));
  }

  @Override
  public byte[] read(String path, int mostBytes) {
    VolumePath checked = VolumePath.file(path);
    if (mostBytes < 0) {
      throw new IllegalArgumentException("mostBytes " + mostBytes + " must not be negative");
    }
    synchronized (machine) {
      requireUsable("read", path);
      SimulatedFile file = requireFile("read", checked);
      if (file.bytes() > mostBytes) {
        String reason = "it has " + file.bytes() + " bytes, more than " + mostBytes;
        throw new DeviceException("read", path, -1, Errno.EFBIG, reason);
      }
      return file.read();
    }
  }

  @Override
  public void sync(String path) {
    VolumePath checked = VolumePath.file(path);
    synchronized (machine) {
      requireUsable("sync", path);
      SimulatedFile file = requireFile("sync", checked);
      failedSyncs.requireNone(checked);
      machine.requirePass("sync", path);
      if (machine.faults().failsVolumeCall()) {
        file.failSync(machine.faults());
        throw failedSyncs.add(checked, failure("sync", path, Errno.EIO));
      }
      file.sync();
    }
  }

  @Override
  public void rename(String from, String to) {
    VolumePath source = VolumePath.file(from);
    VolumePath target = VolumePath.file(to);
    synchronized (machine) {
      requireUsable("rename", from);
      SimulatedDirectory sourceParent = requireDirectory("rename", source.parent());
      SimulatedDirectory targetParent = requireDirectory("rename", target.parent());
      devices.requireNotInUse("rename", source);
      devices.requireNotInUse("rename", target);
      requireFile("rename", source);
      if (find("rename", target) != null) {
        requireFile("rename", target);
      }
      if (source.equals(target)) {
        return;
      }
      begin("rename", from);
      machine.tree().rename(sourceParent, source.name(), targetParent, target.name());
      failedSyncs.renamed(source, target);
    }
  }

  @Override
  public void delete(String path) {
    VolumePath checked = VolumePath.file(path);
    synchronized (machine) {
      requireUsable("delete", path);
      SimulatedDirectory parent = requireDirectory("delete", checked.parent());
      devices.requireNotInUse("delete", checked);
      SimulatedNode node = find("delete", checked);
      if (node == null) {
        throw failure("delete", path, Errno.ENOENT);
      }
      if (node instanceof SimulatedDirectory directory && !directory.visible.isEmpty()) {
        throw failure("delete", path, Errno.ENOTEMPTY);
      }
      begin("delete", path);
      machine.tree().delete(parent, checked.name());
      failedSyncs.deleted(checked);
    }
  }

  @Override
  public void syncDirectory(String path) {
    VolumePath checked = VolumePath.directory(path);
    synchronized (machine) {
      requireUsable("syncDirectory", path);
      SimulatedDirectory directory = requireDirectory("syncDirectory", checked);
      machine.requirePass("syncDirectory", path);
      if (machine.faults().failsVolumeCall()) {
        machine.tree().failSync(directory, machine.faults());
        throw failure("syncDirectory", path, Errno.EIO);
      }
      machine.tree().sync(directory);
    }
  }

  @Override
  public String describe() {
    return "simulated volume, " + machine.describe();
  }

  @Override
  public void close() {
    synchronized (machine) {
      if (closed) {
        return;
      }
      devices.requireNone("the simulated volume");
      closed = true;
      machine.giveVolumeBack();
    }
  }

  private void requireUsable(String operation, String path) {
    if (closed) {
      throw new IllegalStateException("the simulated volume is closed");
    }
    machine.requirePower(operation, path);
  }

  /** The point before which the power may go off or the call fail. */
  private void begin(String operation, String path) {
    machine.requirePass(operation, path);
    if (machine.faults().failsVolumeCall()) {
      throw failure(operation, path, Errno.EIO);
    }
  }

  /** What has this name, or null; a file in the way is refused as the system does. */
  private SimulatedNode find(String operation, VolumePath path) {
    VolumePath parent = path;
    while (!parent.isRoot()) {
      parent = parent.parent();
      SimulatedNode node = machine.tree().find(parent);
      if (node != null && !(node instanceof SimulatedDirectory)) {
        throw failure(operation, path.toString(), Errno.ENOTDIR);
      }
    }
    return machine.tree().find(path);
  }

  private SimulatedDirectory requireDirectory(String operation, VolumePath path) {
    SimulatedNode node = find(operation, path);
    if (node instanceof SimulatedDirectory directory) {
      return directory;
    }
    throw failure(operation, path.toString(), node == null ? Errno.ENOENT : Errno.ENOTDIR);
  }

  private SimulatedFile requireFile(String operation, VolumePath path) {
    SimulatedNode node = find(operation, path);
    if (node instanceof SimulatedFile file) {
      return file;
    }
    if (node instanceof SimulatedSegment) {
      throw new DeviceException(operation, path.toString(), -1, 0, SEGMENT);
    }
    throw failure(operation, path.toString(), node == null ? Errno.ENOENT : Errno.EISDIR);
  }

  private static DeviceException failure(String operation, String path, int errno) {
    return new DeviceException(operation, path, -1, errno, Errno.words(errno));
  }
}
