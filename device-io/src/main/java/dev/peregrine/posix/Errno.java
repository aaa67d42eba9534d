package dev.peregrine.posix;

/** Error numbers of Linux and what they mean. Any thread may call any method. */
public final class Errno {
  /** Operation not permitted. */
  public static final int EPERM = 1;

  /** No such file or directory. */
  public static final int ENOENT = 2;

  /** Interrupted by a signal: try again. */
  public static final int EINTR = 4;

  /** The device could not read or write. */
  public static final int EIO = 5;

  /** Bad file descriptor. */
  public static final int EBADF = 9;

  /** Not now: try again. */
  public static final int EAGAIN = 11;

  /** Out of memory, or over {@code RLIMIT_MEMLOCK}. */
  public static final int ENOMEM = 12;

  /** Permission denied. */
  public static final int EACCES = 13;

  /** Busy: reap completions, then try again. */
  public static final int EBUSY = 16;

  /** The file exists already. */
  public static final int EEXIST = 17;

  /** Not a directory. */
  public static final int ENOTDIR = 20;

  /** A directory. */
  public static final int EISDIR = 21;

  /** Invalid argument. */
  public static final int EINVAL = 22;

  /** Too many open files. */
  public static final int EMFILE = 24;

  /** File too large. */
  public static final int EFBIG = 27;

  /** No space left. */
  public static final int ENOSPC = 28;

  /** Function not implemented by this kernel. */
  public static final int ENOSYS = 38;

  /** The directory is not empty. */
  public static final int ENOTEMPTY = 39;

  /** A symbolic link where none may be. */
  public static final int ELOOP = 40;

  /** A timer ran out. */
  public static final int ETIME = 62;

  /** The file system does not support it. */
  public static final int EOPNOTSUPP = 95;

  /** Disk quota exceeded. */
  public static final int EDQUOT = 122;

  /** The request was cancelled. */
  public static final int ECANCELED = 125;

  private Errno() {}

  /** The error in words, with its symbolic name. */
  public static String words(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM, operation not permitted";
      case ENOENT -> "ENOENT, no such file or directory";
      case EINTR -> "EINTR, interrupted";
      case EIO -> "EIO, input/output error";
      case EBADF -> "EBADF, bad file descriptor";
      case EAGAIN -> "EAGAIN, resource temporarily unavailable";
      case ENOMEM -> "ENOMEM, out of memory or over RLIMIT_MEMLOCK";
      case EACCES -> "EACCES, permission denied";
      case EBUSY -> "EBUSY, resource busy";
      case EEXIST -> "EEXIST, file exists";
      case ENOTDIR -> "ENOTDIR, not a directory";
      case EISDIR -> "EISDIR, is a directory";
      case EINVAL -> "EINVAL, invalid argument";
      case EMFILE -> "EMFILE, too many open files: raise the limit (ulimit -n)";
      case EFBIG -> "EFBIG, file too large";
      case ENOSPC -> "ENOSPC, no space left on device";
      case ENOSYS -> "ENOSYS, not implemented by this kernel";
      case ENOTEMPTY -> "ENOTEMPTY, directory not empty";
      case ELOOP -> "ELOOP, a symbolic link is refused here";
      case ETIME -> "ETIME, timer expired";
      case EOPNOTSUPP -> "EOPNOTSUPP, not supported by the file system";
      case EDQUOT -> "EDQUOT, disk quota exceeded";
      case ECANCELED -> "ECANCELED, cancelled";
      default -> "error " + errno;
    };
  }

  /** Whether a request that failed so may simply be tried again. */
  public static boolean isTransient(int errno) {
    return errno == EINTR || errno == EAGAIN || errno == ECANCELED;
  }
}
