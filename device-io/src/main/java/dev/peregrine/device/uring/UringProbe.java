package dev.peregrine.device.uring;

import dev.peregrine.device.QueueMode;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import dev.peregrine.posix.DirectFile;
import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;

/**
 * Finds out, once in a JVM, whether io_uring works here, by writing to a file and reading back. Any
 * thread may ask.
 */
public final class UringProbe {
  private static final int PROBE_BYTES = 4096;
  private static final int PROBE_ENTRIES = 2;
  private static final long PROBE_WAIT_NANOS = 5_000_000_000L;
  private static final long PATTERN = 0x9E3779B97F4A7C15L;
  private static final long WRITE_TOKEN = 1;
  private static final long READ_TOKEN = 2;

  private UringProbe() {}

  private static final class Result {
    static final String CAUSE = probe();
  }

  /** Why io_uring cannot be used, in one line with the remedy, or null if it can. */
  public static String unavailabilityCause() {
    return Result.CAUSE;
  }

  private static String probe() {
    if (LibUring.unavailabilityCause() != null) {
      return LibUring.unavailabilityCause();
    }
    try (Ring ring = Ring.open(PROBE_ENTRIES, QueueMode.MOVABLE)) {
      if (!ring.hasFeature(UringAbi.FEAT_EXT_ARG) || !ring.hasFeature(UringAbi.FEAT_NODROP)) {
        return "the kernel is too old: its io_uring lacks waits with a time limit (Linux 5.11)";
      }
      return writeAndReadBack(ring);
    } catch (ErrnoException e) {
      return causeOf(e.errno());
    }
  }

  /** What an error of the set-up means for whoever runs the program. */
  static String causeOf(int errno) {
    return switch (errno) {
      case Errno.EPERM, Errno.EACCES ->
          "io_uring is forbidden ("
              + Errno.words(errno)
              + "): by the seccomp profile of the container, or by kernel.io_uring_disabled";
      case Errno.ENOSYS -> "the kernel has no io_uring (ENOSYS): too old or built without it";
      case Errno.ENOMEM ->
          "io_uring could not be set up (" + Errno.words(errno) + "): raise the limit, ulimit -l";
      default -> "io_uring could not be set up (" + Errno.words(errno) + ")";
    };
  }

  private static String writeAndReadBack(Ring ring) throws ErrnoException {
    try (DirectFile file = DirectFile.inMemory("peregrine-probe");
        NativeRegion region = NativeRegion.reserve(2 * PROBE_BYTES)) {
      long written = region.address();
      long readBack = written + PROBE_BYTES;
      for (int i = 0; i < PROBE_BYTES; i += Long.BYTES) {
        Memory.putLong(written + i, PATTERN * (i + 1));
      }
      ring.submissions()
          .push(UringAbi.OP_WRITE, 0, file.fd(), 0, written, PROBE_BYTES, 0, WRITE_TOKEN);
      String cause = requireWhole(ring, "write", WRITE_TOKEN);
      if (cause != null) {
        return cause;
      }
      ring.submissions()
          .push(UringAbi.OP_READ, 0, file.fd(), 0, readBack, PROBE_BYTES, 0, READ_TOKEN);
      cause = requireWhole(ring, "read", READ_TOKEN);
      if (cause != null) {
        return cause;
      }
      return Memory.contentEquals(written, readBack, PROBE_BYTES)
          ? null
          : "io_uring read back other bytes than it had written";
    }
  }

  private static String requireWhole(Ring ring, String operation, long token) {
    int result = ring.submitAndWait(1, PROBE_WAIT_NANOS);
    if (result < 0) {
      return causeOf(-result);
    }
    CompletionQueue completions = ring.completions();
    if (!completions.hasNext()) {
      return "io_uring did not complete a " + operation + " in time";
    }
    long userData = completions.userData();
    int bytes = completions.result();
    completions.advance();
    completions.release();
    if (userData != token || bytes != PROBE_BYTES) {
      return "io_uring answered a " + operation + " of " + PROBE_BYTES + " bytes with " + bytes;
    }
    return null;
  }
}
