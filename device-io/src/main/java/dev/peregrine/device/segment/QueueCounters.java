package dev.peregrine.device.segment;

import dev.peregrine.device.DeviceStats;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one queue has done. Its owner counts, with opaque stores; any thread may read a count that
 * is slightly old.
 */
final class QueueCounters {
  private static final VarHandle READS = field("reads");
  private static final VarHandle BYTES_READ = field("bytesRead");
  private static final VarHandle WRITES = field("writes");
  private static final VarHandle BYTES_WRITTEN = field("bytesWritten");
  private static final VarHandle FAILURES = field("failures");

  private long reads;
  private long bytesRead;
  private long writes;
  private long bytesWritten;
  private long failures;

  private static VarHandle field(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(QueueCounters.class, name, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  void countRead(int bytes) {
    READS.setOpaque(this, reads + 1);
    BYTES_READ.setOpaque(this, bytesRead + bytes);
  }

  void countWrite(int bytes) {
    WRITES.setOpaque(this, writes + 1);
    BYTES_WRITTEN.setOpaque(this, bytesWritten + bytes);
  }

  void countFailure() {
    FAILURES.setOpaque(this, failures + 1);
  }

  /** The sum of these counts and another's. */
  DeviceStats plus(DeviceStats other) {
    return new DeviceStats(
        other.reads() + (long) READS.getOpaque(this),
        other.bytesRead() + (long) BYTES_READ.getOpaque(this),
        other.writes() + (long) WRITES.getOpaque(this),
        other.bytesWritten() + (long) BYTES_WRITTEN.getOpaque(this),
        other.syncs(),
        other.failures() + (long) FAILURES.getOpaque(this));
  }
}
