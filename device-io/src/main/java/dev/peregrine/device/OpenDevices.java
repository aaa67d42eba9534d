package dev.peregrine.device;

import dev.peregrine.device.segment.SegmentedDevice;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The devices that are open on one volume, by their paths. Any thread may call any method. */
final class OpenDevices {
  private static final Pattern SEGMENT_SUFFIX = Pattern.compile("\\.[0-9]{9,18}(\\.new)?$");

  private final Set<String> paths = new HashSet<>();

  /**
   * Opens a device and keeps count of it until it is closed.
   *
   * @throws DeviceException if one of this path is open
   */
  Device open(VolumePath path, Supplier<? extends Device> opening) {
    String key = path.toString();
    synchronized (paths) {
      if (!paths.add(key)) {
        throw new DeviceException("open", key, -1, 0, "this device of the volume is open already");
      }
    }
    boolean opened = false;
    try {
      Device device = opening.get();
      ((SegmentedDevice) device).afterClose(() -> remove(key));
      opened = true;
      return device;
    } finally {
      if (!opened) {
        remove(key);
      }
    }
  }

  private void remove(String key) {
    synchronized (paths) {
      paths.remove(key);
    }
  }

  /** Refuses to touch a file that an open device uses. */
  void requireNotInUse(String operation, VolumePath path) {
    String device = SEGMENT_SUFFIX.matcher(path.toString()).replaceFirst("");
    synchronized (paths) {
      if (paths.contains(device) && !device.equals(path.toString())) {
        throw new DeviceException(
            operation, path.toString(), -1, 0, "it is a segment of a device that is open");
      }
    }
  }

  /**
   * Refuses to close the volume under them.
   *
   * @throws IllegalStateException if one is open
   */
  void requireNone(String volume) {
    synchronized (paths) {
      if (!paths.isEmpty()) {
        throw new IllegalStateException(
            volume + " cannot be closed: devices of it are open: " + paths);
      }
    }
  }
}
