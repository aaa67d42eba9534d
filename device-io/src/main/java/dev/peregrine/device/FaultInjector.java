package dev.peregrine.device;

import java.util.SplittableRandom;

/**
 * Decides, from a seed and a {@link FaultPlan}, what goes wrong on a simulated machine, and counts
 * it. It changes no bytes itself. Not thread-safe: the {@link SimulatedMachine} guards it.
 */
final class FaultInjector {
  /**
   * The share of unsynced sectors or names that one crash or one failed sync drops: drawn once for
   * each, as independent sectors at one rate would leave no long range whole and lose none as a
   * whole.
   */
  private static final double[] DROP_RATES = {0, 1.0 / 64, 1.0 / 8, 0.5, 7.0 / 8, 63.0 / 64, 1};

  /** Of the unsynced sectors that a crash does not drop, one in so many is torn, if any may be. */
  private static final int TORN_ONE_IN = 3;

  /** Of the small files that were not synced, one in so many keeps its length. */
  private static final int WHOLE_LENGTH_ONE_IN = 2;

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
  private long volumeCalls;
  private long volumeErrors;
  private long events;
  private long powerCuts;
  private long cutFiles;
  private long droppedNames;
  private long keptNames;

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

  /** Whether the next call of a volume fails; asked once for each. */
  boolean failsVolumeCall() {
    boolean fails = ++volumeCalls == plan.failingVolumeCall();
    volumeErrors += fails ? 1 : 0;
    return fails;
  }

  /** Counts an event; false if the power goes off before it. */
  boolean hasPowerForEvent() {
    boolean cut = ++events == plan.powerOffAtEvent();
    powerCuts += cut ? 1 : 0;
    return !cut;
  }

  /** The events so far. */
  long events() {
    return events;
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

  /** What is left of the length of a small file that was not synced: all, none, or a part. */
  int lengthLeft(int bytes) {
    if (bytes == 0 || random.nextInt(WHOLE_LENGTH_ONE_IN) == 0) {
      return bytes;
    }
    cutFiles++;
    return random.nextBoolean() ? 0 : random.nextInt(bytes);
  }

  /** Either of two things that a failed call may leave. */
  boolean either() {
    return random.nextBoolean();
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

  /** Whether a change of names that was not synced is dropped. */
  boolean dropsName() {
    boolean drops = chance(dropRate);
    droppedNames += drops ? 1 : 0;
    keptNames += drops ? 0 : 1;
    return drops;
  }

  /** Whether an unsynced sector that is not dropped is torn. */
  boolean tearsSector(boolean mayTear) {
    boolean tears = mayTear && plan.tearsSectors() && random.nextInt(TORN_ONE_IN) == 0;
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
        tornSectors,
        volumeErrors,
        cutFiles,
        droppedNames,
        keptNames,
        powerCuts);
  }

  private boolean chance(double rate) {
    return rate > 0 && random.nextDouble() < rate;
  }
}
