package dev.peregrine.log;

/** What a run of the simulation has met; added up over runs. One thread. */
public final class LogCrashStats {
  long runs;
  long crashes;
  long powerCuts;
  long failures;
  long closes;
  long entries;
  long commits;
  long drops;
  long rollbacks;
  long droppedBytes;
  long checks;

  void add(LogCrashStats other) {
    runs += other.runs;
    crashes += other.crashes;
    powerCuts += other.powerCuts;
    failures += other.failures;
    closes += other.closes;
    entries += other.entries;
    commits += other.commits;
    drops += other.drops;
    rollbacks += other.rollbacks;
    droppedBytes += other.droppedBytes;
    checks += other.checks;
  }

  /** Crashes so far. */
  public long crashes() {
    return crashes;
  }

  @Override
  public String toString() {
    return "runs="
        + runs
        + " crashes="
        + crashes
        + " power-cuts-inside-calls="
        + powerCuts
        + " io-failures="
        + failures
        + " closes="
        + closes
        + " entries="
        + entries
        + " commits="
        + commits
        + " truncations="
        + drops
        + " rollbacks="
        + rollbacks
        + " torn-bytes-dropped="
        + droppedBytes
        + " checks="
        + checks;
  }
}
