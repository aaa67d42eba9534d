package dev.peregrine.bench;

/** The YCSB core workloads that need neither scans nor inserts. */
public enum Workload {
  /** Update heavy: half reads, half blind writes. */
  A(50, false),
  /** Read mostly: 95 % reads, 5 % blind writes. */
  B(95, false),
  /** Only reads. */
  C(100, false),
  /** Half reads, half read-modify-writes. */
  F(50, true);

  private static final int PERCENT = 100;

  private final int readPercent;
  private final boolean modifies;

  Workload(int readPercent, boolean modifies) {
    this.readPercent = readPercent;
    this.modifies = modifies;
  }

  /** Whether it does nothing but read. */
  public boolean isReadOnly() {
    return readPercent == PERCENT;
  }

  /** Whether what is not a read is a read-modify-write, and not a blind write. */
  public boolean modifies() {
    return modifies;
  }

  /**
   * The operations of which {@link #isRead} holds are this share of all.
   *
   * @return the bound to compare with: 0 to 2^32
   */
  public long readBound() {
    return (1L << Integer.SIZE) * readPercent / PERCENT;
  }

  /** Whether an operation with this random number is a read. */
  public static boolean isRead(long random, long readBound) {
    return (random >>> Integer.SIZE) < readBound;
  }
}
