package dev.peregrine.device;

import java.util.SplittableRandom;

/**
 * Decides, from a seed and a {@link FaultPlan}, what goes wrong on a simulated device, and counts
 * it. It changes no bytes itself. Not thread-safe: the {@link SimulatedMachine} guards it.
 */
final class FaultInjector {
  /**
   * The share of unsynced sectors that one crash or one failed sync drops: drawn once for each, as
   * independent sectors at one rate would leave no long range whole and lose none as a whole.
   */
  private static final double[] DROP_RATES = {0, 1.0 / 64, 1.0 / 8, 0.5, 7.0 / 8, 63.0 / 64, 1};

  /** Of the unsynced sectors that a crash does not drop, one in so many is torn, if any may be. */
  private static final int TORN_ONE_IN = 3;

  private final FaultPlan plan;
  private final SplittableRandom random;
  private double dropRate;
  private long reads;
  private long writes;
  private long syncs;
  private long readErrors;
  private long writeErrors;
  private long syncErrors;
  private long shortTransfers;
  private long noSpace;
  private long delayed;
  private long reordered;
  private long droppedSectors;
  private long keptSectors;
  private long tornSectors;

  FaultInjector(FaultPlan plan, long seed) {
    this.plan = plan;
    this.random = new SplittableRandom(seed);
  }

  FaultPlan plan() {
    return plan;
  }

  /** The seed of what comes up after a crash. */
  long nextSeed() {
    return random.nextLong();
  }

  /** Whether the next request fails; asked once for each. */
  boolean failsRequest(boolean write) {
    if (write) {
      boolean fails = chance(plan.writeErrorRate()) | ++writes == plan.failingWrite();
      writeErrors += fails ? 1 : 0;
      return fails;
    }
    boolean fails = chance(plan.readErrorRate()) | ++reads == plan.failingRead();
    readErrors += fails ? 1 : 0;
    return fails;
  }

  /** Whether the next sync of a segment fails. */
  boolean failsSync() {
    boolean fails = chance(plan.syncErrorRate()) | ++syncs == plan.failingSync();
    syncErrors += fails ? 1 : 0;
    return fails;
  }

  /** How many of these sectors a failing request transfers before it fails: none to all. */
  int sectorsBeforeFailure(int sectors) {
    return random.nextInt(sectors + 1);
  }

  /** How many of these sectors the next step transfers: all, or fewer but at least one. */
  int sectorsInStep(int sectors) {
    if (sectors < 2 || !chance(plan.shortTransferRate())) {
      return sectors;
    }
    shortTransfers++;
    return random.nextInt(1, sectors);
  }

  /** How many polls a request takes beyond the first. */
  long delay() {
    return plan.maxDelay() == 0 ? 0 : random.nextLong(plan.maxDelay() + 1L);
  }

  /** Which of so many requests that are due comes first; the eldest if none may be delayed. */
  int nextOf(int due) {
    return plan.maxDelay() == 0 ? 0 : random.nextInt(due);
  }

  /** Draws how much the crash or failed sync that comes next drops. */
  void drawDropRate() {
    dropRate = DROP_RATES[random.nextInt(DROP_RATES.length)];
  }

  /** Whether an unsynced sector is dropped. */
  boolean dropsSector() {
    boolean drops = chance(dropRate);
    droppedSectors += drops ? 1 : 0;
    return drops;
  }

  /** Whether an unsynced sector that is not dropped is torn. */
  boolean tearsSector() {
    boolean tears = plan.tearsSectors() && random.nextInt(TORN_ONE_IN) == 0;
    tornSectors += tears ? 1 : 0;
    keptSectors += tears ? 0 : 1;
    return tears;
  }

  /** Which of the versions of a sector a crash keeps. */
  int versionOf(int versions) {
    return random.nextInt(versions);
  }

  void fillWithGarbage(byte[] sector) {
    random.nextBytes(sector);
  }

  void countNoSpace() {
    noSpace++;
  }

  void countDelayed() {
    delayed++;
  }

  void countReordered() {
    reordered++;
  }

  FaultCounts counts() {
    return new FaultCounts(
        readErrors,
        writeErrors,
        syncErrors,
        shortTransfers,
        noSpace,
        delayed,
        reordered,
        droppedSectors,
        keptSectors,
        tornSectors);
  }

  private boolean chance(double rate) {
    return rate > 0 && random.nextDouble() < rate;
  }
}
