package dev.peregrine.device;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers the small files whose sync failed: such a file never becomes durable, whatever a later
 * sync would answer. It is forgotten with the file. Any thread may call any method.
 */
final class FailedSyncs {
  private final Map<VolumePath, DeviceException> causes = new ConcurrentHashMap<>();

  /** Remembers a failure, and returns it. */
  DeviceException add(VolumePath path, DeviceException failure) {
    causes.putIfAbsent(path, failure);
    return failure;
  }

  /**
   * Refuses the sync of a file after a failure.
   *
   * @throws DeviceException caused by the first failure
   */
  void requireNone(VolumePath path) {
    DeviceException first = causes.get(path);
    if (first != null) {
      DeviceException refusal =
          new DeviceException(
              "sync",
              first.path(),
              -1,
              first.errno(),
              "refused for good, because an earlier sync of this file failed: "
                  + first.getMessage());
      refusal.initCause(first);
      throw refusal;
    }
  }

  /** The file has another name now, and what had that name is gone. */
  void renamed(VolumePath from, VolumePath to) {
    DeviceException cause = causes.remove(from);
    if (cause == null) {
      causes.remove(to);
    } else {
      causes.put(to, cause);
    }
  }

  /** The file is gone. */
  void deleted(VolumePath path) {
    causes.remove(path);
  }
}
