package dev.peregrine.device.segment;

import dev.peregrine.device.DeviceException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Remembers the first failed write or sync of a device, for good.
 *
 * <p>After a failed {@code fsync} Linux marks the pages clean, so that the next one succeeds though
 * the data are lost: a device that failed once may never claim durability again. Any thread may
 * call any method.
 */
public final class Poison {
  private final AtomicReference<DeviceException> cause = new AtomicReference<>();

  /** Remembers a failure, if it is the first, and returns it. */
  public DeviceException poison(DeviceException failure) {
    cause.compareAndSet(null, failure);
    return failure;
  }

  /**
   * Refuses an operation after a failure.
   *
   * @throws DeviceException caused by the first failure
   */
  public void requireHealthy(String operation, String path, long offset) {
    DeviceException first = cause.get();
    if (first != null) {
      throw refusal(first, operation, path, offset);
    }
  }

  private static DeviceException refusal(
      DeviceException first, String operation, String path, long offset) {
    DeviceException refusal =
        new DeviceException(
            operation,
            path,
            offset,
            first.errno(),
            "refused for good, because an earlier operation failed: " + first.getMessage());
    refusal.initCause(first);
    return refusal;
  }
}
