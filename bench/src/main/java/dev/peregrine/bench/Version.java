package dev.peregrine.bench;

/**
 * The version in a value of the demo: who wrote it blindly, for the how many-th time, and how often
 * it was modified since.
 *
 * <pre>
 *   63    58 57                      30 29                            0
 *   +-------+--------------------------+------------------------------+
 *   | writer|          write           |        modifications         |
 *   +-------+--------------------------+------------------------------+
 * </pre>
 */
final class Version {
  /** The writer of what was loaded. */
  static final int LOADER = 0;

  /** The most workers; they count from 1. */
  static final int MAX_WORKERS = 62;

  /** The writer where an update met no value, although every key has been loaded. */
  static final int REBORN = 63;

  private static final int MODIFICATION_BITS = 30;
  private static final int WRITE_BITS = 28;
  private static final long MODIFICATION_MASK = (1L << MODIFICATION_BITS) - 1;
  private static final long WRITE_MASK = (1L << WRITE_BITS) - 1;

  private Version() {}

  /** A version without modifications. */
  static long of(int writer, long write) {
    return ((long) writer << (MODIFICATION_BITS + WRITE_BITS))
        | ((write & WRITE_MASK) << MODIFICATION_BITS);
  }

  /** The version after one more modification. */
  static long modified(long version) {
    return (version & ~MODIFICATION_MASK) | ((version + 1) & MODIFICATION_MASK);
  }

  /** The writer. */
  static int writer(long version) {
    return (int) (version >>> (MODIFICATION_BITS + WRITE_BITS));
  }

  /** The version before its modifications. */
  static long written(long version) {
    return version & ~MODIFICATION_MASK;
  }

  /** How often it was modified since it was written. */
  static long modifications(long version) {
    return version & MODIFICATION_MASK;
  }
}
