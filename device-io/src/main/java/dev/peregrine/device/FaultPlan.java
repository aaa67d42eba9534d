package dev.peregrine.device;

/**
 * What a {@link SimulatedDevice} or {@link SimulatedVolume} does wrong, and how it orders what it
 * does right. Rates are probabilities from 0 to 1 for each occasion; ordinals count occasions from
 * 1, and 0 means never. A request is one occasion, however many steps it takes.
 *
 * @param readErrorRate of a read failing with EIO
 * @param failingRead the read that fails with EIO
 * @param writeErrorRate of a write failing with EIO, after none, part or all of it was done
 * @param failingWrite the write that fails with EIO
 * @param syncErrorRate of the sync of a segment failing with EIO
 * @param failingSync the sync of a segment that fails with EIO
 * @param shortTransferRate of each step of a transfer stopping half-way, to be continued
 * @param maxDelay the most polls that a request takes beyond the first; 0 for none
 * @param capacityBytes what fits, of segments and small files together; what is beyond it fails
 *     with ENOSPC
 * @param tearsSectors whether a crash may leave garbage in a sector that was not synced; otherwise
 *     sectors are whole, and only writes longer than a sector are torn
 * @param failingVolumeCall the call of a volume that fails with EIO, of those that write, sync,
 *     rename, delete, make a directory or sync one
 * @param powerOffAtEvent the event before which the power goes off; see {@link
 *     SimulatedVolume#events()}
 */
public record FaultPlan(
    double readErrorRate,
    long failingRead,
    double writeErrorRate,
    long failingWrite,
    double syncErrorRate,
    long failingSync,
    double shortTransferRate,
    int maxDelay,
    long capacityBytes,
    boolean tearsSectors,
    long failingVolumeCall,
    long powerOffAtEvent) {
  /** No faults, no delays, whole sectors, any size. */
  public static final FaultPlan NONE = builder().build();

  /** Checks the rates and ordinals. */
  public FaultPlan {
    requireRate("readErrorRate", readErrorRate);
    requireRate("writeErrorRate", writeErrorRate);
    requireRate("syncErrorRate", syncErrorRate);
    requireRate("shortTransferRate", shortTransferRate);
    requireNotNegative("failingRead", failingRead);
    requireNotNegative("failingWrite", failingWrite);
    requireNotNegative("failingSync", failingSync);
    requireNotNegative("maxDelay", maxDelay);
    requireNotNegative("capacityBytes", capacityBytes);
    requireNotNegative("failingVolumeCall", failingVolumeCall);
    requireNotNegative("powerOffAtEvent", powerOffAtEvent);
  }

  /** A plan that begins without faults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void requireRate(String name, double rate) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException(name + " " + rate + " is not 0 to 1");
    }
  }

  private static void requireNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " " + value + " must not be negative");
    }
  }

  /** Collects a plan; one thread. */
  public static final class Builder {
    private double readErrorRate;
    private long failingRead;
    private double writeErrorRate;
    private long failingWrite;
    private double syncErrorRate;
    private long failingSync;
    private double shortTransferRate;
    private int maxDelay;
    private long capacityBytes = Long.MAX_VALUE;
    private boolean tearsSectors;
    private long failingVolumeCall;
    private long powerOffAtEvent;

    private Builder() {}

    /** Reads fail at this rate. */
    public Builder readErrorRate(double value) {
      readErrorRate = value;
      return this;
    }

    /** This read fails. */
    public Builder failingRead(long value) {
      failingRead = value;
      return this;
    }

    /** Writes fail at this rate. */
    public Builder writeErrorRate(double value) {
      writeErrorRate = value;
      return this;
    }

    /** This write fails. */
    public Builder failingWrite(long value) {
      failingWrite = value;
      return this;
    }

    /** Syncs of a segment fail at this rate. */
    public Builder syncErrorRate(double value) {
      syncErrorRate = value;
      return this;
    }

    /** This sync of a segment fails. */
    public Builder failingSync(long value) {
      failingSync = value;
      return this;
    }

    /** Transfers stop half-way at this rate. */
    public Builder shortTransferRate(double value) {
      shortTransferRate = value;
      return this;
    }

    /** Requests take up to this many polls more, which also reorders them. */
    public Builder maxDelay(int value) {
      maxDelay = value;
      return this;
    }

    /** So much fits. */
    public Builder capacityBytes(long value) {
      capacityBytes = value;
      return this;
    }

    /** A crash may leave garbage in sectors that were not synced. */
    public Builder tearsSectors(boolean value) {
      tearsSectors = value;
      return this;
    }

    /** This call of a volume fails. */
    public Builder failingVolumeCall(long value) {
      failingVolumeCall = value;
      return this;
    }

    /** The power goes off before this event. */
    public Builder powerOffAtEvent(long value) {
      powerOffAtEvent = value;
      return this;
    }

    /** The plan. */
    public FaultPlan build() {
      return new FaultPlan(
          readErrorRate,
          failingRead,
          writeErrorRate,
          failingWrite,
          syncErrorRate,
          failingSync,
          shortTransferRate,
          maxDelay,
          capacityBytes,
          tearsSectors,
          failingVolumeCall,
          powerOffAtEvent);
    }
  }
}
