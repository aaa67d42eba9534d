package dev.peregrine.internal.log;

/**
 * The versions of a log's format. A log keeps the version that it was created with, or migrated to:
 * all that is written to it is of that version.
 */
public final class LogFormat {
  /** The first version. */
  public static final int OLDEST = 1;

  /** What new logs are. Beside version 1, it has {@link DurableMarks}. */
  public static final int LATEST = 2;

  private LogFormat() {}

  /** Whether a version is known. */
  static boolean isKnown(long version) {
    return version >= OLDEST && version <= LATEST;
  }

  /** Whether logs of a version have durable marks. */
  static boolean hasMarks(int version) {
    return version > OLDEST;
  }

  /** Whether extents of a version have zeros where nothing is defined. */
  static boolean isStrict(int version) {
    return version > OLDEST;
  }
}
